"""De vrais dossiers : des sources en plus, des noms presque justes, un fichier vide, un second main, une copie ancienne.

Chacun est fait des solutions, compilé par judge.sh, et ses programmes répondent comme les solutions.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE

FIRST, LENDER = "01-tcp", "01-tcp"
BORROWER = "03-multithread"
OTHER_MAIN = "int main(void)\n{\n    return 3;\n}\n"
HELPER = "int helper(void);\n\nint helper(void)\n{\n    return 0;\n}\n"
NEEDS_HELPER = '#include "{}.h"\n\nint use_{}(void);\n\nint use_{}(void)\n{{\n    return helper();\n}}\n'


class Folder:
    """Le travail d'une personne : les solutions, puis ce que l'essai y change."""

    def __init__(self, root):
        self.root = pathlib.Path(root, "travail")
        self.base = pathlib.Path(root, "build")
        for name in (LENDER, BORROWER):
            (self.root / name).mkdir(parents=True)
            for source in lab_reader.Lab(name).sources:
                shutil.copy(pathlib.Path("solutions", name, source), self.root / name)

    def put(self, name, text, lab=FIRST):
        """Écrit un fichier du dossier d'un lab."""
        (self.root / lab / name).write_text(text, encoding="utf-8")

    def rename(self, old, new, lab=FIRST):
        """Renomme un fichier."""
        (self.root / lab / old).rename(self.root / lab / new)

    def add(self, name, text, lab=FIRST):
        """Ajoute au début d'un fichier."""
        path = self.root / lab / name
        path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")

    def build(self, lab=FIRST, **settings):
        """Compile ; rend (ce qui n'a pas pu l'être et pourquoi, les remarques)."""
        environment = dict(os.environ, WORK=str(self.root), LAB=lab, JUDGE_BASE=str(self.base), **settings)
        done = subprocess.run([*JUDGE, "--build"], env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        errors = {path.stem: path.read_text(encoding="utf-8") for path in (self.base / lab / "bin").glob("*.error")}
        return errors, (self.base / lab / "remarks.txt").read_text(encoding="utf-8")

    def holds(self, program, symbol, lab=FIRST):
        """Cette fonction est-elle dans ce programme ?"""
        listed = subprocess.run(["nm", self.base / lab / "bin" / program], capture_output=True, text=True, check=True).stdout
        return f" {symbol}\n" in listed


class Case(unittest.TestCase):

    def setUp(self):
        place = tempfile.TemporaryDirectory(dir="build")
        self.addCleanup(place.cleanup)
        self.folder = Folder(os.path.abspath(place.name))

    def assert_built(self, lab=FIRST, remark="", **settings):
        """Tout est construit ; ces mots sont dans les remarques, ou il n'y en a pas."""
        errors, remarks = self.folder.build(lab, **settings)
        self.assertEqual(errors, {})
        if remark:
            self.assertRegex(remarks, remark)
        else:
            self.assertEqual(remarks, "")

    # --- Des sources en plus -----------------------------------------------------------------------

    def test_nothing_more_than_expected(self):
        self.assert_built()
        self.assert_built(BORROWER)

    def test_what_each_expected_file_calls_is_linked(self):
        for caller in lab_reader.Lab(FIRST).sources:
            name = caller[:-2]
            self.folder.put(name + "_helper.c", HELPER.replace("helper", name + "_helper"))
            self.folder.put(name + "_helper.h", f"int {name}_helper(void);\n")
            self.folder.add(caller, NEEDS_HELPER.format(name + "_helper", name, name).replace("helper()", name + "_helper()"))
        self.assert_built()
        self.assertTrue(self.folder.holds("server", "server_helper"))
        self.assertFalse(self.folder.holds("client", "server_helper"))
        self.assertTrue(self.folder.holds("framing_driver", "framing_helper"))

    def test_a_file_that_calls_the_framing_is_linked(self):
        self.folder.put("outils.c", '#include "framing.h"\n\nint outils(void);\n\nint outils(void)\n{\n    return send_all(1, "", 0);\n}\n')
        self.folder.add("server.c", "int outils(void);\nint use(void);\nint use(void)\n{\n    return outils();\n}\n")
        self.assert_built()

    def test_what_the_lent_framing_calls_is_lent_too(self):
        self.folder.put("util.c", HELPER)
        self.folder.put("util.h", "int helper(void);\n")
        self.folder.add("framing.c", NEEDS_HELPER.format("util", "util", "util"))
        # Un fichier du même nom, d'un autre contenu, dans le dossier qui emprunte.
        self.folder.put("util.c", "int other(void);\n\nint other(void)\n{\n    return 1;\n}\n", BORROWER)
        self.folder.put("util.h", "int other(void);\n", BORROWER)
        self.folder.add("registry.c", '#include "util.h"\nint use(void);\nint use(void)\n{\n    return other();\n}\n', BORROWER)
        self.assert_built(BORROWER)
        self.assertTrue(self.folder.holds("server", "helper", BORROWER))
        self.assertTrue(self.folder.holds("server", "other", BORROWER))
        self.assertTrue(self.folder.holds("server_thread", "helper", BORROWER))

    def test_a_part_that_uses_a_global_of_the_server(self):
        self.folder.add("server.c", "int shared_count;\n", BORROWER)
        self.folder.add("registry.c", "extern int shared_count;\nint use(void);\nint use(void)\n{\n    return shared_count;\n}\n", BORROWER)
        self.assert_built(BORROWER)

    def test_a_server_in_one_file(self):
        registry, header = (self.folder.root / BORROWER / name for name in ("registry.c", "registry.h"))
        texts = [path.read_text(encoding="utf-8") for path in (header, registry, self.folder.root / BORROWER / "server.c")]
        self.folder.put("server.c", "".join(texts).replace('#include "registry.h"\n', ""), BORROWER)
        registry.unlink()
        header.unlink()
        self.assert_built(BORROWER)

    def test_a_source_may_be_included_by_another(self):
        self.folder.put("outils.c", HELPER)
        self.folder.add("server.c", '#include "outils.c"\nint use(void);\nint use(void)\n{\n    return helper();\n}\n')
        self.assert_built()

    def test_an_old_copy_changes_nothing_and_is_said(self):
        self.folder.put("framing_old.c", (self.folder.root / FIRST / "framing.c").read_text(encoding="utf-8") + "int mark_of_old;\n")
        self.assert_built(remark="framing_old.c n'est lié à aucun programme")
        self.assertFalse(self.folder.holds("server", "mark_of_old"))

    def test_a_second_main_is_left_out_and_said(self):
        self.folder.put("essai.c", OTHER_MAIN + HELPER)
        self.assert_built(remark="essai.c a sa propre fonction main")

    def test_one_that_does_not_compile_costs_nothing_when_nothing_calls_it(self):
        self.folder.put("brouillon.c", "pas du C\n")
        self.assert_built(remark="brouillon.c est laissé de côté, il ne se compile pas : .*brouillon.c:1")

    def test_one_that_does_not_compile_explains_what_it_breaks(self):
        self.folder.put("brouillon.c", "pas du C\n")
        self.folder.add("server.c", "int brouillon(void);\nint use(void);\nint use(void)\n{\n    return brouillon();\n}\n")
        errors, _ = self.folder.build()
        self.assertEqual([name for name in errors if "_" not in name], ["server"])
        self.assertIn("brouillon.c:1", errors["server"])

    def test_a_header_with_the_name_of_a_system_one_does_not_replace_it(self):
        self.folder.put("errno.h", "#error pris\n")
        self.folder.put("poll.h", "#error pris\n")
        self.assert_built()

    def test_a_source_that_went_is_no_longer_linked(self):
        self.folder.put("outils.c", HELPER)
        self.folder.add("server.c", "int helper(void);\nint use(void);\nint use(void)\n{\n    return helper();\n}\n")
        self.assert_built()
        (self.folder.root / FIRST / "outils.c").unlink()
        errors, _ = self.folder.build()
        self.assertIn("helper", errors["server"])

    def test_a_changed_header_of_their_own_is_compiled_again(self):
        self.folder.put("taille.h", "extern int taille_un;\n#define TAILLE taille_un\n")
        self.folder.put("taille.c", "int taille_un;\nint taille_deux;\n")
        self.folder.add("server.c", '#include "taille.h"\nint use(void);\nint use(void)\n{\n    return TAILLE;\n}\n')
        self.assert_built()
        self.folder.put("taille.h", "#define TAILLE absente\n")
        errors, _ = self.folder.build()
        self.assertIn("absente", errors["server"])

    # --- Des noms ----------------------------------------------------------------------------------

    def test_a_name_nearly_right(self):
        for source in lab_reader.Lab(FIRST).sources:
            stem = source[:-2]
            for near in (source.capitalize(), source + ".txt", f"{stem} (1).c", f"{stem}-1.c", f"{stem} - Copie.c", f"{stem}.C"):
                with self.subTest(near=near):
                    self.folder.rename(source, near)
                    where = subprocess.run([*JUDGE, "--where"], env=dict(os.environ, WORK=str(self.folder.root), LAB=FIRST),
                                           capture_output=True, text=True, check=True).stdout.split("\0")
                    self.assertIn((f"{self.folder.root}/{FIRST}/{near}", source), set(zip(where, where[1:])))
                    self.folder.rename(near, source)
        self.folder.rename("server.c", "server (1).c")
        self.assert_built(remark=r"server.c manque : server \(1\).c, qui ne peut être que lui, est pris à sa place")
        self.assertTrue(self.folder.holds("server", "main"))

    def test_the_lent_framing_may_have_a_name_nearly_right(self):
        self.folder.rename("framing.c", "Framing.c")
        self.assert_built(BORROWER)
        self.assertFalse("solutions" in (self.folder.base / BORROWER / "remarks.txt").read_text(encoding="utf-8"))

    def test_between_two_names_nobody_chooses(self):
        shutil.copy(self.folder.root / FIRST / "server.c", self.folder.root / FIRST / "Server.c")
        self.folder.rename("server.c", "server-1.c")
        errors, remarks = self.folder.build()
        self.assertIn("lequel est le bon", errors["server"])
        self.assertIn("Server.c a sa propre fonction main", remarks)

    def test_another_name_is_asked_about(self):
        self.folder.rename("server.c", "serveur.c")
        errors, _ = self.folder.build()
        self.assertIn("Est-ce serveur.c", errors["server"])

    # --- Ce qui manque, ou change -------------------------------------------------------------------

    def test_an_empty_file_is_said_in_words(self):
        for name, program, text in (("client.c", "client", ""), ("server.c", "server", " \n\n"), ("framing.c", "framing_driver", "")):
            with self.subTest(name=name):
                kept = (self.folder.root / FIRST / name).read_text(encoding="utf-8")
                self.folder.put(name, text)
                errors, _ = self.folder.build()
                self.assertEqual(errors[program], f"{name} est vide.\n")
                self.folder.put(name, kept)

    def test_a_program_without_main_is_said_in_words(self):
        self.folder.put("client.c", "/* à faire */\nint todo;\n")
        errors, _ = self.folder.build()
        self.assertRegex(errors["client"], r"^client.c n'a pas de fonction main")

    def test_a_changed_given_header_is_not_taken_and_is_said(self):
        given = pathlib.Path("labs", FIRST, "framing.h").read_text(encoding="utf-8")
        self.folder.put("framing.h", given.replace("int fd;", "int fd;\n    int lines;", 1))
        self.assert_built(remark="framing.h a été modifié : le juge compile avec celui qui a été donné")
        self.folder.add("framing.c", '#include "framing.h"\nint use(struct line_reader *r);\nint use(struct line_reader *r)\n{\n    return r->lines;\n}\n')
        for lab in (FIRST, BORROWER):
            errors, _ = self.folder.build(lab)
            self.assertRegex(errors["server"], r"(?s)framing.c:\d+.*framing.h a été modifié dans ce dossier")


def main():
    outcome = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

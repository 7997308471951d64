"""La porte, devant chaque piège : rien d'autre que les sources nommées n'entre, et ce qui est refusé est dit.

Les pièges sont fabriqués ici, au moment de l'essai.
"""

import contextlib
import io
import os
import pathlib
import re
import resource
import socket
import stat
import tarfile
import tempfile
import time
import unittest
import zipfile
import zlib

from tests.grading.door import choice, door, limits, skeletons
from tests.judge.command import folder as folder_rule, lab_reader

LABS = lab_reader.every_lab()
NAMES = [lab.name for lab in LABS]
LAB = LABS[0]
OTHER = LABS[-1]
SOURCE = LAB.sources[0]
CODE = b"int main(void) { return 0; }\n"


class Case(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(folder.name, "rendu")
        self.out = os.path.join(folder.name, "pris")
        os.mkdir(self.root)

    def put(self, *path, data=CODE):
        """Écrit un fichier du rendu."""
        where = os.path.join(self.root, *path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "wb") as file:
            file.write(data)
        return where

    def archive(self, data, name="rendu.zip"):
        """Un rendu qui est une archive."""
        path = os.path.join(os.path.dirname(self.root), name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def admit(self, path=None, chosen=None):
        """Passe la porte, et écrit ce qui est entré."""
        self.admission = door.admit(path or self.root, LABS, chosen or NAMES)
        os.mkdir(self.out)
        self.admission.write(self.out)
        return self.taken()

    def taken(self):
        """Ce qui a été écrit : {chemin: contenu, ou nature}."""
        found = {}
        for folder, folders, names in os.walk(self.out):
            for name in folders + names:
                path = os.path.join(folder, name)
                mode = os.lstat(path).st_mode
                shown = os.path.relpath(path, self.out)
                if stat.S_ISREG(mode):
                    found[shown] = pathlib.Path(path).read_bytes()
                elif stat.S_ISLNK(mode):
                    found[shown] = "link"
                elif shown not in NAMES:
                    found[shown] = "folder"
        return found

    def assert_said(self, pattern, by_hand=False):
        """Une remarque le dit ; et, s'il le faut, l'enseignant est prié de regarder."""
        self.assertRegex("\n".join(self.admission.remarks), pattern)
        self.assertEqual("a_voir" in self.admission.flags, by_hand, self.admission.remarks)


class Lent(Case):

    def setUp(self):
        super().setUp()
        self.lab = next(lab for lab in LABS if lab.lender)
        self.lender = lab_reader.Lab(self.lab.lender)
        self.name = self.lender.library[0]
        self.skeleton = self.lender.given(self.name)

    def hand_in(self, *place):
        for name in self.lab.sources:
            self.put(*place, name)
        return self.put(*place, self.name, data=b"/* la mienne */ int mine;\n")

    def test_what_another_lab_lends_is_taken_beside(self):
        for place in ((), (self.lab.name,), ("labs", self.lab.name)):
            with self.subTest(place), tempfile.TemporaryDirectory() as folder:
                self.root, self.out = os.path.join(folder, "rendu"), os.path.join(folder, "pris")
                self.hand_in(*place)
                taken = self.admit(chosen=[self.lab.name])
                self.assertEqual(taken[f"{self.lender.name}/{self.name}"], b"/* la mienne */ int mine;\n")
                self.assertEqual(self.admission.present, [self.lab.name])
                self.assertFalse(self.admission.flags)

    def test_an_untouched_skeleton_does_not_hide_it(self):
        self.hand_in(self.lab.name)
        self.put(self.lender.name, self.name, data=self.skeleton)
        self.assertEqual(self.admit(chosen=[self.lab.name])[f"{self.lender.name}/{self.name}"], b"/* la mienne */ int mine;\n")

    def test_the_lender_s_own_folder_comes_first(self):
        self.hand_in(self.lab.name)
        self.put(self.lender.name, self.name, data=b"int theirs;\n")
        self.assertEqual(self.admit(chosen=[self.lab.name])[f"{self.lender.name}/{self.name}"], b"int theirs;\n")


class Folders(Case):

    def test_only_sources_enter(self):
        for name in (SOURCE, "autre.c", "mien.h", ".valgrindrc", "libc.so", "run.sh", ".cache.c"):
            self.put(LAB.name, name)
        self.put("server.c.bak")
        self.assertEqual(self.admit(), {f"{LAB.name}/{name}": CODE for name in (SOURCE, "autre.c", "mien.h")})
        self.assert_said("laissé de côté : .valgrindrc, libc.so")

    def test_a_name_nearly_right_is_taken_for_the_one_that_is_missing(self):
        for name in ("{}.txt", "{} (1).c", "{}-1.c", "{} - Copie.c", "Copie de {}.c"):
            near = name.format(SOURCE if name == "{}.txt" else SOURCE[:-2])
            for given in (near, near.upper().replace(".C", ".c")):
                self.setUp()
                self.put(LAB.name, given)
                self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE}, given)
                self.assert_said(re.escape(f"{SOURCE} manque : {given}, qui ne peut être que lui"))

    def test_between_two_names_nearly_right_nobody_chooses(self):
        for name in ("{}-1.c", "{} (2).c"):
            self.put(LAB.name, name.format(SOURCE[:-2]))
        self.assertNotIn(f"{LAB.name}/{SOURCE}", self.admit())
        self.assert_said("lequel est le bon.*à voir à la main", by_hand=True)

    def test_a_copy_beside_the_real_one_is_not_read(self):
        self.put(LAB.name, SOURCE)
        self.put(LAB.name, SOURCE[:-2] + " (1).c")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said("n'est pas celui d'une source")

    def test_another_version_beside_the_real_one_is_to_be_seen(self):
        for name in (" (1).c", "-1.c", " - Copie.c"):
            self.setUp()
            self.put(LAB.name, SOURCE)
            self.put(LAB.name, SOURCE[:-2] + name, data=b"int autre;\n")
            self.assertEqual(self.admit()[f"{LAB.name}/{SOURCE}"], CODE)
            self.assert_said("en est une autre version", by_hand=True)

    def test_sources_of_their_own_are_bounded_in_number_and_size(self):
        self.put(LAB.name, SOURCE)
        for number in range(folder_rule.MOST + 3):
            self.put(LAB.name, f"part{number:03}.c")
        self.put(LAB.name, "enorme.h", data=b" " * (limits.SOURCE + 1))
        self.assertEqual(len(self.admit()), 1 + folder_rule.MOST)
        self.assert_said(f"plus de {folder_rule.MOST} sources")
        self.assert_said("laissé de côté : enorme.h")

    def test_a_link_among_their_own_is_not_followed(self):
        self.put(LAB.name, SOURCE)
        os.symlink("/etc/passwd", os.path.join(self.root, LAB.name, "secret.h"))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said("laissé de côté : secret.h")

    def test_every_lab_is_taken(self):
        for lab in LABS:
            for source in lab.sources:
                self.put("labs", lab.name, source)
        self.assertEqual(set(self.admit()), {f"{lab.name}/{source}" for lab in LABS for source in lab.sources})
        self.assertEqual(self.admission.present, NAMES)
        self.assertEqual((self.admission.remarks, self.admission.flags), ([], []))

    def test_makefiles_and_headers_of_theirs_are_ignored_and_said(self):
        self.put(LAB.name, SOURCE)
        self.put(LAB.name, "Makefile", data=b"all:\n\ttouch pris\n")
        for header in LAB.headers:
            self.put(LAB.name, header, data=b"#error pris\n")
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}"})
        self.assert_said("Makefile n'est pas lu")
        for header in LAB.headers:
            self.assert_said(f"{header} n'est pas lu")

    def test_given_makefiles_and_headers_are_not_worth_a_word(self):
        self.put(LAB.name, SOURCE)
        for name in ["Makefile", *LAB.headers]:
            self.put(LAB.name, name, data=LAB.given(name))
        self.admit()
        self.assertEqual(self.admission.remarks, [])

    def test_a_link_is_refused(self):
        os.makedirs(os.path.join(self.root, LAB.name))
        os.symlink("/etc/passwd", os.path.join(self.root, LAB.name, SOURCE))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "link"})
        self.assertFalse(os.path.exists(os.path.join(self.out, LAB.name, SOURCE)))
        self.assert_said(f"{SOURCE} est un lien symbolique.*à voir à la main", by_hand=True)

    def test_a_linked_lab_is_not_followed(self):
        self.put(OTHER.name, OTHER.sources[0])
        os.symlink("/", os.path.join(self.root, LAB.name))
        self.admit()
        self.assertEqual(self.admission.present, [OTHER.name])
        self.assert_said(f"{LAB.name} est un lien symbolique", by_hand=True)

    def test_a_pipe_is_refused_without_waiting(self):
        os.makedirs(os.path.join(self.root, LAB.name))
        os.mkfifo(os.path.join(self.root, LAB.name, SOURCE))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "folder"})
        self.assert_said("un tube nommé.*à voir à la main", by_hand=True)

    def test_a_folder_in_place_of_a_file(self):
        self.put(LAB.name, SOURCE, "dedans")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "folder"})
        self.assert_said("est un dossier", by_hand=True)

    def test_a_socket_is_refused(self):
        os.makedirs(os.path.join(self.root, LAB.name))
        with socket.socket(socket.AF_UNIX) as place:
            place.bind(os.path.join(self.root, LAB.name, SOURCE))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "folder"})
        self.assert_said("est un socket", by_hand=True)

    @unittest.skipUnless(os.getuid() == 0, "il faut être root pour fabriquer un périphérique")
    def test_a_device_is_refused(self):
        os.makedirs(os.path.join(self.root, LAB.name))
        try:
            os.mknod(os.path.join(self.root, LAB.name, SOURCE), stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except PermissionError:
            self.skipTest("cette machine ne laisse pas fabriquer de périphérique")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "folder"})
        self.assert_said("est un périphérique", by_hand=True)

    @unittest.skipUnless(os.getuid() == 0, "il faut être root pour avoir le fichier d'un autre")
    def test_a_hard_link_to_the_file_of_another_is_refused(self):
        secret = os.path.join(os.path.dirname(self.root), "secret")
        pathlib.Path(secret).write_bytes(b"secret")
        os.makedirs(os.path.join(self.root, LAB.name))
        os.link(secret, os.path.join(self.root, LAB.name, SOURCE))
        os.chown(os.path.join(self.root, LAB.name), 12345, -1)
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": "link"})
        self.assert_said("est un lien dur", by_hand=True)

    def test_an_enormous_source_is_refused_without_being_read(self):
        with open(self.put(LAB.name, SOURCE), "wb") as file:
            file.truncate(50 << 20)
        data = self.admit()[f"{LAB.name}/{SOURCE}"]
        self.assertEqual(len(data), limits.SOURCE + 1)
        self.assertEqual(os.stat(os.path.join(self.out, LAB.name, SOURCE)).st_blocks, 0)
        self.assert_said("plus d'un mébioctet", by_hand=True)

    def test_sources_in_a_sub_folder(self):
        self.put("Projet final", "src", LAB.name.upper().replace("-", "_"), SOURCE)
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}"})

    def test_the_shallowest_folder_wins(self):
        self.put(LAB.name, SOURCE)
        self.put("vieux", LAB.name, SOURCE, data=b"vieux")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})

    def test_a_doubtful_choice_is_said(self):
        self.put("a", LAB.name, SOURCE)
        self.put("b", LAB.name, SOURCE, data=b"b")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said(f"plusieurs travaux différents, c'est a/{LAB.name} qui est pris, et non b/{LAB.name}", by_hand=True)

    def test_an_untouched_skeleton_never_hides_the_work(self):
        for name in LAB.sources:
            self.put(LAB.name, name, data=LAB.given(name).replace(b"\n", b"\r\n"))
        self.put(LAB.name, LAB.name, SOURCE)
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said(f"le squelette intact de {LAB.name} est laissé, c'est {LAB.name}/{LAB.name} qui est pris")

    def test_a_skeleton_alone_is_taken_and_said(self):
        self.put(LAB.name, SOURCE, data=b"// Alice\n" + LAB.given(SOURCE))
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}"})
        self.assert_said("le squelette, intact")

    def test_the_skeletons_of_this_edition_are_kept_for_the_next(self):
        kept = set(skeletons.KNOWN.read_text(encoding="utf-8").split("\n"))
        missing = [f"{lab}/{name}" for lab, name, digest in skeletons.current() if f"{lab} {name} {digest}" not in kept]
        self.assertEqual(missing, [], "un squelette a changé : « sh tests/judge/command/python.sh tests/grading/door/skeletons.py » "
                         "garde son empreinte")

    def test_what_the_judge_built_is_the_work_of_nobody(self):
        self.put(LAB.name, SOURCE)
        self.put("build", "work", "labs", LAB.name, "src", SOURCE, data=b"int main(void) { return 3; }")
        self.put(LAB.name, "build", SOURCE, data=b"int main(void) { return 4; }")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assertEqual(self.admission.remarks, [])

    def test_names_that_designate_a_lab(self):
        number, topic = LAB.name.split("-")
        for name in (f"{LAB.name} (2)", f"{LAB.name} - Copie", f"lab {number} {topic}", topic.upper(), f"{int(number)}-{topic}",
                     f"lab{number}", f"{LAB.name}-final", f"{number}_{topic}"):
            self.assertIsNotNone(choice.designation(name, LAB, LABS), name)
        for name in (f"{int(number) + 1}-{topic}", OTHER.name, f"{topic}-{OTHER.name.split('-')[1]}", "TP1", "src", "mon dossier"):
            self.assertIsNone(choice.designation(name, LAB, LABS), name)

    def test_marks_of_a_merge_and_other_encodings_are_said(self):
        self.put(LAB.name, SOURCE, data=b"<<<<<<< HEAD\nint a;\n=======\nint b;\n>>>>>>> autre\n")
        self.admit()
        self.assert_said("fusion inachevée", by_hand=True)

    def test_a_source_in_utf_16_is_said(self):
        self.put(LAB.name, SOURCE, data=CODE.decode().encode("utf-16"))
        self.admit()
        self.assert_said("UTF-16", by_hand=True)

    def test_an_empty_submodule_is_said(self):
        self.put(".gitmodules", data=f'[submodule "{LAB.name}"]\n\tpath = {LAB.name}\n\turl = x\n'.encode())
        os.mkdir(os.path.join(self.root, LAB.name))
        self.admit()
        self.assert_said(f"{LAB.name} est un sous-module de git, vide", by_hand=True)

    def test_a_misnamed_folder_is_said(self):
        self.put(LAB.name, SOURCE)
        self.put("lab suivant", SOURCE, data=b"int main(void) { return 1; }\n")
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}"})
        self.assert_said("lab suivant", by_hand=True)

    def test_flat_sources_need_a_lab(self):
        self.put(SOURCE)
        self.assertEqual(self.admit(chosen=[LAB.name]), {f"{LAB.name}/{SOURCE}": CODE})
        if len(LABS) > 1:
            with self.assertRaises(door.Refused):
                door.admit(self.root, LABS, NAMES)

    def test_an_empty_folder_has_nothing(self):
        self.assertEqual(self.admit(), {})
        self.assert_said("Aucune source", by_hand=True)

    def test_hidden_copies_are_not_work(self):
        self.put(".git", LAB.name, SOURCE)
        self.put("__MACOSX", LAB.name, SOURCE)
        self.put(LAB.name, "._" + SOURCE)
        self.assertEqual(self.admit(), {})

    def test_too_many_files(self):
        self.put(LAB.name, SOURCE)
        os.mkdir(os.path.join(self.root, "tas"))
        for number in range(limits.ENTRIES):
            os.mknod(os.path.join(self.root, "tas", str(number)))
        self.assertEqual(self.admit(), {})
        self.assert_said("fichiers.*à voir à la main", by_hand=True)

    def test_a_deep_well(self):
        self.put(LAB.name, SOURCE)
        self.put(*["puits"] * (limits.DEPTH + 20), "fond")
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}"})
        self.assert_said("imbriqués")

    def test_hostile_names_stay_on_one_safe_line(self):
        self.put(LAB.name, SOURCE)
        self.put(LAB.name, "a\n\x1b[2J.c")
        self.admit()
        for remark in self.admission.remarks:
            self.assertTrue(remark.isprintable(), remark)

    @unittest.skipIf(os.getuid() == 0, "pour root, tout est lisible")
    def test_an_unreadable_folder_is_not_the_students_fault(self):
        self.put(LAB.name, SOURCE)
        os.chmod(os.path.join(self.root, LAB.name), 0)
        self.addCleanup(os.chmod, os.path.join(self.root, LAB.name), 0o755)
        with self.assertRaises(door.Refused):
            door.admit(self.root, LABS, NAMES)

    def test_the_digest_follows_what_matters(self):
        where = self.put(LAB.name, SOURCE)
        first = door.admit(self.root, LABS, NAMES).digest()
        self.put("LISEZMOI")
        self.assertEqual(door.admit(self.root, LABS, NAMES).digest(), first)
        pathlib.Path(where).write_bytes(CODE + b"\n")
        self.assertNotEqual(door.admit(self.root, LABS, NAMES).digest(), first)


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    """Un .zip : [(nom ou ZipInfo, contenu)]."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def tarred(members, mode="w:gz"):
    """Un .tar : [(nom, contenu) ou TarInfo]."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return data.getvalue()


def special(name, kind, target=""):
    """Un membre d'un .tar qui n'est pas un fichier."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_link(name, mode=stat.S_IFLNK | 0o777):
    """Un membre d'un .zip qui est un lien (ou autre chose)."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


class Archives(Case):

    GOOD = [(f"{LAB.name}/{SOURCE}", CODE)]

    def test_every_format(self):
        for name, data in (("a.zip", zipped(self.GOOD)), ("a.tar", tarred(self.GOOD, "w")),
                           ("a.tar.gz", tarred(self.GOOD)), ("a.TGZ", tarred(self.GOOD)),
                           ("a.tar.bz2", tarred(self.GOOD, "w:bz2")), ("a.tar.xz", tarred(self.GOOD, "w:xz"))):
            taken = door.admit(self.archive(data, name), LABS, NAMES).taken
            self.assertEqual({key: entry.data for key, entry in taken.items()}, {(LAB.name, SOURCE): CODE}, name)

    def test_one_enclosing_folder(self):
        self.admit(self.archive(zipped([(f"Nom Prénom/projet/{LAB.name}/{SOURCE}", CODE)])))
        self.assertEqual(self.taken(), {f"{LAB.name}/{SOURCE}": CODE})

    def test_an_archive_in_a_folder(self):
        self.put("projet.zip", data=zipped(self.GOOD))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})

    def test_one_archive_per_lab(self):
        self.put(f"{LAB.name}.zip", data=zipped([(SOURCE, CODE)]))
        self.put(f"{OTHER.name}.tar.gz", data=tarred([(OTHER.sources[0], CODE)]))
        self.assertEqual(set(self.admit()), {f"{LAB.name}/{SOURCE}", f"{OTHER.name}/{OTHER.sources[0]}"})

    def test_an_archive_beside_sources_is_compared_and_never_wins(self):
        self.put(LAB.name, SOURCE)
        self.put("le même.zip", data=zipped([(f"{LAB.name}/{SOURCE}", CODE + b"// fini")]))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assertEqual(self.admission.remarks, [])

    def test_another_work_in_an_archive_beside_is_said(self):
        self.put(LAB.name, SOURCE)
        self.put("vieux.zip", data=zipped([(f"{LAB.name}/{SOURCE}", b"vieux")]))
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said(f"c'est {LAB.name} qui est pris, et non vieux/{LAB.name}", by_hand=True)

    def test_an_archive_that_cannot_be_read_beside_sources_is_said(self):
        self.put(LAB.name, SOURCE)
        self.put("vieux.zip", data=b"PK abime")
        self.assertEqual(self.admit(), {f"{LAB.name}/{SOURCE}": CODE})
        self.assert_said("vieux.zip n'a pas été ouverte .*abîmée")

    def test_an_archive_in_an_archive_is_opened(self):
        inner = zipped([(f"{LAB.name}/{SOURCE}", CODE)])
        self.assertEqual(self.admit(self.archive(zipped([("projet.zip", zipped([("encore.zip", inner)]))]))), {f"{LAB.name}/{SOURCE}": CODE})

    def test_archives_one_in_another_have_an_end(self):
        data = zipped([(f"{LAB.name}/{SOURCE}", CODE)])
        for _ in range(limits.NESTED + 1):
            data = zipped([("a.zip", data)])
        self.assertEqual(self.admit(self.archive(data)), {})
        self.assert_said("trop d'archives l'une dans l'autre", by_hand=True)

    def test_backslashes_are_folders(self):
        info = zipfile.ZipInfo("x")
        info.filename = f"{LAB.name}\\{SOURCE}"
        self.assertEqual(self.admit(self.archive(zipped([(info, CODE)]))), {f"{LAB.name}/{SOURCE}": CODE})

    def test_paths_that_leave_are_refused(self):
        tricks = [f"../{LAB.name}/{SOURCE}", f"/{LAB.name}/{SOURCE}", f"a/../../{LAB.name}/{SOURCE}", f"C:/{LAB.name}/{SOURCE}"]
        for trick in tricks:
            for name, data in (("a.zip", zipped([(trick, CODE)])), ("a.tar.gz", tarred([(trick, CODE)]))):
                admission = door.admit(self.archive(data, name), LABS, NAMES)
                self.assertEqual(admission.taken, {}, trick)
                self.assertRegex("\n".join(admission.remarks), "sortir de l'archive")
                self.assertEqual(admission.flags, ["a_voir"])

    def test_a_file_through_a_link_is_refused(self):
        through = (f"{LAB.name}/{SOURCE}", CODE)
        for name, data in (("a.zip", zipped([(zip_link(LAB.name), "/etc"), through])),
                           ("a.tar.gz", tarred([special(LAB.name, tarfile.SYMTYPE, "/etc"), through]))):
            admission = door.admit(self.archive(data, name), LABS, NAMES)
            self.assertEqual(admission.taken, {})
            self.assertRegex("\n".join(admission.remarks), "passe par un lien")
            self.assertEqual(admission.flags, ["a_voir"])

    def test_special_members_are_refused(self):
        path = f"{LAB.name}/{SOURCE}"
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE):
            admission = door.admit(self.archive(tarred([special(path, kind, "/etc/passwd")]), "a.tar.gz"), LABS, NAMES)
            self.assertNotEqual(admission.taken[LAB.name, SOURCE].kind, "file")
            self.assertIsNone(admission.taken[LAB.name, SOURCE].data)
            self.assertEqual(admission.flags, ["a_voir"])
        for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK):
            admission = door.admit(self.archive(zipped([(zip_link(path, mode | 0o666), "/etc/passwd")])), LABS, NAMES)
            self.assertIsNone(admission.taken[LAB.name, SOURCE].data)
            self.assertEqual(admission.flags, ["a_voir"])

    def test_an_encrypted_member_is_refused(self):
        data = bytearray(zipped(self.GOOD))
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
        self.admit(self.archive(bytes(data)))
        self.assert_said("un fichier chiffré", by_hand=True)

    def test_damaged_archives_are_refused(self):
        for name, good in (("a.zip", zipped(self.GOOD)), ("a.tar.gz", tarred(self.GOOD)), ("a.tar.xz", tarred(self.GOOD, "w:xz"))):
            for data in (b"", b"n'importe quoi" * 200, good[:len(good) // 2], good[:20], os.urandom(5000)):
                admission = door.admit(self.archive(data, name), LABS, NAMES)
                self.assertEqual(admission.taken, {}, name)
                self.assertEqual(admission.flags, ["a_voir"], name)
                self.assertRegex("\n".join(admission.remarks), "abîmée", name)

    def test_each_damaged_byte_is_survived(self):
        for name, good in (("a.zip", zipped(self.GOOD)), ("a.tar", tarred(self.GOOD, "w")[:2048])):
            for position in range(0, len(good), 3):
                data = bytearray(good)
                data[position] ^= 0xFF
                with contextlib.suppress(door.Refused):
                    door.admit(self.archive(bytes(data), name), LABS, NAMES)

    def test_a_wrong_checksum_is_refused(self):
        data = bytearray(zipped(self.GOOD, zipfile.ZIP_STORED))
        data[data.index(CODE)] ^= 1
        self.admit(self.archive(bytes(data)))
        self.assert_said("un fichier abîmé", by_hand=True)

    def refuse_in_bounds(self, data, name, pattern):
        """L'archive est refusée, vite, et sans prendre beaucoup de mémoire."""
        before, used = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        admission = door.admit(self.archive(data, name), LABS, NAMES)
        self.assertLess(time.process_time() - before, limits.SECONDS)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used, 200 << 10)
        self.assertEqual(admission.taken, {})
        self.assertRegex("\n".join(admission.remarks), pattern)
        self.assertEqual(admission.flags, ["a_voir"])

    def test_bombs(self):
        zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join(zeros.compress(bytes(1 << 20)) for _ in range(300)) + zeros.flush()
        self.refuse_in_bounds(bomb, "a.tar.gz", "abîmée|grossit|dépasserait")
        self.refuse_in_bounds(tarred([*self.GOOD, ("zeros", bytes(64 << 20))]), "a.tar.gz", "grossit")
        self.refuse_in_bounds(tarred([*self.GOOD, ("zeros", bytes(64 << 20))], "w:xz"), "a.tar.xz", "grossit")
        self.refuse_in_bounds(tarred([*self.GOOD, ("zeros", bytes(64 << 20))], "w:bz2"), "a.tar.bz2", "grossit")
        self.refuse_in_bounds(zipped([*self.GOOD, ("zeros", bytes(64 << 20))]), "a.zip", "grossit")

    def test_a_crowd_of_members(self):
        crowd = self.GOOD + [(str(number), b"") for number in range(limits.ENTRIES)]
        self.refuse_in_bounds(zipped(crowd), "a.zip", f"plus de {limits.ENTRIES} fichiers")
        self.refuse_in_bounds(tarred(crowd), "a.tar.gz", f"plus de {limits.ENTRIES} fichiers")

    def test_an_enormous_archive_is_not_read(self):
        path = self.archive(zipped(self.GOOD))
        os.truncate(path, limits.ARCHIVE + 1)
        self.admit(path)
        self.assert_said("dépasse.*Mio", by_hand=True)

    def test_an_enormous_member_is_refused(self):
        self.admit(self.archive(zipped([(f"{LAB.name}/{SOURCE}", os.urandom(limits.SOURCE + 1))])))
        self.assert_said("plus d'un mébioctet", by_hand=True)

    def test_the_last_of_two_members_wins(self):
        self.admit(self.archive(tarred([(f"{LAB.name}/{SOURCE}", b"avant"), *self.GOOD]), "a.tar.gz"))
        self.assertEqual(self.taken(), {f"{LAB.name}/{SOURCE}": CODE})

    def test_an_archive_that_is_a_link_or_a_pipe(self):
        good = self.archive(zipped(self.GOOD), "bon.zip")
        os.symlink(good, os.path.join(self.root, "lien.zip"))
        os.mkfifo(os.path.join(self.root, "tube.zip"))
        self.assertEqual(self.admit(), {})
        self.assert_said("Aucune source", by_hand=True)

    def test_time_is_counted(self):
        clock = limits.Clock(seconds=-1)
        with self.assertRaises(limits.TooMuch):
            clock.check()

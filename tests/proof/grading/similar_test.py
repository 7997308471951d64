"""« make similar », éprouvé : des copies maquillées arrivent en tête, le squelette ne compte pas, rien d'hostile ne passe."""

import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from tests.handout import csource
from tests.grading.run import students as roll
from tests.judge.command import lab_reader
from tests.grading.similar import similar_passages
from tests.judge.command.call import PYTHON

PLACE = pathlib.Path("build", "check", "likeness")
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long
register return short signed sizeof static struct switch typedef union unsigned void volatile while""".split())
ORIGINAL = "Élan <script>alert(1)</script> Ève"
COPIES = {"renamed": "=cmd|' /C calc'!A0", "reordered": "deux\nlignes \"et\" des 'guillemets'", "recommented": "$(touch hostile) `id`",
          "disguised": os.fsdecode(b"caf\xe9 \xff\x1b[31m")}
ACCUSING = re.compile(r"plagiat|fraud|triche|tricheu|coupable|voleu|malhonn", re.I)
HARMLESS = {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "h1", "h2", "h3", "p", "a", "div", "ul",
            "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "span", "details", "summary"}


# --- Maquiller -----------------------------------------------------------------------------------

def renamed(text):
    """Chaque nom remplacé par un autre."""
    def change(match):
        return match.group() if match.group() in KEYWORDS else "n_" + match.group()[::-1].strip("_") + "_v"
    lines = [line if line.startswith("#") else re.sub(r"\b[a-z_]\w*", change, line) for line in text.split("\n")]
    return "\n".join(lines)


def reordered(text):
    """Les fonctions dans l'ordre inverse."""
    parts = re.split(r"(?<=^\}\n)", text, flags=re.M)
    first = re.match(r"(?s)(.*\n\n)(.*)", parts[0])
    return first[1] + "".join(reversed([first[2], *parts[1:]]))


def recommented(text):
    """D'autres commentaires, d'autres lignes vides."""
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    return "\n".join(line + f" // </pre><img src=x onerror=alert({number})> remarque" if number % 3 == 0 else line + "\n"
                     for number, line in enumerate(bare.split("\n")) if line.strip())


def disguised(text):
    """Tout à la fois, et d'autres alinéas."""
    return recommented(reordered(renamed(text))).replace("    ", "\t")


MAKEUP = {"renamed": renamed, "reordered": reordered, "recommented": recommented, "disguised": disguised}


# --- La classe -----------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """Les éléments d'une page, et ce qui pourrait y agir."""

    def __init__(self, path):
        super().__init__()
        self.found, self.acting, self.policy = set(), [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.found.add(tag)
        self.acting += [name for name, value in attributes
                        if name.startswith("on") or (name in ("href", "src") and not re.match(r"[\w./-]+$", value or ""))]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]


def variants():
    """{lab: [dossier]} : des programmes écrits indépendamment les uns des autres."""
    return {lab: sorted(path for path in pathlib.Path("tests", lab, "variants").iterdir() if path.is_dir())
            for lab in lab_reader.names() if pathlib.Path("tests", lab, "variants").is_dir()}


def hand_in(student, lab, sources):
    """Un rendu."""
    folder = PLACE / "rendus" / student / lab
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sources.items():
        (folder / name).write_text(text, encoding="utf-8")


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.c"))}


def make_class():
    """Une classe : des travaux indépendants, quatre copies maquillées de l'un d'eux, des squelettes, des rendus hostiles."""
    shutil.rmtree(PLACE, ignore_errors=True)
    for lab, folders in variants().items():
        longest = max(folders, key=lambda folder: sum(map(len, texts(folder).values())))
        for folder in folders:
            if folder != longest:
                hand_in(f"autre {folder.name}", lab, texts(folder))
        hand_in(ORIGINAL, lab, {name: f"// signé Ève Élan\n{text}" for name, text in texts(longest).items()})
        for kind, student in COPIES.items():
            hand_in(student, lab, {name: MAKEUP[kind](text) for name, text in texts(longest).items()})
        for number in (1, 2, 3):
            hand_in(f"squelette {number}", lab, texts(pathlib.Path("labs", lab)))
    add_hostile(next(iter(variants())))


def add_hostile(lab):
    """Ce qui pourrait bloquer ou égarer."""
    for kind in ("lien", "tube", "octets", "enorme", "vide"):
        (PLACE / "rendus" / f"hostile {kind}" / lab).mkdir(parents=True)
    os.symlink("/etc/passwd", PLACE / "rendus" / "hostile lien" / lab / "server.c")
    os.mkfifo(PLACE / "rendus" / "hostile tube" / lab / "server.c")
    (PLACE / "rendus" / "hostile octets" / lab / "server.c").write_bytes(bytes(range(256)) * 200 + b"\"'/*")
    (PLACE / "rendus" / "hostile enorme" / lab / "server.c").write_bytes(b"a;\n" * 300_000)


def similar(status=0, **settings):
    """Lance la commande ; rend ce qu'elle dit."""
    environment = {key: value for key, value in os.environ.items() if key not in ("ALIASES", "OUT", "LAB", "WORK")}
    done = subprocess.run([*PYTHON, "tests/grading/similar/similar.py"], stdin=subprocess.DEVNULL,
                          env=environment | {"WORK": str(PLACE / "rendus"), "OUT": str(PLACE / "pages")} | settings,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    said = done.stdout.decode("utf-8")
    assert done.returncode == status, f"statut {done.returncode}, {status} attendu :\n{said}"
    return said


def pages():
    return sorted((PLACE / "pages").rglob("*.html"))


class Likeness(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_class()
        cls.said = similar()
        cls.texts = [path.read_text(encoding="utf-8") for path in pages()]

    def ranking(self, lab):
        """Les paires de ce lab, dans l'ordre : (noms sur la page)."""
        rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td>', self.texts[0])
        return [re.sub(r"<[^>]*>", "", names) for names, row_lab in rows if row_lab == lab]

    def test_planted_copies_come_first(self):
        expected = len(COPIES) * (len(COPIES) + 1) // 2
        for lab in variants():
            ranking = self.ranking(lab)
            first = [names for names in ranking[:expected]]
            for names in first:
                self.assertNotIn("autre", names, f"{lab} : {ranking}")
            self.assertEqual(len(first), expected, f"{lab} : {ranking}")

    def test_the_skeleton_is_nobodys_work(self):
        for text in self.texts:
            self.assertNotRegex(text, r"squelette \d")

    def test_nothing_of_a_student_acts(self):
        self.assertGreater(len(self.texts), 10)
        for path, text in zip(pages(), self.texts):
            page = Page(path)
            self.assertEqual(page.found - HARMLESS, set(), path)
            self.assertEqual(page.acting, [], path)
            self.assertIn("default-src 'none'", page.policy)
            self.assertNotIn("script-src", page.policy)
            self.assertTrue(all(character.isprintable() or character in "\n" for character in text), path)
        self.assertIn("onerror=alert", "".join(self.texts), "le texte hostile n'a pas été montré : rien n'est prouvé")
        self.assertIn("&lt;script&gt;", self.texts[0])
        self.assertFalse(os.path.exists("hostile"))
        self.assertNotIn("\x1b", self.said)

    def test_nobody_is_accused(self):
        for text in self.texts + [self.said]:
            self.assertIsNone(ACCUSING.search(text))
            self.assertIn("parlez-en", re.sub(r"\s", " ", text))

    def test_what_cannot_be_compared_is_said(self):
        self.assertRegex(self.said, r"Pas comparé : hostile enorme .*à voir à la\s+main")

    def test_aliases_replace_names_everywhere(self):
        students, _ = roll.find(str(PLACE / "rendus"), lab_reader.every_lab(), single=False)
        names = [student["id"] for student in students]
        aliases = PLACE / "pseudonymes.txt"
        aliases.write_text("".join(f"{name}\tPersonne {number}\n" for number, name in enumerate(names)), encoding="utf-8")
        said = similar(ALIASES=str(aliases))
        for text in [said] + [path.read_text(encoding="utf-8") for path in pages()]:
            for name in ("Ève", "Élan", "squelette 1", "hostile", "calc", "caf"):
                self.assertNotIn(name, text)
        self.assertIn("signé Ève Élan", "".join(self.texts), "sans pseudonymes, le commentaire se lit")

    def test_yesterdays_pairs_are_gone(self):
        alone = PLACE / "seuls"
        lab, folders = next(iter(variants().items()))
        for number in (1, 2):
            shutil.copytree(pathlib.Path("labs", lab), alone / str(number) / lab)
        said = similar(WORK=str(alone), OUT=str(PLACE / "ailleurs"))
        self.assertIn("Passages proches : aucun", said)
        for number in (3, 4):
            hand_in(f"../seuls/{number}", lab, texts(folders[0]))
        similar(WORK=str(alone), OUT=str(PLACE / "ailleurs"))
        self.assertTrue((PLACE / "ailleurs" / "paires" / "001.html").is_file())
        shutil.rmtree(alone / "4")
        similar(WORK=str(alone), OUT=str(PLACE / "ailleurs"))
        self.assertFalse((PLACE / "ailleurs" / "paires").exists())

    def test_a_wrong_request_is_told(self):
        self.assertIn("ce n'est ni un dossier, ni une archive", similar(status=2, WORK="nulle/part"))
        self.assertIn("au moins deux rendus", similar(status=2, WORK=str(PLACE / "pages")))
        self.assertIn("ce lab n'existe pas", similar(status=2, LAB="99"))

    def test_the_makeup_changes_what_it_says(self):
        text = texts(next(iter(variants().values()))[0])["server.c"]
        functions = list(csource.functions(text))
        self.assertEqual(list(csource.functions(reordered(text))), functions[::-1])
        self.assertEqual(set(csource.functions(renamed(text))) & set(functions), set())
        self.assertGreater(len(text), 50 * similar_passages.RUN // 10)
        self.assertTrue(lab_reader.every_lab())


if __name__ == "__main__":
    outcome = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    failed = len(outcome.failures) + len(outcome.errors)
    if not failed:
        shutil.rmtree(PLACE)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

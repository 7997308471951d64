"""Un rendu, une classe, et des noms : ce que la forme d'un dossier dit, et des identifiants que rien ne confond."""

import os
import re
import socket
import tempfile
import unicodedata
import unittest

from tests.grading.door import listing, naming, people, shape
from tests.judge.command import lab_reader

LABS = lab_reader.every_lab()
FIRST = LABS[0]
HOSTILE = [b"$(touch${IFS}x)", b"=cmd|' C calc'!A0", b"a\nb", b"\"'\"", b"-rf", b"--help", b"\xff\xfe", b"\xe9t\xe9", b" ",
           b"a b", "a\u202eb".encode(), b"\x1b[2J", "Éva".encode(), "E\u0301va".encode(), b"eva", b"EVA", b"e va", b"e-va",
           b"a;b\tc", b"{}", b"%s", b"*", "漢字".encode(), b"a" * 200]


def put(root, *path, text="int main(void) { return 0; }\n"):
    """Écrit un fichier, avec les dossiers qu'il lui faut."""
    where = os.path.join(root, *path)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    with open(where, "w", encoding="utf-8") as file:
        file.write(text)


class Names(unittest.TestCase):

    def test_identifiers_are_safe_and_unique(self):
        ids = naming.identify({name: name for name in map(os.fsdecode, HOSTILE)})
        self.assertEqual(len(set(ids.values())), len(HOSTILE))
        for identifier in ids.values():
            self.assertRegex(identifier, r"\A[a-z0-9][a-z0-9-]*\Z")
            self.assertLess(len(identifier), 60)

    def test_an_identifier_depends_on_its_name_alone(self):
        alone = naming.identify({"alice": "alice"})["alice"]
        self.assertEqual(naming.identify({"bob": "bob", "alice": "alice", "zoe": "zoe"})["alice"], alone)

    def test_shown_names_are_utf8_without_commands(self):
        for name in HOSTILE:
            shown = naming.visible(os.fsdecode(name))
            self.assertTrue(shown.isprintable(), shown)
            shown.encode("utf-8")
        self.assertEqual(naming.visible(os.fsdecode(b"a\xffb\n\x1b[2J")), "a\\xFFb\\x0A\\x1B[2J")

    def test_homonyms_stay_apart(self):
        shown = naming.display_names({"1": ("Marie", "participant 1"), "2": ("Marie", "participant 2"), "bob": ("bob", "")})
        self.assertEqual(shown, {"1": "Marie (participant 1)", "2": "Marie (participant 2)", "bob": "bob"})
        hostile = naming.display_names({name: (name, "") for name in map(os.fsdecode, HOSTILE)})
        self.assertEqual(len(set(hostile.values())), len(HOSTILE))


class Shapes(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def is_class(self, *path):
        return shape.is_class(os.path.join(self.root, *path), LABS)

    def test_one_student(self):
        put(self.root, "a", "labs", FIRST.name, FIRST.sources[0])
        put(self.root, "b", FIRST.name, FIRST.sources[0])
        put(self.root, "c", FIRST.sources[0])
        for name in "abc":
            self.assertFalse(self.is_class(name), name)
        self.assertTrue(self.is_class("."))

    def test_deep_submissions_make_a_class(self):
        put(self.root, "Nom_1_assignsubmission_file", "projet", "labs", FIRST.name, FIRST.sources[0])
        self.assertTrue(self.is_class("."))

    def test_archives_make_a_class(self):
        put(self.root, "rendus", "alice.zip")
        self.assertTrue(self.is_class("rendus"))
        self.assertTrue(self.is_class("rendus", "alice.zip"))

    def test_what_holds_no_work_is_no_class(self):
        put(self.root, "a", "b", "texte.txt")
        os.makedirs(os.path.join(self.root, "vide"))
        for name in (".", "vide", "a", "nulle-part"):
            self.assertFalse(self.is_class(name), name)

    def test_every_entry_of_a_class_is_told(self):
        put(self.root, "alice", FIRST.name, FIRST.sources[0])
        os.makedirs(os.path.join(self.root, "vide"))
        put(self.root, "zoe.rar")
        put(self.root, "liste.csv")
        put(self.root, ".git", "config")
        put(self.root, ".cachee", FIRST.name, FIRST.sources[0])
        os.symlink("alice", os.path.join(self.root, "lien"))
        os.mkfifo(os.path.join(self.root, "tube"))
        with socket.socket(socket.AF_UNIX) as place:
            place.bind(os.path.join(self.root, "prise"))
        found = people.read(listing.root_of(self.root), LABS)
        self.assertEqual({one.name: bool(one.refusal) for one in found.people},
                         {"alice": False, "vide": False, "zoe": False, "lien": True, "tube": True, "prise": True,
                          ".cachee": False})
        self.assertEqual(found.ignored, [".git", "liste.csv"])

    def test_hostile_names_are_all_students(self):
        for name in HOSTILE:
            os.makedirs(os.path.join(os.fsencode(self.root), name))
        found = people.read(listing.root_of(self.root), LABS)
        self.assertEqual({one.name for one in found.people}, {unicodedata.normalize("NFC", os.fsdecode(name)) for name in HOSTILE})


class Reading(unittest.TestCase):

    def test_each_lab_names_its_sources(self):
        for lab in LABS:
            self.assertTrue(lab.sources)
            for source in lab.sources:
                self.assertTrue(re.fullmatch(r"\w+\.[ch]", source))
                self.assertIsNotNone(lab.given(source), f"{lab.name}/{source}")

"""Qui est qui, dans une classe telle qu'une plateforme l'exporte : personne de perdu, de doublé, ni sous le numéro d'un autre."""

import os
import pathlib
import tempfile
import time
import unittest
from unittest import mock

from tests.grading.door import foreign, limits, listing, people, person, shape
from tests.grading.door.platforms import gradescope_yaml
from tests.grading.run import plans
from tests.grading.run import students as roll
from tests.judge.command import lab_reader
from tests.proof.grading import exported, misread, rar
from tests.proof.grading.classroom import foreign_test

LABS = lab_reader.every_lab()
LAB = exported.LAB


class Case(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def looks(self, work=None):
        """Ce que la porte laisse entrer de chacun : {nom: Look}."""
        work = work or self.root
        students, self.reading = roll.find(work, LABS, False)
        plan = {"work": plans.encode(os.path.abspath(work)), "labs": [LAB.name]}
        self.assertEqual(len({student["id"] for student in students}), len(students))
        found = {}
        for student in students:
            self.assertNotIn(student["name"], found)
            found[student["name"]] = (roll.Look(plan, student, LABS), self.work_of(plan, student))
        return found

    @staticmethod
    def work_of(plan, student):
        """Le nom du travail qui est pris ; vide s'il n'y en a pas, None s'il n'est aucun de ceux que l'on connaît."""
        if student["refusal"]:
            return ""
        taken = {name: entry.data for (_, name), entry in plans.admit(plan, student, LABS).taken.items()}
        plain = {name: (data or b"").replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf") for name, data in taken.items()}
        return next((name for name, work in exported.WORKS.items() if work == plain), None) if taken else ""

    def check(self, rows, work=None):
        """Chaque personne attendue, et elles seules."""
        found = self.looks(work)
        self.assertEqual(set(found), {row.name for row in rows})
        for row in rows:
            look, taken = found[row.name]
            with self.subTest(row.name):
                self.assertEqual(taken, row.work)
                self.assertEqual(look.student["ids"], row.ids)
                self.assertEqual(look.student["group"].rpartition("/")[2], row.group)
                self.assertEqual(look.doubtful, row.flagged, look.remarks)
                self.assertRegex("\n".join(look.remarks), row.says or "^")


def test_of(make):
    """L'essai d'une classe : donnée en dossier, puis en une seule archive."""
    def test(self):
        files, rows = make()
        exported.put(self.root, files)
        self.assertTrue(shape.is_class(self.root, LABS))
        self.check(rows)
    test.__doc__ = make.__doc__
    return test


class Exports(Case):
    """Un essai par classe."""


for maker in exported.CLASSES + misread.CLASSES:
    setattr(Exports, f"test_{maker.__name__}", test_of(maker))


class Archives(Case):

    def test_the_archive_of_a_class_is_no_single_work(self):
        for make in exported.PACKED + misread.PACKED:
            for suffix, pack in ((".zip", exported.zipped), (".tar.gz", exported.tarred), (".tar", exported.stacked)):
                with self.subTest(f"{make.__name__} {suffix}"):
                    files, rows = make()
                    path = os.path.join(self.root, make.__name__ + suffix)
                    pathlib.Path(path).write_bytes(pack(files))
                    self.assertFalse(shape.is_single(path, LABS))
                    self.check(rows, path)

    def test_a_class_in_an_archive_that_a_tool_opens(self):
        files, rows = misread.drive_titles()
        for kind, suffix in (("7z", "7z"), ("zst", "tar.zst")):
            tool = foreign_test.maker_of(kind)
            if tool:
                with self.subTest(kind), tempfile.TemporaryDirectory() as folder:
                    exported.put(folder, files)
                    self.check_whole(rows, f"promo.{suffix}", lambda path, tool=tool, folder=folder: foreign_test.pack(tool, folder, path))
        if foreign_test.can_open("rar"):
            self.check_whole(rows, "promo.rar", lambda path: pathlib.Path(path).write_bytes(rar.new(files)))

    def check_whole(self, rows, name, pack):
        """L'archive d'une classe, puis la même dans une autre, et dans une troisième."""
        path = os.path.join(self.root, name)
        pack(path)
        for around in ("", "a.zip", "b.zip"):
            if around:
                inner, path = path, os.path.join(self.root, around)
                pathlib.Path(path).write_bytes(exported.zipped({os.path.basename(inner): pathlib.Path(inner).read_bytes()}))
            self.assertFalse(shape.is_single(path, LABS))
            self.check(rows, path)

    def test_a_class_that_no_tool_opens_is_nobody(self):
        path = os.path.join(self.root, "promo.7z")
        pathlib.Path(path).write_bytes(foreign.KINDS["7z"][0] + bytes(200))
        with mock.patch.object(foreign, "has_tool", lambda kind: False), self.assertRaisesRegex(limits.TooMuch, "installez libarchive-tools ou 7zip"):
            shape.is_single(path, LABS)

    def test_the_archive_of_one_person_is_a_single_work(self):
        for name, files in (("a", exported.under(LAB.name, exported.RIGHT)), ("b", exported.under(f"projet/labs/{LAB.name}", exported.RIGHT)),
                            ("d", {**exported.under("sockets réseau", exported.RIGHT), "compte rendu/cr.pdf": b"x"}),
                            ("c", {**exported.under("essai 1", exported.POOR), **exported.under("final", exported.RIGHT)})):
            path = os.path.join(self.root, name + ".zip")
            pathlib.Path(path).write_bytes(exported.zipped(files))
            self.assertTrue(shape.is_single(path, LABS), name)


class Doubts(Case):

    def test_two_works_of_one_person_are_not_two_people(self):
        exported.put(self.root, {**exported.under(f"Alice/essai 1/{LAB.name}", exported.POOR),
                                 **exported.under(f"Alice/final/{LAB.name}", exported.RIGHT), **exported.under(f"Bob/{LAB.name}", exported.RIGHT)})
        found = self.looks()
        self.assertEqual(set(found), {"Alice", "Bob"})
        self.assertTrue(found["Alice"][0].doubtful)

    def test_an_archive_that_imitates_a_class_names_nobody_else(self):
        fake = exported.zipped(exported.under(f"Bob Vert_702{exported.HANDED}/{LAB.name}", exported.RIGHT))
        for other in (f"Bob Vert_702{exported.HANDED}_tp.zip", "Bob Vert.zip"):
            with self.subTest(other), tempfile.TemporaryDirectory() as folder:
                mine = "Alice Roux_701" + exported.HANDED + "_tp.zip" if "_" in other else "Alice Roux.zip"
                exported.put(folder, {mine: fake, other: exported.zipped(exported.under(LAB.name, exported.POOR))})
                found = self.looks(folder)
                self.assertEqual(set(found), {"Alice Roux", "Bob Vert"})
                self.assertEqual(found["Bob Vert"][1], "naïf")
                self.assertRegex("\n".join(found["Alice Roux"][0].remarks), "imite l'export")

    def test_a_folder_that_imitates_a_class_names_nobody_else(self):
        exported.put(self.root, {**exported.under(f"Alice Roux/Bob Vert_702{exported.HANDED}/{LAB.name}", exported.RIGHT),
                                 **exported.under(f"Bob Vert/{LAB.name}", exported.POOR)})
        found = self.looks()
        self.assertEqual(set(found), {"Alice Roux", "Bob Vert"})
        self.assertEqual(found["Bob Vert"][1], "naïf")
        self.assertRegex("\n".join(found["Alice Roux"][0].remarks), "imite l'export")

    def test_names_that_are_no_one_make_no_class(self):
        for front in ("server - Copie", "tp réseau - server", "mon_server", "Copie de server", "server_ancien"):
            with self.subTest(front), tempfile.TemporaryDirectory() as folder:
                exported.put(folder, {front + ".c": b"x", front.replace("server", "client") + ".c": b"y"})
                self.assertFalse(shape.is_class(folder, LABS))

    def test_one_repository_for_each_lab_is_one_person(self):
        for who, work in (("Alice", exported.RIGHT), ("Bob", exported.POOR)):
            for lab in LABS:
                exported.put(self.root, {f"{who}/tp-{lab.name}/.gitlab-ci.yml": b"x", **exported.under(f"{who}/tp-{lab.name}", work if lab.name == LAB.name else {})})
        self.assertEqual(set(self.looks()), {"Alice", "Bob"})

    def test_what_may_be_a_group_is_said(self):
        exported.put(self.root, {**exported.under(f"Alice Roux/{LAB.name}", exported.RIGHT),
                                 **exported.under(f"Monsieur Bleu/Bob Vert/{LAB.name}", exported.RIGHT),
                                 **exported.under(f"Monsieur Bleu/Dan Noir/{LAB.name}", exported.POOR)})
        found = self.looks()
        self.assertEqual(set(found), {"Alice Roux", "Monsieur Bleu"})
        self.assertRegex("\n".join(found["Monsieur Bleu"][0].remarks), "est-ce un groupe")

    def test_a_metadata_file_that_cannot_be_read_names_nobody(self):
        files, _ = exported.gradescope_export()
        files["assignment_5_export/submission_metadata.yml"] = b"submission_11:\n  :submitters: *1\n"
        exported.put(self.root, files)
        found = self.looks()
        self.assertEqual(set(found), {"submission_11", "submission_12", "submission_13"})
        self.assertTrue(all(look.doubtful for look, _ in found.values()))
        self.assertRegex("\n".join(self.reading.said), "ne se lit pas")

    def test_yaml_that_is_not_read_is_refused(self):
        for text in ("", "a: b\n", "submission_1:\n  :submitters:\n  - :name: &x Bob\n", "submission_1:\n  :submitters:\n  - :name: 'Bob\n",
                     "submission_1:\n  :created_at: hier\n", "submission_1:\n  :submitters: []\nsubmission_1:\n  :submitters: []\n"):
            with self.assertRaises(gradescope_yaml.Unread, msg=text):
                gradescope_yaml.read(text)

    def test_dates_of_gradescope(self):
        for text, hour in (("2026-11-20 10:12:13", 10), ("2026-11-20T12:12:13+02:00", 10), ("2026-11-20 10:12:13.000000000 Z", 10),
                           ("2026-11-20 02:12:13.5 -08:00", 10)):
            self.assertEqual(time.gmtime(gradescope_yaml.moment(text, 1))[3:6], (hour, 12, 13), text)

    def test_a_person_found_twice_keeps_every_piece(self):
        one, other = person.Person("A", participant="1"), person.Person("A", participant="1", email="a@b.fr")
        one.pieces, other.pieces = [("x", ())], [("y", ())]
        one.absorb(other)
        self.assertEqual((one.pieces, one.ids), ([("x", ()), ("y", ())], {"participant": "1", "email": "a@b.fr"}))


class Size(Case):

    def test_five_hundred_folders_are_read_once_each(self):
        # Combien de fois un dossier est ouvert ne dépend pas de la charge de la machine.
        for number in range(500):
            exported.put(self.root, exported.under(f"Nom {number:03}_{number}{exported.HANDED}/{LAB.name}", exported.RIGHT))
        counted, list_children = [], listing.Node.list_children

        def count(node):
            counted.append(node.file)
            return list_children(node)
        listing.Node.list_children = count
        self.addCleanup(setattr, listing.Node, "list_children", list_children)
        reading = people.read(listing.root_of(self.root), LABS)
        self.assertEqual(len(reading.people), 500)
        self.assertLess(len(counted), 1600)


if __name__ == "__main__":
    unittest.main()

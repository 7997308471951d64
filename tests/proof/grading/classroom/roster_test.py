"""Pseudonymes et retards : les listes de l'enseignant, lues sans indulgence, et jamais appliquées au mauvais étudiant."""

import json
import os
import tempfile
import unittest
from unittest import mock

from tests.grading.roster import class_object, roster
from tests.grading.run import atomic, plans

STUDENTS = [{"id": "dupont-alice-1", "name": "Dupont Alice", "folder": "Dupont Alice_77_assignsubmission_file", "ids": {"participant": "77"}},
            {"id": "bob-2", "name": "Bob", "folder": "bob.zip", "ids": {}},
            {"id": "bob-3", "name": "Éva", "folder": "Éva", "ids": {}}]
RULE = {"tolerance": 10, "tranche": 60, "points": 0.5, "plafond": 10, "refus": 10000}


class Lists(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def put(self, text, name="liste"):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_names_folders_numbers_and_identifiers_designate(self):
        text = "# remise du 3\nDUPONT alice\t5\nbob.zip;6\n\nE\u0301va ; 7,5\n"
        minutes, notes = roster.lateness(self.put(text), STUDENTS)
        self.assertEqual(minutes, {"dupont-alice-1": 5.0, "bob-2": 6.0, "bob-3": 7.5})
        self.assertEqual(notes, [])
        self.assertEqual(roster.lateness(self.put("77;1\nbob-3;2"), STUDENTS)[0], {"dupont-alice-1": 1.0, "bob-3": 2.0})

    def test_unknown_names_are_said(self):
        minutes, notes = roster.lateness(self.put("Bob;5\nCarole;6\n"), STUDENTS)
        self.assertEqual(minutes, {"bob-2": 5.0})
        self.assertRegex(notes[0], "ligne 2 : « Carole »")

    def test_badly_written_lists_are_refused(self):
        for text in ("Bob", "Bob;", "Bob;5;6", "Bob;beaucoup", "Bob;nan", "Bob;inf", "Bob;-5", "Bob;5\nbob;6"):
            with self.assertRaises(roster.Mistake, msg=text):
                roster.lateness(self.put(text), STUDENTS)
        with self.assertRaises(roster.Mistake):
            roster.lateness(os.path.join(self.root, "absent"), STUDENTS)

    def test_two_students_never_share_an_alias(self):
        with self.assertRaises(roster.Mistake):
            roster.aliases(self.put("Bob;Loup\nÉva;loup"), STUDENTS)

    def test_whoever_has_no_alias_stays_anonymous(self):
        aliases, notes = roster.aliases(self.put("Bob;anonyme 1"), STUDENTS)
        self.assertEqual(aliases, {"bob-2": "anonyme 1", "dupont-alice-1": "anonyme 2", "bob-3": "anonyme 3"})
        self.assertEqual(len(notes), 2)
        self.assertNotIn("Alice", notes[0].replace("dupont-alice-1", ""))


class Penalty(unittest.TestCase):

    def test_the_rule(self):
        for minutes, lost in ((0, 0), (10, 0), (10.5, 0.5), (70, 0.5), (71, 1), (1210, 10), (9999, 10), (10001, 15)):
            self.assertEqual(roster.penalty(minutes, 15.0, RULE), lost, minutes)

    def test_a_mark_never_goes_below_zero(self):
        self.assertEqual(roster.penalty(600, 3.0, RULE), 3.0)

    def test_empty_values_mean_no_limit(self):
        rule = {**RULE, "plafond": None, "refus": None, "tolerance": None}
        self.assertEqual(roster.penalty(60 * 30, 20.0, rule), 15.0)

    def test_the_rule_of_the_repository_is_readable(self):
        self.assertGreater(roster.read_rule()["tranche"], 0)

    def test_a_badly_written_rule_is_refused(self):
        good = "tolerance=1\ntranche=60\npoints=1\nplafond=\nrefus=\n"
        for text in (good.replace("60", "0"), good.replace("=60", "=soixante"), good.replace("points=1", "points=-1"),
                     good.replace("refus=\n", "")):
            with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                file.write(text)
                file.flush()
                with self.assertRaises(roster.Mistake, msg=text):
                    roster.read_rule(file.name)


class WholeClass(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = folder.name
        os.mkdir(os.path.join(self.out, plans.RESULTS))
        students = [dict(student, person=student["name"], platform="", late=False, submitted=None, group="", shown=[student["folder"]], source="folder",
                         refusal="") for student in STUDENTS]
        self.plan = {"out": plans.encode(self.out), "title": "rendus", "labs": ["01"], "edition": "e", "protected": True,
                     "protections_missing": [], "students": students, "run": "x"}
        for student in students[:2]:
            record = {"format": 1, "id": student["id"], "name": student["name"], "source": "folder", "key": "k",
                      "status": "judged", "reason": "", "attempts": 1, "protected": True, "protections_missing": [],
                      "judged_at": "", "duration_ms": 1, "remarks": [f"le dossier {student['folder']} est lu"], "flags": [],
                      "labs": [{"lab": lab, "title": "", "status": "absent" if lab == "03" else "judged", "mark": mark, "max": 20.0, "results": None}
                               for lab, mark in (("01", 20.0), ("02", 10.0), ("03", 0.0))],
                      "total": {"mark": 30.0, "max": 60.0, "over20": 10.0}, "run": "x"}
            atomic.write_json(plans.result_path(self.plan, student["id"]), record)

    def build(self, **settings):
        paths = {}
        for name, text in settings.items():
            paths[name] = os.path.join(self.out, name)
            with open(paths[name], "w", encoding="utf-8") as file:
                file.write(text)
        with mock.patch.dict(os.environ, paths):
            lists = class_object.Lists(self.plan["students"])
            return class_object.build(self.plan, lists)

    def test_the_raw_mark_stays_beside_the_final_one(self):
        with mock.patch.object(roster, "read_rule", lambda: RULE):
            items = {item["id"]: item for item in self.build(LATE="Bob;100\n")["items"]}
        self.assertEqual(items["bob-2"]["total"]["over"], 10.0)
        self.assertEqual(items["bob-2"]["final"], {"mark": 27.0, "max": 60.0, "over": 9.0, "out_of": 20})
        self.assertEqual(items["bob-2"]["late"]["penalty"], 1.0)
        self.assertRegex(items["bob-2"]["late"]["text"], "1 h 40 min de retard")
        self.assertIsNone(items["dupont-alice-1"]["late"])
        self.assertEqual(items["dupont-alice-1"]["final"]["over"], 10.0)

    def test_a_date_of_the_platform_is_compared_to_the_deadline_and_the_list_wins(self):
        for student, late in zip(self.plan["students"], (100, 200)):
            student["submitted"] = roster.read_moment("2026-11-20T12:00:00Z") + 60 * late
        with mock.patch.object(roster, "read_rule", lambda: RULE), mock.patch.dict(os.environ, DEADLINE="2026-11-20T13:00:00+01:00"):
            class_ = self.build(LATE="Bob;5\n")
            notes = class_object.Lists(self.plan["students"]).notes
        items = {item["id"]: item for item in class_["items"]}
        self.assertEqual(items["dupont-alice-1"]["late"]["minutes"], 100)
        self.assertEqual(items["bob-2"]["late"]["minutes"], 5)
        self.assertRegex(notes[0], "1 rendu sans date.*Éva")

    def test_what_the_platform_says_late_without_a_date_is_told_and_costs_nothing(self):
        self.plan["students"][0].update(late=True, platform="Canvas")
        item = next(item for item in self.build()["items"] if item["id"] == "dupont-alice-1")
        self.assertRegex(item["late"]["text"], "en retard, d'après Canvas")
        self.assertEqual(item["final"]["over"], 10.0)

    def test_a_badly_written_deadline_is_refused(self):
        for text in ("demain", "20/11/2026", "2026-13-01"):
            with self.assertRaises(roster.Mistake, msg=text):
                roster.read_moment(text)

    def test_a_missing_result_is_never_a_zero(self):
        item = next(item for item in self.build()["items"] if item["id"] == "bob-3")
        self.assertEqual((item["status"], item["total"], item["final"]), ("not_graded", None, None))

    def test_no_name_is_left_under_aliases(self):
        text = json.dumps(self.build(ALIASES="Bob;Loup\nÉva;Ours\n77;Loup!\n"), ensure_ascii=False)
        for name in ("Dupont", "dupont", "Alice", "alice", "Bob", "bob", "Éva"):
            self.assertNotIn(name, text)
        for alias in ("Loup", "Ours", "Loup!"):
            self.assertIn(alias, text)
        items = json.loads(text)["items"]
        self.assertEqual(len({item["id"] for item in items}), 3)

"""Les fichiers de notes, chacun lu par un validateur de son format, sur une classe aux noms et aux textes hostiles."""

import csv
import functools
import importlib
import json
import os
import re
import subprocess
import tempfile
import unittest
import zipfile
import xml.etree.ElementTree as ElementTree

from tests.proof.grading.formats import writers_sample as sample
from tests.grading.render import files, view

SCHEMA = os.path.join("tests", "proof", "grading", "formats", "junit.xsd")
WRITERS = os.path.join("tests", "grading", "writers")
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def writers():
    """Toutes les écritures, trouvées comme grade.py les trouve."""
    names = sorted(name[:-3] for name in os.listdir(WRITERS) if name.endswith(".py"))
    return [importlib.import_module(f"tests.grading.writers.{name}") for name in names]


def content(*path):
    """Le texte d'un fichier, qui doit être de l'UTF-8."""
    with open(os.path.join(*path), encoding="utf-8", newline="") as file:
        return file.read()


def texts(path):
    """Le texte d'un fichier ; d'une archive, celui de chaque membre, et son nom."""
    if not path.endswith(".zip"):
        return [content(path)]
    with zipfile.ZipFile(path) as archive:
        return [text for name in archive.namelist() for text in (name, archive.read(name).decode("utf-8"))]


@functools.lru_cache(maxsize=None)
def written(**settings):
    """La classe d'essai, ce qui peut en être montré, et le dossier où toutes les écritures ont passé."""
    class_, folder = sample.whole_class(**settings), tempfile.TemporaryDirectory()
    before = json.dumps(class_)
    for writer in writers():
        writer.write(class_, folder.name)
    assert json.dumps(class_) == before, "une écriture a changé la classe"
    return class_, view.students(class_), folder


class Written(unittest.TestCase):
    """Une classe écrite une fois pour toutes dans un dossier."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.class_, cls.items, folder = written(**cls.settings)
        cls.out = folder.name

    def path(self, item, name):
        return os.path.join(self.out, files.STUDENTS, item["id"], name)

    def graded(self):
        return [item for item in self.items if view.final(item)]

    def not_graded(self):
        return [item for item in self.items if not view.final(item)]

    def files(self):
        return [os.path.join(folder, name) for folder, _, names in os.walk(self.out) for name in names]


class Everything(Written):
    def test_the_sample_holds_every_case(self):
        self.assertEqual(len(self.not_graded()), 2)
        for case in (view.is_by_hand, view.is_penalised):
            self.assertTrue(any(map(case, self.items)))
        self.assertFalse(all(map(view.is_protected, self.items)))
        statuses = {test["status"] for item in self.items for lab in item["labs"] if view.is_judged(lab)
                    for test in lab["results"]["tests"]}
        self.assertTrue(statuses >= {"passed", "failed", "not_run"})

    def test_no_control_byte_anywhere(self):
        for path in self.files():
            for text in texts(path):
                self.assertIsNone(CONTROL.search(text.replace("\r\n", "\n")), path)

    def test_no_draft_is_left(self):
        self.assertFalse([path for path in self.files() if re.search(r"\.\d+$", path)])


class Documented(Written):
    def test_the_example_of_the_documentation_is_a_writer(self):
        example = re.search(r"```python\n(.*?)```", content("docs", "noter.md"), re.S).group(1)
        writer = {}
        exec(compile(example, "docs/noter.md", "exec"), writer)
        with tempfile.TemporaryDirectory() as out:
            writer["write"](self.class_, out)
            lines = content(out, writer["NAME"]).splitlines()
        self.assertEqual(len(lines), len(self.items))
        self.assertTrue(any("Non noté" in text for text in lines))


class NotesCsv(Written):
    def rows(self):
        text = content(self.out, "notes.csv")
        self.assertTrue(text.startswith("\ufeff"))
        return list(csv.DictReader(text[1:].splitlines(True), delimiter=";", strict=True))

    def test_one_line_per_student(self):
        rows = self.rows()
        self.assertEqual(len(rows), len(self.items))
        for row in rows:
            self.assertNotIn(None, row)
            self.assertNotIn(None, row.values())

    def test_no_formula(self):
        for row in self.rows():
            for value in row.values():
                self.assertIsNone(FORMULA.match(value), value)

    def test_not_graded_is_not_zero(self):
        rows = [row for row in self.rows() if row["état"] == "non noté"]
        self.assertEqual(len(rows), len(self.not_graded()))
        for row in rows:
            self.assertEqual({row[key] for key in row if key in ("total brut", "note sur 20") or key[:2].isdigit()}, {""})
            self.assertTrue(row["remarques"])

    def test_the_raw_mark_stays_beside(self):
        row = next(row for row in self.rows() if row["étudiant"] == "Retard Dan")
        raw, final = (float(row[key].replace(",", ".")) for key in ("brut sur 20", "note sur 20"))
        self.assertAlmostEqual(raw - final, 1.5, places=1)
        self.assertIn("retard", row["retard"])

    def test_absent_labs_and_warnings_are_said(self):
        rows = {row["étudiant"]: row for row in self.rows()}
        self.assertIn("absent", rows["Absente Ève"].values())
        self.assertIn("non protégé", rows["Nu Gus"]["à savoir"])
        self.assertIn("à voir à la main", rows["Naïf Chloé"]["à savoir"])


class MoodleCsv(Written):
    def rows(self, name):
        lines = content(self.out, name).splitlines(True)
        return list(csv.DictReader(lines, strict=True))

    def test_the_columns_are_those_moodle_knows(self):
        rows = self.rows("moodle.csv")
        self.assertEqual(list(rows[0]), ["Email address", "ID number", "Username", "User ID", "Programmation réseau <2026>", "Feedback"])
        self.assertEqual([row["Email address"] for row in rows], ["jo.courriel@exemple.fr", "ky@exemple.fr"])

    def test_every_line_has_the_same_key_and_a_grade(self):
        for row in self.rows("moodle.csv"):
            self.assertTrue(row["Email address"])
            self.assertEqual([row["ID number"], row["Username"], row["User ID"]], ["", "", ""])
            self.assertTrue(0 <= float(row["Programmation réseau <2026>"]) <= 20)
            self.assertTrue(row["Feedback"])

    def test_nobody_is_lost_and_the_not_graded_keep_their_grade(self):
        left = self.rows("moodle-a-completer.csv")
        self.assertEqual(len(left) + len(self.rows("moodle.csv")), len(self.graded()))
        self.assertFalse([row for row in left if "Panne" in row["Full name"]])
        known = [(row["Full name"], row["Identifier"]) for row in left]
        self.assertIn(("Ina Moodle", "Participant 4242"), known)
        self.assertIn(("Lu Homonyme", "Participant 77"), known)

    def test_no_formula_and_no_element(self):
        for name in ("moodle.csv", "moodle-a-completer.csv"):
            for row in self.rows(name):
                for value in row.values():
                    self.assertIsNone(FORMULA.match(value), value)
                self.assertNotIn("<", row["Feedback"])

    def test_an_identifier_shared_by_two_is_nobodys(self):
        from tests.grading.writers import moodle_csv
        items = [sample.student(f"x-{n}", f"{n} meme@exemple.fr", []) for n in range(2)]
        with tempfile.TemporaryDirectory() as out:
            moodle_csv.write({**self.class_, "items": items}, out)
            self.assertEqual(len(content(out, "moodle.csv").splitlines()), 1)
            self.assertEqual(len(content(out, "moodle-a-completer.csv").splitlines()), 3)


    def test_a_participant_is_never_an_id_number(self):
        for row in self.rows("moodle-a-completer.csv"):
            if row["Identifier"]:
                self.assertEqual([row["ID number"], row["Username"], row["User ID"]], ["", "", ""])
        self.assertIn("12", [row["User ID"] for row in self.rows("moodle-a-completer.csv")])

    def test_what_someone_must_see_is_told(self):
        told = [row["Feedback"] for row in self.rows("moodle-a-completer.csv") if row["Full name"] == "Naïf Chloé"]
        self.assertRegex(told[0], "à voir à la main")


class MoodleSheet(Written):
    """Lue comme le fait assignfeedback_offline_grade_importer : trois colonnes, par leur nom dans la langue du site."""

    LANGUAGES = {"fr": ("Participant", "Identifiant", "Note", "Dernière modification (note)"),
                 "en": ("Participant ", "Identifier", "Grade", "Last modified (grade)")}
    KNOWN = {4242, 77, 701, 702, 703}

    def read(self, language):
        word, identifier, grade, modified = self.LANGUAGES[language]
        header, *rows = csv.reader(content(self.out, f"moodle-feuille-{language}.csv").splitlines(True), strict=True)
        where = [header.index(name) for name in (identifier, grade, modified)]
        found = {}
        for row in rows:
            self.assertEqual(len(row), len(header))
            number = row[where[0]][len(word):]
            self.assertRegex(number, r"\A\d+\Z")
            found[int(number)] = (float(row[where[1]]), row)
        return found

    def test_each_language_finds_each_participant_and_a_grade(self):
        for language in self.LANGUAGES:
            found = self.read(language)
            self.assertEqual(set(found), self.KNOWN)
            for grade, row in found.values():
                self.assertTrue(0 <= grade <= 20)
                self.assertFalse([value for value in row if value != "-" and FORMULA.match(value)], row)

    def test_what_someone_must_see_is_told(self):
        self.assertRegex(self.read("fr")[702][1][-1], "à voir à la main")


class MoodleZip(Written):
    """Lue comme le fait assignfeedback_file_zip_importer."""

    def participants(self):
        found = set()
        with zipfile.ZipFile(os.path.join(self.out, "moodle-retours.zip")) as archive:
            for name in archive.namelist():
                first, file = name.split("/")
                self.assertNotIn(file[0], ".~")
                full_name, number, kind, plugin = first.split("_", 4)
                self.assertTrue(full_name)
                self.assertEqual((kind, plugin), ("assignsubmission", "file"))
                self.assertIn("<!doctype html>", archive.read(name).decode().lower())
                found.add(int(number))
        return found

    def test_each_page_goes_to_its_participant(self):
        self.assertEqual(self.participants(), MoodleSheet.KNOWN)


class CanvasCsv(Written):

    def test_the_columns_are_those_canvas_knows(self):
        header, points, *rows = csv.reader(content(self.out, "canvas.csv").splitlines(True), strict=True)
        self.assertEqual(header, ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Programmation réseau <2026>"])
        self.assertEqual((points[0].strip(), points[-1]), ("Points Possible", "20"))
        self.assertEqual([row[1] for row in rows], ["82", "83", "81"])
        for row in rows:
            self.assertTrue(0 <= float(row[-1]) <= 20)
            self.assertFalse([value for value in row if FORMULA.match(value)], row)
        self.assertRegex(next(row[0] for row in rows if row[1] == "83"), "à voir à la main")


class BlackboardCsv(Written):

    def test_the_columns_are_those_blackboard_knows(self):
        text = content(self.out, "blackboard.csv")
        self.assertEqual(text[0], "\ufeff")
        rows = list(csv.DictReader(text[1:].splitlines(True), strict=True))
        self.assertEqual(list(rows[0])[:4], ["Last Name", "First Name", "Username", "Student ID"])
        mark = list(rows[0])[4]
        self.assertRegex(mark, r" \[Total Pts: 20 Score\]\Z")
        self.assertEqual({row["Username"] for row in rows}, {"aroux", "'=b"})
        for row in rows:
            self.assertTrue(0 <= float(row[mark]) <= 20)
            self.assertFalse([value for value in row.values() if FORMULA.match(value)], row)
        self.assertEqual([row["Grading Notes"] for row in rows if "Bob" in row["First Name"]], ["à voir à la main"])


class Held(Written):
    """HOLD=1 : qui est à voir à la main n'est dans aucun fichier qu'une plateforme importe."""

    settings = {"hold": True}

    def test_nobody_to_see_is_imported(self):
        held = [item for item in self.items if view.is_by_hand(item) and view.final(item)]
        self.assertTrue(held)
        for name in ("moodle.csv", "moodle-a-completer.csv", "moodle-feuille-fr.csv", "canvas.csv", "blackboard.csv"):
            self.assertNotIn("à voir à la main", content(self.out, name))
        self.assertIn("à voir à la main", content(self.out, "notes.csv"))
        with zipfile.ZipFile(os.path.join(self.out, "moodle-retours.zip")) as archive:
            self.assertFalse([name for name in archive.namelist() if "_702_" in name])


class Scaled(Written):
    """Un barème (SCALE=) : chaque fichier le suit, et le dit."""

    settings = {"own": sample.own_scale()}
    NAME = "=barème\\x09<b>.txt"

    def test_the_sample_follows_it(self):
        found = {item["display_name"]: item for item in self.items}
        perfect, blank, some = (found[name]["total"] for name in ("Modèle Ada", "Squelette Bob", "Naïf Chloé"))
        self.assertEqual((perfect["over"], perfect["max"], blank["over"]), (10, 10 * len(sample.listed_labs()), 0))
        labs = found["Naïf Chloé"]["labs"]
        whole = 3 + len(labs) - 1
        self.assertAlmostEqual(some["over"], sum(entry["mark"] * (1 if rank else 3) for rank, entry in enumerate(labs)) / whole, places=2)
        self.assertTrue(all(0 <= entry["mark"] <= 10 == entry["max"] for entry in labs))
        # Le juge a gardé les points de l'énoncé : la note change avec le barème, sans lui.
        run = next(run for run in sample.real_results()["naive"] if run["lab"] == labs[0]["lab"])
        self.assertNotAlmostEqual(labs[0]["mark"], sample.mark(run) / 2, places=2)

    def test_tables_and_platforms_are_out_of_ten(self):
        rows = list(csv.DictReader(content(self.out, "notes.csv")[1:].splitlines(True), delimiter=";", strict=True))
        self.assertEqual({row["barème"] for row in rows}, {"'" + self.NAME})
        self.assertEqual(max(float(row["note sur 10"].replace(",", ".")) for row in rows if row["note sur 10"]), 10)
        grades = [float(row["Programmation réseau <2026>"]) for row in csv.DictReader(content(self.out, "moodle-a-completer.csv").splitlines(True))]
        self.assertEqual((min(grades), max(grades)), (0, 10))
        sheet = list(csv.DictReader(content(self.out, "moodle-feuille-fr.csv").splitlines(True)))
        self.assertEqual(({row["Note maximale"] for row in sheet}, max(float(row["Note"]) for row in sheet)), ({"10.00"}, 10))
        self.assertEqual(list(csv.reader(content(self.out, "canvas.csv").splitlines(True)))[1][-1], "10")
        self.assertIn("[Total Pts: 10 Score]", content(self.out, "blackboard.csv"))

    def test_each_says_it(self):
        for name in ("moodle.csv", "moodle-feuille-fr.csv", "blackboard.csv"):
            self.assertIn(f"barème « {self.NAME} », sur 10".replace("<", "&lt;" if "moodle" in name else "<").replace(">", "&gt;" if "moodle" in name else ">"),
                          content(self.out, name))
        for item in self.graded():
            for name in ("vpl.txt", "results.json"):
                told = content(self.path(item, name))
                self.assertIn(self.NAME, told if name == "vpl.txt" else json.loads(told)["output"])
            self.assertIn("barème", content(self.path(item, "index.html")))
        self.assertIn("barème", content(self.out, "index.html"))

    def test_points_add_up_in_gradescope_and_github(self):
        for item in self.graded():
            cases = json.loads(content(self.path(item, "results.json")))["tests"]
            counted = [case for case in cases if not case["name"].endswith(", facultatif")]
            self.assertAlmostEqual(sum(case.get("max_score", 0) for case in counted), item["total"]["max"], places=3)
            value = json.loads(content(self.path(item, "classroom.json")))
            self.assertAlmostEqual(sum(case["score"] for case in value["tests"]), item["final"]["mark"], places=3)
            self.assertAlmostEqual(value["max_score"], item["total"]["max"])
            self.assertLessEqual(item["final"]["over"], 10)
        perfect = next(item for item in self.items if item["display_name"] == "Modèle Ada")
        told = json.loads(content(self.path(perfect, "classroom.json")))
        self.assertEqual(told["status"], "pass")
        self.assertIn("Plafond du barème", [case["name"] for case in told["tests"]])

    def test_junit_says_it(self):
        for suite in ElementTree.parse(os.path.join(self.out, "junit.xml")).getroot():
            facts = {fact.get("name"): fact.get("value") for fact in suite.iter("property")}
            if facts["status"] == "judged":
                self.assertEqual((facts["out_of"], facts["scale"]), ("10", self.NAME))
                self.assertLessEqual(float(facts["final"]), 10)


class Gradescope(Written):
    TOP = {"score": (int, float), "execution_time": (int, float), "output": str, "output_format": str, "tests": list,
           "test_output_format": str, "test_name_format": str, "visibility": str, "stdout_visibility": str}
    CASE = {"score": (int, float), "max_score": (int, float), "status": str, "name": str, "name_format": str, "number": str,
            "output": str, "output_format": str, "tags": list, "visibility": str}

    def check(self, value, shape):
        for key, member in value.items():
            self.assertIn(key, shape)
            self.assertIsInstance(member, shape[key])
        for key in ("output_format", "test_output_format", "name_format", "test_name_format"):
            self.assertEqual(value.get(key, "text"), "text")

    def test_the_documented_shape(self):
        for item in self.graded():
            value = json.loads(content(self.path(item, "results.json")))
            self.check(value, self.TOP)
            for case in value["tests"]:
                self.check(case, self.CASE)
                self.assertIn(case["status"], ("passed", "failed"))
                self.assertLessEqual(case.get("score", 0), case.get("max_score", 0))
                self.assertTrue(all(isinstance(tag, str) for tag in case["tags"]))
            self.assertAlmostEqual(value["score"], item["final"]["mark"], places=5)
            self.assertAlmostEqual(sum(case.get("score", 0) for case in value["tests"]), item["total"]["mark"], places=3)
            self.assertAlmostEqual(sum(case.get("max_score", 0) for case in value["tests"]), item["total"]["max"], places=3)

    def test_the_text_is_that_of_the_terminal(self):
        item = next(item for item in self.items if item["display_name"] == "Naïf Chloé")
        cases = json.loads(content(self.path(item, "results.json")))["tests"]
        failed = next(case for case in cases if case["status"] == "failed" and "Cause probable" in case["output"])
        self.assertIn("Ce test seul : make test TEST=", failed["output"])
        self.assertNotIn("WORK=", failed["output"])

    def test_a_late_student_keeps_the_raw_mark_in_words(self):
        item = next(item for item in self.items if view.is_penalised(item))
        self.assertIn("Note brute", json.loads(content(self.path(item, "results.json")))["output"])

    def test_the_not_graded_have_no_file_even_after_having_had_one(self):
        from tests.grading.writers import gradescope
        item = sample.student("x-1", "X", [])
        with tempfile.TemporaryDirectory() as out:
            path = os.path.join(out, files.STUDENTS, "x-1", "results.json")
            gradescope.write({**self.class_, "items": [item]}, out)
            self.assertTrue(os.path.exists(path))
            gradescope.write({**self.class_, "items": [sample.not_graded("x-1", "X", "panne")]}, out)
            self.assertFalse(os.path.exists(path))
        for item in self.not_graded():
            self.assertFalse(os.path.exists(self.path(item, "results.json")))


class Classroom(Written):
    CASE = {"name": str, "status": str, "score": (int, float), "message": str, "test_code": str, "filename": str, "line_no": int,
            "duration": (int, float)}

    def test_the_documented_shape(self):
        for item in self.items:
            value = json.loads(content(self.path(item, "classroom.json")))
            self.assertEqual(sorted(value), ["max_score", "status", "tests", "version"])
            self.assertEqual(value["version"], 1)
            self.assertIn(value["status"], ("pass", "fail", "error"))
            for case in value["tests"]:
                self.assertEqual(sorted(case), sorted(self.CASE))
                for key, kind in self.CASE.items():
                    self.assertIsInstance(case[key], kind)
                self.assertIn(case["status"], ("pass", "fail", "error"))

    def test_points_add_up_to_the_final_mark(self):
        for item in self.graded():
            value = json.loads(content(self.path(item, "classroom.json")))
            self.assertAlmostEqual(sum(case["score"] for case in value["tests"]), item["final"]["mark"], places=3)
            self.assertAlmostEqual(value["max_score"], item["total"]["max"])

    def test_nothing_is_counted_for_the_not_graded(self):
        for item in self.not_graded():
            value = json.loads(content(self.path(item, "classroom.json")))
            self.assertEqual((value["status"], value["max_score"]), ("error", 0))

    def test_no_command_of_the_log(self):
        for item in self.items:
            for case in json.loads(content(self.path(item, "classroom.json")))["tests"]:
                for line in (case["name"] + "\n" + case["message"]).split("\n"):
                    self.assertFalse(line.lstrip().startswith("::"), line)
                    self.assertNotIn("##[", line)


class Vpl(Written):
    def grade_and_comment(self, item):
        """Lit le fichier comme VPL : une note par ligne « Grade », un bloc, et rien d'autre."""
        grades, comment, inside = [], [], False
        for line in content(self.path(item, "vpl.txt")).split("\n"):
            if inside and line.strip() == "--|>":
                inside = False
            elif inside:
                comment.append(line)
            elif line.startswith("Grade :=>>"):
                grades.append(float(line[len("Grade :=>>"):]))
            elif line.strip() == "<|--":
                inside = True
            else:
                self.assertEqual(line, "")
            self.assertFalse(line.startswith("Grade :=>>") and inside)
        self.assertFalse(inside)
        return grades, comment

    def test_one_grade_the_final_one(self):
        for item in self.graded():
            grades, comment = self.grade_and_comment(item)
            self.assertEqual(grades, [round(item["final"]["over"], 2)])
            self.assertTrue(comment)

    def test_no_grade_for_the_not_graded(self):
        for item in self.not_graded():
            self.assertEqual(self.grade_and_comment(item)[0], [])

    def test_each_line_is_a_title_or_quoted(self):
        for item in self.items:
            for line in self.grade_and_comment(item)[1]:
                self.assertIn(line[0], "->")
                self.assertFalse(line[0] == "-" and line.endswith(")"), line)


class Autolab(Written):
    def scores(self, item):
        """Lit le fichier comme Autolab : la dernière ligne, et elle seule, est du JSON."""
        *_, last = content(self.path(item, "autolab.txt")).rstrip("\n").split("\n")
        return json.loads(last)["scores"]

    def test_the_last_line_has_the_raw_mark_of_each_lab(self):
        for item in self.graded():
            self.assertEqual(self.scores(item), {lab["lab"]: round(lab["mark"], 6) for lab in item["labs"]})

    def test_the_not_graded_have_no_file(self):
        for item in self.not_graded():
            self.assertFalse(os.path.exists(self.path(item, "autolab.txt")))


class JunitXml(Written):
    def test_the_schema(self):
        done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", SCHEMA,
                               os.path.join(self.out, "junit.xml")], stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(done.returncode, 0, done.stderr[:2000])

    def test_the_schema_refuses(self):
        for wrong in ("<testsuites><testsuite/></testsuites>", "<testsuites><b/></testsuites>"):
            done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", SCHEMA, "-"],
                                  input=wrong, stderr=subprocess.DEVNULL, universal_newlines=True)
            self.assertNotEqual(done.returncode, 0)

    def test_every_student_and_every_lab(self):
        root = ElementTree.parse(os.path.join(self.out, "junit.xml")).getroot()
        self.assertEqual(len(root), sum(len(item["labs"]) or 1 for item in self.items))
        for suite in root:
            facts = {fact.get("name"): fact.get("value") for fact in suite.iter("property")}
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
            if facts["status"] == "not_graded":
                self.assertEqual(suite.get("errors"), "1")
                self.assertNotIn("final", facts)
            else:
                self.assertTrue(0 <= float(facts["final"]) <= float(facts["raw"]) <= 20)


class Reserved(Written):
    def test_nothing_of_a_reserved_test_is_written(self):
        for path in self.files():
            for text in texts(path):
                self.assertNotIn(sample.SECRET, text, path)

    def test_its_category_and_points_are(self):
        item = next(item for item in self.items if item["display_name"] == "Réservé Hal")
        cases = [case for case in json.loads(content(self.path(item, "results.json")))["tests"] if sample.CATEGORY in case["name"]]
        hidden = [test for entry in self.class_["items"] if entry["name"] == "Réservé Hal" for lab in entry["labs"]
                  if lab["results"] for test in lab["results"]["tests"] if test.get("private")]
        self.assertEqual(len(cases), len(hidden))
        self.assertEqual({case["max_score"] for case in cases}, {test["points"] for test in hidden})
        self.assertEqual({case["output"] for case in cases}, {"Test réservé : seuls sa catégorie et ses points sont montrés."})


class Revealed(Written):
    settings = {"reveal": True}

    def test_reveal_shows_all(self):
        item = next(item for item in self.items if item["display_name"] == "Réservé Hal")
        for name in ("results.json", "classroom.json", "vpl.txt"):
            self.assertIn(sample.SECRET, content(self.path(item, name)))


class Aliases(Written):
    settings = {"aliases": True}

    def test_no_name_anywhere(self):
        names = ["Ada", "Chloé", "Gus", "Flo", "courriel"]
        for path in self.files():
            for name in names:
                self.assertNotIn(name, content(path), path)

    def test_the_old_folder_of_a_named_student_goes_away(self):
        class_ = sample.whole_class()
        class_["items"] = class_["items"][:3]
        with tempfile.TemporaryDirectory() as out:
            for prefix in ("", "renard-"):
                for item in class_["items"]:
                    item["id"] = prefix + item["id"]
                for writer in writers():
                    writer.write(class_, out)
            self.assertEqual(sorted(os.listdir(os.path.join(out, files.STUDENTS))), sorted(item["id"] for item in class_["items"]))

"""Le barème d'un enseignant (SCALE=) : ce qu'il change des points, ce qu'il refuse, et ce qu'un rapport en dit."""

import contextlib
import copy
import glob
import io
import os
import re
import tempfile
import unittest
from unittest import mock

from tests.judge.report import junit, reserved, results, scale, terminal
from tests.proof.report.report_test import EXAMPLE, page

SETTINGS = "TITLE := Essai\nSTEP_0 := Zéro\nSTEP_1 := Un\nSTEP_2 := Deux\nPROGRAMS := server\nPORT := 8001\n"
# Les tests de l'exemple, tels qu'un lab les écrirait ; un test réservé, et un autre lab.
SOURCES = {"01-tcp/step0.c": ("starts, .step = 0, .title = \"a (b) {c}\"",),
           "01-tcp/steps.c": ("listens, .step = 1, .points = 3, .title = \"a\"", "replies, .step = 2, .points = 4,\n       .title = \"b\"",
                              "echoes, .step = 2, .points = 2, .title = \"c\"", "survives, .step = 2, .points = 1, .title = \"d\""),
           "01-tcp/private/own.c": ("secret_test, .step = 2, .points = 1, .title = \"e\"",),
           "02-udp/steps.c": ("answers, .step = 1, .points = 20, .title = \"f\"",)}
LABS = ("01-tcp", "02-udp")


class Case(unittest.TestCase):
    """Un dépôt de deux labs, et un barème."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for name in LABS:
            self.put(SETTINGS, "tests", name, "lab.mk")
        for path, lessons in SOURCES.items():
            self.put("".join(f"LESSON({lesson})\n{{\n    start_server();\n}}\n" for lesson in lessons), "tests", path)
        self.addCleanup(os.chdir, os.getcwd())
        self.run_ = results.load(EXAMPLE)
        os.chdir(self.root)

    def put(self, text, *path):
        path = os.path.join(self.root, *path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        return path

    def read(self, text):
        return scale.Scale(self.put(text, "barème.txt"), LABS)

    def applied(self, text):
        """L'exemple, à ce barème."""
        return scale.apply(self.read(text), copy.deepcopy(self.run_))

    def points(self, text):
        return {test["name"]: test["points"] for test in self.applied(text)["tests"]}


class Weights(Case):

    def test_nothing_said_changes_nothing(self):
        run = self.applied("# rien\n\n")
        self.assertEqual([test["points"] for test in run["tests"]], [3, 4, 2, 1])
        self.assertEqual(results.mark(run), results.mark(self.run_))

    def test_the_total(self):
        for total in (10, 20, 100):
            run = self.applied(f"total = {total}")
            self.assertAlmostEqual(results.mark(run), total * 3 / 9)
            self.assertIn(f"/ {total}", page(run))

    def test_a_test(self):
        self.assertEqual(self.points("01-tcp replies = 0,5"), {"listens": 3, "replies": 0.5, "echoes": 2, "survives": 1})
        self.assertAlmostEqual(results.mark(self.applied("01 listens = 12\n")), 20 * 12 / 18)

    def test_a_step_keeps_the_proportions_of_its_tests(self):
        for line in ("01-tcp étape 2 = 14", "01 ETAPE 2 = 14.0 # commentaire", "\ufeff01-tcp step 2 = 14\r\n"):
            self.assertEqual(self.points(line), {"listens": 3, "replies": 8, "echoes": 4, "survives": 2})

    def test_a_step_and_one_of_its_tests(self):
        found = self.points("01 étape 2 = 10\n01 replies = 7\n")
        self.assertEqual(found, {"listens": 3, "replies": 7, "echoes": 2, "survives": 1})

    def test_a_step_without_points_shares_what_it_is_given(self):
        self.assertEqual(self.read("01 étape 0 = 2").values["01-tcp"]["starts"], (2, False))

    def test_a_private_test_is_weighed_by_its_name_alone(self):
        self.assertEqual(self.read("01 étape 2 = 14").values["01-tcp"]["secret_test"], (1, False))
        self.assertEqual(self.read("01 secret_test = 3").values["01-tcp"]["secret_test"], (3, False))

    def test_a_test_that_counts_no_more(self):
        run = self.applied("01 replies = 0\n01 echoes = 0")
        self.assertEqual(results.mark(run), 20)
        self.assertTrue(results.is_full(run))

    def test_an_optional_test_costs_nothing(self):
        run = self.applied("01 replies = facultatif\n01 echoes = facultatif\n")
        self.assertEqual(results.mark(run), 20)
        self.assertTrue(results.is_full(run))
        self.assertIn("4 points, facultatif", page(run))

    def test_an_optional_test_adds_its_points_and_no_more_than_the_total(self):
        run = self.applied("01 listens = 2 facultatif\n")
        self.assertAlmostEqual(results.mark(run), 20 * 2 / 6)
        for test in run["tests"]:
            test["status"] = "passed"
        self.assertEqual(results.mark(run), 20)
        run = self.applied("01 étape 1 = facultatif")
        self.assertIn("+ 3", page(run))

    def test_an_optional_test_stays_outside_what_its_step_is_worth(self):
        self.assertEqual(self.points("01 étape 2 = 6\n01 replies = facultatif"), {"listens": 3, "replies": 8, "echoes": 4, "survives": 2})

    def test_a_test_only_needed_by_another_stays_at_zero(self):
        self.run_["tests"][0].update(points=0, borrowed=True)
        self.assertEqual(self.points("01 listens = 5")["listens"], 0)

    def test_the_mean_follows_the_labs(self):
        runs = [self.applied("01-tcp = 3\n"), scale.apply(self.read("01-tcp = 3"), {"lab": "02-udp", "tests": []})]
        self.assertAlmostEqual(results.mean(runs), 0.75 * 20 * 3 / 9)
        runs[0]["weight"] = runs[1]["weight"] = 0
        self.assertAlmostEqual(results.mean(runs), 10 * 3 / 9)


class Documented(unittest.TestCase):

    def test_the_example_of_the_documentation_is_a_scale(self):
        with open("docs/noter.md", encoding="utf-8") as file:
            example = re.search(r"```text\n(# Le TP noté.*?)```", file.read(), re.S)[1]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bareme.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(example)
            own = scale.Scale(path, sorted(path.split(os.sep)[1] for path in glob.glob("tests/*/lab.mk")))
        self.assertEqual((own.out_of, own.labs), (10, {"02-udp": 2}))
        steps = {step: sum(own.values["01-tcp"][name][0] for name, (of, _) in own.known["01-tcp"].public.items() if of == step) for step in range(7)}
        self.assertAlmostEqual(steps[5], 4)
        self.assertAlmostEqual(sum(steps.values()), 22)


class Told(Case):

    def test_a_report_says_it(self):
        text = " ".join(page(self.applied("total = 10\n")).split())
        self.assertIn("Barème « barème.txt » : la note est sur 10", text)
        self.assertIn("Note : 3,33 / 10", text)
        self.assertNotIn("Barème", page(self.run_))

    def test_junit_says_it(self):
        told = junit.document([self.applied("total = 10\n")])
        for fact in ('name="mark" value="3.33"', 'name="out_of" value="10"', 'name="scale" value="barème.txt"'):
            self.assertIn(fact, told)

    def test_a_coefficient_is_shown_beside_the_lab(self):
        paper = terminal.Paper(io.StringIO())
        own = self.read("01-tcp = 2\n")
        request = mock.Mock(absent=[], narrowed=False, work="labs", elapsed=lambda: 0)
        terminal.report_total(paper, [self.applied("01-tcp = 2\n"), scale.apply(own, {**copy.deepcopy(self.run_), "lab": "02-udp"})], request)
        self.assertRegex("\n".join(paper.lines), r"01-tcp .* / 20  coefficient 2\n")

    def test_a_reserved_test_says_nothing_more(self):
        self.run_["tests"][3].update(private=True, category="robustesse", name="secret_test")
        text = page(reserved.hide(self.applied("01 secret_test = 7\n")))
        self.assertNotIn("secret_test", text)
        self.assertIn("0 / 0" if self.run_["tests"][3]["status"] == "skipped" else "7", text)


class Refused(Case):
    """Chaque refus dit la ligne, en français, et le nom le plus proche."""

    WRONG = {"totl = 10": "ligne 1 : « totl » ne nomme aucun lab .* peut-être « total »",
             "\n\ntotal = 30": "ligne 3 : total = 30 : 10, 20 ou 100 est attendu",
             "03 = 1": "« 03 » ne nomme aucun lab .*01-tcp, 02-udp",
             "01 étape 9 = 1": r"01-tcp n'a pas d'étape « 9 » \(étapes : 0 à 2\)",
             "01 replis = 1": "01-tcp n'a pas de test « replis » ; peut-être « replies »",
             "02-udp replies = 1": "02-udp n'a pas de test « replies » ; il est dans 01-tcp",
             "replies = 1": "dites de quel lab : « 01-tcp replies… »",
             "étape 2 = 1": "dites de quel lab : « 01-tcp étape… »",
             "01 secret_tes = 1": r"n'a pas de test « secret_tes »\Z",
             "01 = facultatif": "un lab n'est pas facultatif",
             "01 listens = beaucoup": "« beaucoup » : un nombre de 0 à 1000, ou « facultatif »",
             "01 listens = -1": "« -1 »", "01 listens = nan": "« nan »", "01 listens = 1e9": "« 1e9 »", "01 listens = 1001": "« 1001 »",
             "01 = 1\n01-tcp = 2": "ligne 2 : « 01-tcp » y est déjà, ligne 1",
             "01 listens = 1\n01-tcp listens = 1": "ligne 2 : .* y est déjà, ligne 1",
             "listens": "« listens » : .* est attendu", "= 3": "est attendu", "01 étape = 3": "n'a pas de test « étape »",
             "01 étape 2 trois = 1": "est attendu", "01 listens = 0\n01 étape 1 = 3": "ligne 2 : l'étape 1 de 01-tcp n'a plus de test qui compte",
             "02-udp étape 1 = 0": "plus aucun test de 02-udp ne compte ; « 02-udp = 0 »",
             "01 \x1b[2J = 1": r"\\x1B\[2J"}

    def test_each_mistake_is_told_with_its_line(self):
        for text, told in self.WRONG.items():
            with self.assertRaisesRegex(scale.Mistake, told, msg=text) as caught:
                self.read(text)
            self.assertTrue(str(caught.exception).isprintable(), text)
            self.assertTrue(str(caught.exception).startswith("SCALE"), text)

    def test_a_lab_that_does_not_count_may_have_no_test_that_counts(self):
        self.assertEqual(self.read("02-udp = 0\n02-udp étape 1 = 0\n").labs, {"02-udp": 0})

    def test_reading_is_bounded_and_waits_for_nobody(self):
        os.mkfifo(os.path.join(self.root, "tube"))
        for path, told in (("tube", "pas un fichier ordinaire"), (self.root, "pas un fichier ordinaire"), ("absent", "n'existe pas"),
                           ("/dev/zero", "pas un fichier ordinaire"), (self.put("#" * (1 << 17), "grand"), "trop grand"),
                           (self.put(b"total = 10\n01 \xe9tape 1 = 2\n", "latin"), "ligne 2 : elle n'est pas en UTF-8"),
                           (self.put("total = 10\n".encode("utf-16"), "utf16"), "ligne 1 : elle n'est pas en UTF-8"),
                           (self.put(b"total\0 = 10\n", "nul"), "ligne 1 : un octet nul"),
                           (self.put("total = 10\n" + "x" * 300, "long"), "ligne 2 : elle est trop longue")):
            with self.assertRaisesRegex(scale.Mistake, told):
                scale.Scale(path, LABS)

    def test_the_minimum_is_a_mark_of_this_scale(self):
        own = self.read("total = 10\n")
        for text, good in (("10", True), ("9,5", True), ("", True), ("10,5", False), ("12", False)):
            with mock.patch.dict(os.environ, MIN=text), contextlib.nullcontext() if good else self.assertRaisesRegex(scale.Mistake, "de 0 à 10"):
                scale.check_minimum(own)

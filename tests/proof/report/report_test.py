"""Les rapports, éprouvés sur des résultats d'exemple et sur des textes hostiles."""

import copy
import html
import io
import json
import os
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as ElementTree

from tests.judge.report import compiler
from tests.judge.report import junit
from tests.judge.report import options
from tests.judge.report import paint
from tests.judge.report import reserved
from tests.judge.report import results
from tests.judge.report import story
from tests.judge.report import terminal
from tests.judge.report.crowd import folded, gathered

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "example", "results.json")
HOSTILE = "".join(map(chr, range(0, 0x100))) + "\u2028\ufffe\uffff\ud800 ]]> <script> & \" ' `$(id)` =1+1 😀 漢字 e\u0301"


def page(run, **settings):
    """Le rapport d'un lab, en texte."""
    request = options.Request()
    request.work = "rendus/d'Ève Élan"
    for name, value in settings.items():
        setattr(request, name, value)
    paper = paint.Paper(io.StringIO())
    terminal.report_lab(paper, run, request)
    terminal.report_total(paper, [run], request)
    return "\n".join(paper.lines)


def failing_everywhere(text):
    """L'exemple, où chaque texte a été remplacé par celui-ci."""
    run = copy.deepcopy(results.load(EXAMPLE))
    run["title"] = text
    run["remarks"] = [text]
    run["build"][1]["message"] = text
    for test in run["tests"]:
        test.update(status="failed", title=text, reason=text, needs=[])
        test["failure"] = {key: text for key in ("summary", "expected", "received", "cause", "advice")} | {"caret": 300}
        test["transcript"] = [{"ms": 1, "actor": text, "verb": text, "text": text}] * 100
    return run


def loaded(run):
    """Ces résultats, passés par un fichier comme ceux du juge."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "results.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(run, file)
        with open(os.path.join(folder, "remarks.txt"), "w", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(run["remarks"]))
        return results.load(path)


class Marks(unittest.TestCase):
    def test_a_skipped_test_costs_nothing(self):
        run = results.load(EXAMPLE)
        self.assertEqual(results.available(run), 9)
        self.assertAlmostEqual(results.mark(run), 20 * 3 / 9)

    def test_a_test_not_tried_is_a_failed_test(self):
        self.assertEqual(results.counts(results.load(EXAMPLE)), (1, 2, 1))

    def test_full_marks_are_counted_in_tests_not_in_decimals(self):
        run = results.load(EXAMPLE)
        for test in run["tests"]:
            test.update(status="passed", points=0.1)
        self.assertTrue(results.is_full(run))
        self.assertEqual(results.format_number(results.mark(run)), "20")

    def test_a_minimum_is_reached_exactly(self):
        request = options.Request()
        request.minimum = 20 * 3 / 9
        self.assertEqual(terminal.status([results.load(EXAMPLE)], request), 0)
        request.minimum = 7
        self.assertEqual(terminal.status([results.load(EXAMPLE)], request), 1)

    def test_numbers_are_french(self):
        self.assertEqual([results.format_number(value) for value in (0, 12.5, 20.0, 6.6666, 10)],
                         ["0", "12,5", "20", "6,67", "10"])

    def test_results_that_cannot_be_read_are_the_judges_trouble(self):
        with tempfile.TemporaryDirectory() as folder:
            for content in ("", "{", "[]", '{"format":99}'):
                path = os.path.join(folder, "results.json")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content)
                self.assertRaises(results.Unreadable, results.load, path)
        self.assertRaises(results.Unreadable, results.load, "nulle/part.json")


class Terminal(unittest.TestCase):
    def test_the_story_of_a_failure_is_complete(self):
        text = page(results.load(EXAMPLE))
        for part in ("✓", "✗–○", "Note : 6,67 / 20", "D09", "étape 2", "Cause probable : ", "À relire : ",
                     "Réseau commun", "il faut d'abord", "envoie « bonjour\\n »",
                     "make test WORK='rendus/d'\\''Ève Élan' LAB=01-tcp TEST=replies"):
            self.assertIn(part, text)

    def test_the_chapter_to_read_again_has_its_title(self):
        told = "NOTES.fr.md, étape 2, « Le serveur répond » ; piège D09"
        run = results.load(EXAMPLE)
        self.assertIn(told, " ".join(page(run).split()))
        self.assertIn(told, html.unescape(junit.document([run])))
        run["steps"] = []
        self.assertIn("NOTES.fr.md, étape 2 ; piège D09", page(run))

    def test_commands_are_short_in_the_folder_of_a_lab(self):
        run = results.load(EXAMPLE)
        run["borrowed"] = ["07-lab", "source.c"]
        with unittest.mock.patch.dict(os.environ, FROM_LAB="01-tcp"):
            text = page(run)
        for command in ("Ce test seul : make test TEST=replies", "\n  make test STEP=2", "\n  make -C ../07-lab test"):
            self.assertIn(command, text)
        self.assertNotIn("WORK=", text)
        self.assertNotIn("LAB=", text)

    def test_what_explains_the_others_is_told_first(self):
        run = results.load(EXAMPLE)
        for test in run["tests"]:
            test.update(status="failed", needs=[], failure={"summary": test["name"], "gravity": None})
        run["tests"][3]["status"] = "passed"
        run["tests"][2]["failure"]["gravity"] = "death"
        text = page(run)
        self.assertLess(text.index("✗ " + run["tests"][2]["title"]), text.index("✗ " + run["tests"][0]["title"]))
        self.assertEqual([test["name"] for test in results.by_weight(run["tests"])], ["echoes", "listens", "replies", "survives"])

    def test_the_line_of_the_student_is_shown(self):
        run = results.load(EXAMPLE)
        failure = next(test for test in run["tests"] if test["status"] == "failed")["failure"]
        self.assertNotIn("Votre ligne", page(run))
        failure["line"] = {"what": "votre serveur dort dans accept", "file": "server.c", "number": 87, "function": "serve"}
        self.assertIn("Votre ligne : votre serveur dort dans accept, server.c:87, serve", page(run))

    def test_the_caret_stands_under_the_difference(self):
        lines = page(results.load(EXAMPLE)).split("\n")
        received = next(i for i, line in enumerate(lines) if line.strip().startswith("reçu"))
        self.assertEqual(lines[received][lines[received + 1].index("^")], "<")

    def test_one_compile_error_is_told_once(self):
        text = page(results.load(EXAMPLE))
        self.assertEqual(text.count("client.c:3:5: error"), 1)
        self.assertIn("client, framing_driver ne peuvent pas être construits", text)

    def test_no_byte_reaches_the_terminal_raw(self):
        text = page(loaded(failing_everywhere(HOSTILE)))
        for line in text.split("\n"):
            self.assertTrue(line.isprintable(), ascii(line))

    def test_nothing_earned_is_told_kindly(self):
        run = results.load(EXAMPLE)
        for test in run["tests"]:
            test["status"] = "not_run"
        self.assertIn("Pour commencer : faire compiler", page(run))
        self.assertNotIn("Tout est encore à écrire", page(run))
        for build in run["build"]:
            build["ok"] = True
        self.assertIn("Pour commencer : l'étape 1", page(run))

    def test_a_step_done_says_what_comes(self):
        run = results.load(EXAMPLE)
        self.assertIn("Étape 1 faite. Ensuite : l'étape 2, « Le serveur répond »", page(run))
        self.assertIn("LAB=01-tcp STEP=2", page(run))
        run["tests"][0]["status"] = "failed"
        self.assertNotIn("Ensuite : l'étape", page(run))
        for test in run["tests"]:
            test["status"] = "passed"
        self.assertIn("Toutes les étapes sont faites : bravo !", page(run))

    def test_a_step_begun_says_what_is_missing(self):
        run = results.load(EXAMPLE)
        second = [test for test in run["tests"] if test["step"] == 2]
        for test in second:
            test.update(status="passed", programs=["server"])
        second[0].update(status="failed", title="Une ligne de trop")
        self.assertIn("Il reste, à l'étape 2, « Le serveur répond » : « Une ligne de trop ».", " ".join(page(run).split()))
        self.assertNotIn("Ensuite : l'étape", page(run))
        for test in second[:2]:
            test.update(status="failed", programs=["client"])
        self.assertIn("« Le serveur répond » : 2 tests, tous de client.", " ".join(page(run).split()))

    def test_the_first_step_says_that_nothing_is_written(self):
        stub = "int open_it(int fd)\n{\n    // TODO (étape 0, puis 4) : ouvrir.\n    errno = ENOSYS;\n    return -1;\n}\n"
        for source, told in ((stub, True), (stub.replace("errno = ENOSYS;", "fd = socket(2, 1, 0);"), False)):
            with tempfile.TemporaryDirectory() as folder:
                os.mkdir(os.path.join(folder, "src"))
                with open(os.path.join(folder, "src", "server.c"), "w", encoding="utf-8") as file:
                    file.write(source)
                path = os.path.join(folder, "results.json")
                run = results.load(EXAMPLE)
                next(test for test in run["tests"] if test["status"] == "failed").update(step=0, programs=["server"])
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(run, file)
                self.assertEqual("open_it, dans server.c, ne fait encore rien" in " ".join(page(results.load(path)).split()), told)

    def test_a_step_judged_alone_says_what_comes(self):
        run = results.load(EXAMPLE)
        run["tests"] = run["tests"][:1]
        with unittest.mock.patch.dict(os.environ, STEP="1"):
            self.assertIn("Étape 1 faite. Ensuite : l'étape 2", page(run, narrowed=True))
            run["tests"][0]["status"] = "failed"
            self.assertNotIn("Ensuite : l'étape", page(run, narrowed=True))

    def test_a_step_without_points_is_done_by_its_tests(self):
        run = results.load(EXAMPLE)
        run["tests"][0]["points"] = 0
        line = next(line for line in page(run).split("\n") if "Étape 1  " in line)
        self.assertIn("█ sans point  ✓", line)
        run["tests"][0]["status"] = "failed"
        self.assertIn("░ sans point  ✗", page(run))

    def test_the_title_of_a_step_is_never_cut(self):
        run = results.load(EXAMPLE)
        run["steps"][0]["title"] = "Une seule voix : ne croire que le serveur, et lui seulement"
        self.assertIn(run["steps"][0]["title"], page(run))

    def test_a_narrow_window_keeps_bars_and_marks(self):
        run = results.load(EXAMPLE)
        run["steps"][0]["title"] = "Une seule voix : ne croire que le serveur, et lui seulement"
        paper = paint.Paper(io.StringIO())
        paper.width = 60
        terminal.report_steps(paper, run, options.Request())
        self.assertLessEqual(max(map(len, paper.lines)), 60)
        text = " ".join(" ".join(paper.lines).split())
        for part in (run["steps"][0]["title"], "3 / 3 ✓", "0 / 6 ✗–○"):
            self.assertIn(part, text)

    def test_a_terminal_without_utf8_is_given_ascii_of_the_same_width(self):
        text = page(results.load(EXAMPLE)) + "\n✓◐·→←▶◀│├┤●─┄┊↻⌨…«»— l’élève où"
        told = paint.plain(text)
        self.assertTrue(told.isascii())
        self.assertTrue(told.endswith("l'eleve ou"))
        self.assertNotIn("?", paint.plain("✓✗–○◐·█░→←▶◀│├┤●─┄┊↻⌨…«»—’"))
        for mine, its in zip(text.split("\n"), told.split("\n")):
            self.assertEqual(paint.columns(mine), len(its))

    def test_a_doubled_backslash_is_explained_once(self):
        run = results.load(EXAMPLE)
        self.assertNotIn("barre oblique", page(run))
        test = next(test for test in run["tests"] if test["status"] == "failed")
        test["failure"]["expected"] = "une ligne\\\\x0A\\\\x0A"
        test["transcript"].append({"ms": 1, "actor": "juge", "verb": "·", "text": "a\\\\b"})
        self.assertEqual(page(run).count("\\\\ se lit \\ : une seule barre oblique inverse"), 1)

    def test_punctuation_is_never_torn_from_its_word(self):
        for width in range(20, 60):
            paper = paint.Paper(io.StringIO())
            paper.width = width
            paper.wrapped("Il disait : « bonjour à tous » ; est-ce tout ? Non : « voici (« la suite ») ! »", indent=2)
            for line in paper.lines:
                self.assertNotRegex(line, r"^\s*[:;!?»]")
                self.assertNotRegex(line, r"«$")

    def test_the_end_of_a_repeated_event_is_kept(self):
        for text in ("un mot " * 20, "x" * 900):
            lines = story.event_lines(text + " (2 fois de suite, jusqu'à 501,5 ms)", 60)
            self.assertLessEqual(len(lines), 3)
            self.assertLessEqual(max(map(len, lines)), 60)
            self.assertTrue(" ".join(lines).endswith("fois de suite, jusqu'à 501,5 ms)"))

    def test_a_sentence_of_the_judge_is_read_to_its_end(self):
        sentence = "mise à l'épreuve : " + "un mot " * 40 + "et la fin"
        lines = story.event_lines(sentence, 60)
        self.assertLessEqual(max(map(len, lines)), 60)
        self.assertEqual(" ".join(" ".join(lines).split()), " ".join(sentence.split()))
        self.assertEqual(len(story.event_lines("envoie 5000 octets : « " + "a" * 200 + " »", 60)), 1)

    def test_a_borrowed_source_still_to_write_is_told_first(self):
        borrowed = "/* TODO */ int take(int fd)\n{\n    // TODO\n    (void)fd;\n    return -1;\n}\nint give(int fd)\n{\n    return fd;\n}\n"
        for source, told in ((borrowed, True), (borrowed.replace("return -1", "return fd"), False)):
            with tempfile.TemporaryDirectory() as folder:
                os.mkdir(os.path.join(folder, "src"))
                for name, text in (("source.c", source), ("server.c", "int main(void) { return take(give(3)); }"),
                                   ("../borrowed.txt", "07-lab source.c")):
                    with open(os.path.join(folder, "src", name), "w", encoding="utf-8") as file:
                        file.write(text)
                path = os.path.join(folder, "results.json")
                run = results.load(EXAMPLE)
                next(test for test in run["tests"] if test["status"] == "failed")["transcript"] = \
                    [{"ms": 0, "actor": "client", "verb": "→", "text": "se connecte à ::1 port 8001"}]
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(run, file)
                text = " ".join(page(results.load(path)).split())
                self.assertEqual("source.c, que ce lab reprend de 07-lab, est encore à écrire" in text, told)
                self.assertEqual("take ne fait encore rien" in text, told)
                self.assertIn("Ce lab emploie votre source.c", text)
                with open(os.path.join(folder, "src", "server.c"), "w", encoding="utf-8") as file:
                    file.write("int main(void) { if (1) { return 0; } } // take(give(3))")
                self.assertNotIn("source.c", page(results.load(path)))

    def test_a_borrowed_source_is_named_after_a_failure(self):
        run = results.load(EXAMPLE)
        run["borrowed"] = ["07-lab", "source.c"]
        self.assertIn("Ce lab emploie votre source.c, écrit dans 07-lab", page(run))
        self.assertIn("LAB=07-lab", page(run))
        for test in run["tests"]:
            test["status"] = "passed"
        self.assertNotIn("source.c", page(run))

    def test_a_borrowed_test_says_why_it_is_shown(self):
        run = results.load(EXAMPLE)
        for test in run["tests"]:
            test.update(points=0, borrowed=True)
        self.assertIn("ses points ne comptent pas ici", page(run, narrowed=True))
        self.assertIn("préalable", page(run, narrowed=True))
        self.assertNotIn("ses points ne comptent pas ici", page(run))

    def test_a_long_text_is_shown_around_the_difference(self):
        piece, column = story.window("a" * 500 + "X" + "b" * 500, 500, 60)
        self.assertLessEqual(len(piece), 60)
        self.assertEqual(piece[column], "X")

    def test_colors_stay_out_of_files(self):
        self.assertNotIn("\x1b", page(results.load(EXAMPLE)))


class Detail(unittest.TestCase):
    def test_each_test_is_named_when_asked(self):
        run = results.load(EXAMPLE)
        self.addCleanup(os.environ.pop, "DETAIL", None)
        os.environ["DETAIL"] = "1"
        told = page(run)
        for test in run["tests"]:
            self.assertIn(f"{terminal.MARKS[test['status']]} {test['title']}  TEST={test['name']}", told)


class Crowd(unittest.TestCase):
    @staticmethod
    def gesture(actor, text="se connecte à ::1 port 8001"):
        return {"ms": 1, "actor": actor, "verb": "→", "text": text}

    def test_a_crowd_is_told_in_one_line(self):
        crowd = [self.gesture(f"client {number}") for number in range(1, 201)]
        told = gathered([self.gesture("juge"), *crowd, self.gesture("client 1", "part")])
        self.assertEqual([entry["actor"] for entry in told], ["juge", "clients 1 à 200", "client 1"])
        self.assertEqual(told[1]["text"], "se connectent à ::1 port 8001")

    def test_a_crowd_is_told_in_order_and_in_the_plural(self):
        told = gathered([self.gesture(f"client muet {number}", "ferme la connexion") for number in (9, 4, 3, 2, 1)])
        self.assertEqual([(entry["actor"], entry["text"]) for entry in told],
                         [("clients muets 1 à 4, 9", "ferment la connexion")])
        told = gathered([self.gesture(f"client au milieu d'une ligne {number}", "envoie « ferme\\n »")
                         for number in range(1, 6)])
        self.assertEqual([(entry["actor"], entry["text"]) for entry in told],
                         [("clients au milieu d'une ligne 1 à 5", "envoient « ferme\\n »")])

    def test_a_few_keep_their_lines(self):
        few = [self.gesture(f"client {number}") for number in (1, 2, 3)]
        self.assertEqual(gathered(few), few)
        same = [self.gesture("client 1")] * 9
        self.assertEqual(gathered(same), same)
        self.assertEqual(gathered([]), [])


class Rounds(unittest.TestCase):
    """Ce qui revient n'est dit qu'une fois, qui que ce soit qui le dise ; et « … » ne cache pas moins de cinq lignes."""

    @staticmethod
    def visit(number):
        return [{"ms": number, "actor": f"client {number}", "verb": "→", "text": "se connecte à ::1 port 8001"},
                {"ms": number, "actor": "votre serveur", "verb": ">", "text": f"affiche « client connected from [::1]:{40000 + number}\\n »"},
                {"ms": number, "actor": f"client {number}", "verb": "←", "text": "reçoit « Hey client\\n »"}]

    @staticmethod
    def lines(count):
        return [{"ms": number, "actor": "juge", "verb": "·", "text": f"geste {'abcdefghijklmnopqrstuvwxyz'[number % 26] * (1 + number // 26)}"}
                for number in range(count)]

    def told(self, transcript):
        paper = paint.Paper(io.StringIO())
        story.tell_transcript(paper, folded(transcript))
        return paper.lines

    def test_a_round_is_told_once(self):
        visits = sum((self.visit(number) for number in range(1, 101)), [])
        told = folded(self.lines(2) + visits + self.lines(3)[2:])
        self.assertEqual(told[2:5], visits[:3])
        self.assertEqual(told[5]["spared"], (3, 99))
        self.assertEqual(len(told), 7)
        self.assertIn("ces 3 lignes, 99 fois de plus", "\n".join(self.told(visits)))

    def test_one_line_is_told_once(self):
        told = folded([self.visit(1)[1]] * 9)
        self.assertEqual([entry.get("spared") for entry in told], [None, (1, 8)])
        self.assertIn("cette ligne, 8 fois de plus", "\n".join(self.told([self.visit(1)[1]] * 9)))

    def test_a_few_lines_stay(self):
        for few in (self.visit(1) * 2, [self.visit(1)[0]] * 5, self.lines(20), []):
            self.assertEqual(folded(few), few)

    def test_what_is_hidden_is_worth_it(self):
        for count in range(1, 34):
            self.assertEqual(len(self.told(self.lines(count))), count)
        self.assertEqual(len(self.told(self.lines(34))), 30)
        self.assertIn("      … (5 lignes)", self.told(self.lines(34)))

    def test_what_was_not_kept_counts(self):
        passed = {"ms": 1, "actor": "juge", "verb": "·", "text": "… 900 événements passés …"}
        self.assertIn("      … (911 lignes)", self.told(self.lines(15) + [passed] + self.lines(40)[15:]))


class Compiler(unittest.TestCase):
    def found(self, log, source="server.c", error=False):
        """Les avertissements lus d'un journal."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("src", "obj"):
                os.mkdir(os.path.join(folder, name))
            with open(os.path.join(folder, "src", source), "w", encoding="utf-8"):
                pass
            with open(os.path.join(folder, "obj", "server.log"), "w", encoding="utf-8", errors="replace") as file:
                file.write(log)
            if error:
                with open(os.path.join(folder, "obj", "server.error"), "w", encoding="utf-8"):
                    pass
            return compiler.warnings_beside(os.path.join(folder, "results.json"))

    LOG = ("build/work/labs/01-tcp/src/server.c: In function ‘main’:\n"
           "build/work/labs/01-tcp/src/server.c:3:5: warning: variable ‘x’ [-Wunused-variable]\n"
           "    3 | int x;\n"
           "build/work/labs/01-tcp/src/server.c:9:1: warning: control reaches end\x1b[31m\n")

    def test_warnings_are_counted_and_the_first_is_shown(self):
        found = self.found(self.LOG)
        self.assertEqual(len(found), 2)
        paper = paint.Paper(io.StringIO())
        compiler.tell_warnings(paper, found)
        text = "\n".join(paper.lines)
        self.assertIn("2 avertissements, dont server.c:3:5: warning: variable", " ".join(text.split()))
        self.assertNotIn("build/", text)
        self.assertNotIn("\x1b", "".join(found))

    DANGLING = ("build/src/server.c:9:1: warning: using a dangling pointer to ‘reply’ [-Wdangling-pointer=]\n"
                "build/src/server.c:9:1: warning: using a dangling pointer to ‘reply’ [-Wdangling-pointer=]\n")

    def test_a_misused_memory_is_told_with_the_first_failure_of_its_program(self):
        found = self.found(self.LOG + self.DANGLING)
        self.assertEqual((len(found), found[0].partition(":")[0]), (3, "server.c"))
        server, client = {"programs": ["server"]}, {"programs": ["client"]}
        run = {"tests": [server, client], "warnings": found}
        self.assertIn("une variable locale n'existe plus", compiler.suspicion(run, server))
        self.assertEqual(compiler.suspicion(run, client), "")
        self.assertEqual(compiler.suspicion(run | {"warnings": self.found(self.LOG)}, server), "")

    def test_only_the_student_s_compiled_sources_count(self):
        self.assertEqual(self.found(self.LOG, source="client.c"), [])
        self.assertEqual(self.found(self.LOG, error=True), [])
        self.assertEqual(self.found(""), [])


class Junit(unittest.TestCase):
    def check(self, run):
        root = ElementTree.fromstring(junit.document([run]).encode("utf-8", "replace"))
        self.assertEqual(root.tag, "testsuites")
        for suite in root:
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
            self.assertEqual(int(suite.get("errors")), len(suite.findall("testcase/error")))
            self.assertEqual(int(suite.get("skipped")), len(suite.findall("testcase/skipped")))
            for case in cases:
                self.assertTrue(case.get("name") and case.get("classname"))
                float(case.get("time"))
        return root

    def test_the_example(self):
        root = self.check(results.load(EXAMPLE))
        self.assertEqual(root.find("testsuite").get("name"), "01-tcp")

    def test_hostile_texts(self):
        run = failing_everywhere(HOSTILE)
        run["lab"] = HOSTILE
        self.check(run)

    def test_the_file_is_written_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a b.xml")
            junit.write([failing_everywhere(HOSTILE)], path)
            self.assertEqual(ElementTree.parse(path).getroot().tag, "testsuites")
            self.assertEqual(os.listdir(folder), ["a b.xml"])


class Reserved(unittest.TestCase):
    def run_with(self, status):
        """L'exemple, dont chaque test échoué est réservé, et dont tous les textes disent un secret."""
        run = failing_everywhere("SECRET")
        run.update(title="Titre", remarks=[], problems=["SECRET : le juge s'est arrêté"] if status == "broken" else [])
        run["build"] = []
        for rank, test in enumerate(run["tests"], 1):
            test.update(private=True, rank=rank, category="cadrage", name=f"SECRET{rank}", status=status, later="SECRET")
        run["tests"][0]["name"] = "SECRET"
        public = copy.deepcopy(results.load(EXAMPLE)["tests"][0])
        run["tests"].append(dict(public, needs=["SECRET"], reason="il faut d'abord SECRET"))
        return run

    def test_nothing_is_left_but_category_and_points(self):
        for status in ("passed", "failed", "not_run", "skipped", "broken"):
            run = self.run_with(status)
            hidden = reserved.hide(run)
            self.assertNotIn("SECRET", json.dumps(hidden))
            for text in (page(hidden), junit.document([hidden])):
                self.assertNotIn("SECRET", text)
                self.assertIn("cadrage", text)
            self.assertIn("SECRET", json.dumps(run))

    def test_hiding_changes_no_mark(self):
        for status in ("passed", "failed", "skipped"):
            run = self.run_with(status)
            self.assertEqual(results.mark(run), results.mark(reserved.hide(run)))
            self.assertEqual(results.counts(run), results.counts(reserved.hide(run)))

    def test_names_do_not_depend_on_what_was_asked(self):
        run = self.run_with("failed")
        run["tests"] = run["tests"][1:]
        self.assertIn("test réservé 2", [test["name"] for test in reserved.hide(run)["tests"]])

    def test_without_private_tests_nothing_changes(self):
        run = results.load(EXAMPLE)
        self.assertIs(reserved.hide(run), run)


if __name__ == "__main__":
    names = [f"tests.proof.report.{name[:-3]}" for name in sorted(os.listdir(os.path.dirname(os.path.abspath(__file__)))) if name.endswith("_test.py")]
    outcome = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(names))
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

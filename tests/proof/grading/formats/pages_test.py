"""Les pages HTML : bien formées, seules au monde, accessibles, et rien de ce qu'un étudiant a écrit ne s'y exécute."""

import html.parser
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from tests.proof.grading.formats import writers_sample as sample
from tests.proof.grading.formats.writers_test import Written, content
from tests.grading.render import chart, files, lessons, html_page, view
from tests.judge.report import story

SHAPES = {"class", "id", "role", "aria-label", "aria-hidden", "title"}
ALLOWED = {
    "html": {"lang"}, "head": set(), "meta": {"charset", "http-equiv", "content", "name"}, "title": set(), "style": set(),
    "body": set(), "header": set(), "main": set(), "footer": set(), "section": set(), "h1": set(), "h2": set(), "h3": set(), "h4": set(),
    "p": set(), "strong": set(), "small": set(), "span": {"style"}, "div": {"tabindex"}, "br": set(), "a": {"href"}, "code": set(),
    "pre": set(), "mark": set(), "ul": set(), "li": set(), "dl": set(), "dt": set(), "dd": set(), "details": {"open"}, "summary": set(),
    "table": set(), "caption": set(), "thead": set(), "tbody": set(), "tr": set(), "th": {"scope"}, "td": {"data-label"}, "figure": set(),
    "svg": {"viewbox"}, "rect": {"x", "y", "width", "height"}, "line": {"x1", "y1", "x2", "y2"}, "text": {"x", "y"}}
VOID = {"meta", "br"}
HREF = re.compile(r"#lab-[\w-]+|#(?:notes|reprendre|etudiants)|etudiants/[a-z0-9-]+/index\.html")
STYLE = re.compile(r"width:\d{1,3}%")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Reader(html.parser.HTMLParser):
    """Lit une page sans rien pardonner."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.found, self.ids, self.links, self.headings, self.wrong, self.text = [], set(), [], [], [], [], []
        self.tables = []
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"jamais fermé : {self.open}")

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED.get(tag, set()) | SHAPES:
                self.wrong.append(f"<{tag} {name}={value!r}>")
            if name == "style" and not STYLE.fullmatch(value or ""):
                self.wrong.append(f"style={value!r}")
            if name == "href":
                self.links.append(value)
            if name == "id":
                self.ids.append(value)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append({"caption": 0, "th": 0})
        if tag in ("caption", "th"):
            self.tables[-1][tag] += 1
            if tag == "th" and dict(attrs).get("scope") not in ("col", "row"):
                self.wrong.append("<th> sans scope")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID and self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> mal placé")

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        self.wrong.append(f"<!--{data}-->")

    def unknown_decl(self, data):
        self.wrong.append(f"<![{data}")

    def handle_pi(self, data):
        self.wrong.append(f"<?{data}")


class Pages(Written):
    def pages(self):
        return [path for path in self.files() if path.endswith(".html")]

    def student(self, name):
        item = next(item for item in self.items if item["display_name"] == name)
        return content(self.path(item, "index.html"))


class Shape(Pages):
    def test_everyone_has_a_page(self):
        self.assertEqual(len(self.pages()), len(self.items) + 1)

    def test_only_known_elements_and_attributes(self):
        for path in self.pages():
            self.assertEqual(Reader(content(path)).wrong, [], path)

    def test_the_reader_refuses(self):
        for wrong in ("<script></script>", "<p onclick='x'></p>", "<p>", "<a href='javascript:x'></a>", "<!-- x -->", "<b></b>",
                      "<span style='background:url(x)'></span>"):
            reader = Reader(wrong)
            self.assertTrue(reader.wrong or not all(map(HREF.fullmatch, reader.links)), wrong)

    def test_an_attribute_cannot_be_left(self):
        reader = Reader(html_page.tag("a", "", href="\"><script>x</script>", title="' onclick='x"))
        self.assertEqual((reader.wrong, reader.found), ([], {"a"}))

    def test_links_lead_somewhere_inside(self):
        for path in self.pages():
            reader = Reader(content(path))
            self.assertEqual(len(reader.ids), len(set(reader.ids)))
            for link in reader.links:
                self.assertRegex(link, HREF)
                if link.startswith("#"):
                    self.assertIn(link[1:], reader.ids)
                else:
                    self.assertTrue(os.path.exists(os.path.join(os.path.dirname(path), link)), link)

    def test_headings_in_order_and_tables_with_headers(self):
        for path in self.pages():
            reader = Reader(content(path))
            self.assertEqual(reader.headings[0], 1)
            self.assertEqual(reader.headings.count(1), 1)
            for before, after in zip(reader.headings, reader.headings[1:]):
                self.assertLessEqual(after, before + 1, path)
            for table in reader.tables:
                self.assertTrue(table["caption"] and table["th"])

    def test_language_policy_and_nothing_from_elsewhere(self):
        for path in self.pages():
            text = content(path)
            self.assertIn('<html lang="fr">', text)
            self.assertIn("default-src 'none'; style-src 'unsafe-inline'; img-src data:", text)
            self.assertNotRegex(text, r"https?://|@import|url\(")

    def test_contrast(self):
        """Chaque encre sur chaque fond qu'elle rencontre : 4,5 au moins (WCAG AA), de jour comme de nuit."""
        schemes = re.findall(r":root \{(.*?)\}", content("tests", "grading", "render", "style.css"), re.S)[:2]
        for scheme in schemes:
            colors = dict(re.findall(r"--([\w-]+): (#\w+)", scheme))
            pairs = [(ink, paper) for ink in ("ink", "soft", "link", "good", "bad") for paper in ("paper", "card")]
            for ink, paper in pairs + [("ink", "code"), ("ink", "mark"), ("warn-ink", "warn")]:
                self.assertGreaterEqual(contrast(colors[ink], colors[paper]), 4.5, f"{ink} sur {paper}")


def contrast(one, other):
    """Le rapport de contraste de deux couleurs, selon WCAG 2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color):
    """La luminance relative."""
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def failures_of(item):
    """(résultats, test) de chaque test échoué d'un rendu."""
    return [(lab["results"], test) for lab in item["labs"] if lab["results"] for test in lab["results"]["tests"] if test["status"] == "failed"]


def tests_of(item):
    """Tous les tests d'un rendu : un lab qu'il n'a pas n'a pas de résultats."""
    return [test for lab in item["labs"] if lab["results"] for test in lab["results"]["tests"]]


class Student(Pages):
    def text(self, name):
        return "".join(Reader(self.student(name)).text).replace("\xa0", " ")

    def test_all_that_the_terminal_says_of_a_failure(self):
        item = next(item for item in self.items if item["display_name"] == "Naïf Chloé")
        text = self.text("Naïf Chloé")
        failed = failures_of(item)
        self.assertTrue(failed)
        for run, test in failed:
            for told in (test["title"], test["failure"]["summary"], test["failure"]["cause"], story.chapter(run, test),
                         "make test TEST=" + test["name"]):
                self.assertIn(told or "", text)

    def test_what_passed_and_what_waits(self):
        item = next(item for item in self.items if item["display_name"] == "Naïf Chloé")
        text = self.text("Naïf Chloé")
        for test in tests_of(item):
            self.assertIn(test["title"], text)

    def test_long_exchanges_are_folded(self):
        text = self.student("Naïf Chloé")
        sizes = [(bool(shown), int(count)) for shown, count in
                 re.findall(r"<details( open)?><summary>L&#x27;échange \((\d+) ligne", text)]
        self.assertTrue(sizes)
        for shown, count in sizes:
            self.assertEqual(shown, count <= 12)

    def test_marks_and_warnings(self):
        late = self.text("Retard Dan")
        self.assertIn("note brute", late)
        self.assertIn("de retard", late)
        self.assertIn("n'est pas un zéro", self.text("Panne Flo"))
        self.assertNotIn(" / 20", self.text("Panne Flo"))
        self.assertIn("compte pour zéro", self.text("Absente Ève"))
        self.assertIn("Non protégé", self.text("Nu Gus"))
        self.assertIn("À voir à la main", self.text("Naïf Chloé"))
        self.assertIn(sample.CATEGORY, self.text("Réservé Hal"))

    def test_it_does_not_lead_to_the_class(self):
        self.assertFalse([link for link in Reader(self.student("Naïf Chloé")).links if not link.startswith("#")])


class Class(Pages):
    def test_everyone_is_linked(self):
        links = Reader(content(self.out, "index.html")).links
        for item in self.items:
            self.assertIn(f"{files.STUDENTS}/{item['id']}/index.html", links)

    def test_the_distribution_counts_everyone_graded(self):
        marks = [view.final(item)["over"] for item in self.graded()]
        self.assertEqual(sum(chart.count(marks)), len(marks))
        self.assertEqual([chart.bin_of(mark, 20) for mark in (0, 1.99, 2, 19.99, 20)], [0, 0, 1, 9, 9])

    def test_what_to_teach_again_is_counted_by_hand(self):
        runs = [{"build": [{"ok": True}], "tests": [{"name": name, "step": 1, "title": name, "status": status, "defects": [defect]}
                                                    for name, defect, status in tests]}
                for tests in ((("a", "D01", "failed"), ("b", "D09", "failed")), (("a", "D01", "passed"), ("b", "D09", "failed")),
                              (("a", "D01", "not_run"), ("b", "D09", "passed")))]
        lab = lessons.Lab([{"lab": sample.listed_labs()[0], "title": "T", "status": "judged", "mark": 5, "max": 20, "results": run}
                           for run in runs])
        self.assertEqual([(test["name"], failed, waiting) for test, failed, waiting in lab.tests()], [("b", 2, 0), ("a", 1, 1)])
        self.assertEqual([(defect, count) for defect, _, count in lab.defects()], [("D09", 2), ("D01", 1)])
        self.assertTrue(all(title for _, title, _ in lab.defects()))

    def test_the_warnings(self):
        text = "".join(Reader(content(self.out, "index.html")).text).replace("\xa0", " ")
        by_hand = sum("a_voir" in item["flags"] for item in self.items)
        for told in (f"édition {sample.EDITION}", "Non protégé", "Non notés (2)", f"À voir à la main ({by_hand})",
                     "À reprendre en cours", "D09 — "):
            self.assertIn(told, text)


@unittest.skipUnless(BROWSER, "chromium est absent : les pages ne sont pas essayées dans un navigateur")
class Browser(Pages):
    def dump(self, path):
        """Le document tel qu'un vrai navigateur l'a compris."""
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                                   "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                   f"--user-data-dir={profile}", "--dump-dom", "file://" + os.path.abspath(path)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True)
        return done.stdout.decode("utf-8", "replace")

    def test_nothing_runs(self):
        """Toutes les pages hostiles en une : le titre, que les attaques changeraient, reste celui écrit."""
        hostile = next(item for item in self.items if item["display_name"] == sample.HOSTILE[1])
        for path in (os.path.join(self.out, "index.html"), self.path(hostile, "index.html")):
            written, seen = Reader(content(path)), self.dump(path)
            self.assertNotIn("<title>pris</title>", seen)
            self.assertEqual(Reader(seen.strip()).found - written.found, set())
            self.assertNotIn("<script", seen)

    def test_the_attacks_are_real(self):
        """Sans protection, la même attaque réussit : le test d'au-dessus verrait donc un échec."""
        path = os.path.join(self.out, "temoin.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"<!DOCTYPE html><title>x</title>{sample.HOSTILE[0]}")
        try:
            self.assertIn("<title>pris</title>", self.dump(path))
        finally:
            os.remove(path)

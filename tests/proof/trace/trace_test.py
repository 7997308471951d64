"""« make trace » éprouvé : aucun paquet ne se perd entre la capture et la page, et rien d'hostile ne s'y exécute.

selftest.py LAB=PROGRAMMES…     les programmes compilés à tracer ; sans réseau à part, seules les épreuves sans
programme sont passées, et c'est dit.
"""

import collections
import concurrent.futures
import html
import json
import os
import re
import subprocess
import sys
import unittest

from tests.judge.command.call import PYTHON
from tests.student.trace.draw import draw_msc
from tests.student.trace.draw import draw_page
from tests.student.trace.draw import draw_text
from tests.student.trace import flows
from tests.student.trace import isolation
from tests.student.trace.draw import ladder
from tests.student.trace import packets
from tests.student.trace import pcapfile
from tests.student.trace import trace as director
from tests.student.trace.draw import wording

HERE = os.path.dirname(os.path.abspath(__file__))
OUTPUT = os.path.join("build", "check", "trace")
HOSTILE = "".join(map(chr, range(0x100))) + "\u2028\u202e\uffff </script><script>alert(1)</script>\"'&]]> \\n \\ 漢字 👋"
PORTS = r"(?:\d+\.){3}\d+\.\d+"
SCENES = {}


def shown_by_tcpdump(path):
    """Ce que tcpdump, et non notre lecteur, trouve dans un pcap : une ligne par paquet."""
    done = subprocess.run(["tcpdump", "-n", "-r", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return done.stdout.decode("utf-8", "replace").splitlines()


def on_page(text):
    """Les paquets d'une page : numéro et détails."""
    found = {}
    for number, body in re.findall(r'<li class="packet[^>]*data-packet="(\d+)">(.*?)</li>', text, re.S):
        names = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", body, re.S)
        found[int(number)] = {name: html.unescape(value) for name, value in names}
    return found


def complaints(folder):
    """Tout désaccord entre le pcap, lu par tcpdump, et la page, le dessin et le texte."""
    lines = shown_by_tcpdump(os.path.join(folder, "capture.pcap"))
    with open(os.path.join(folder, "index.html"), encoding="utf-8") as file:
        page = on_page(file.read())
    expected = list(range(1, len(lines) + 1))
    if sorted(page) != expected:
        yield f"page : {len(page)} paquets sur {len(lines)}"
    for number, line in enumerate(lines, 1):
        yield from compare(number, line, page.get(number, {}))
    yield from compare_drawings(folder, expected)


def compare(number, line, details):
    """Un paquet : ses bouts, ses drapeaux, sa longueur, d'après tcpdump et d'après la page."""
    ends = re.search(r"IP6? (\S+) > (\S+): ", line)
    if ends and re.fullmatch(PORTS, ends.group(1)):
        path = " → ".join(":".join(end.rsplit(".", 1)) for end in ends.groups())
        if details.get("trajet") != path:
            yield f"paquet {number} : trajet {details.get('trajet')}, tcpdump dit {path}"
    flags = re.search(r"Flags \[(.*?)\]", line)
    if flags:
        names = {"S": "SYN", "F": "FIN", "R": "RST", "P": "PSH", ".": "ACK"}
        if {names[letter] for letter in flags.group(1)} != set(details.get("drapeaux", "").split(", ")):
            yield f"paquet {number} : drapeaux {details.get('drapeaux')}, tcpdump dit {flags.group(1)}"
    length = int(re.search(r"length (\d+)", line).group(1))
    if "ICMP" not in line and bool(length) != ("octets" in details):
        yield f"paquet {number} : {length} octets d'après tcpdump, {details.get('octets')} d'après la page"


def compare_drawings(folder, expected):
    """Les numéros des paquets, dans le dessin et dans le texte."""
    with open(os.path.join(folder, "echange.svg"), encoding="utf-8") as file:
        drawn = [int(number) for number in re.findall(r">\s*(\d+)\s· ", html.unescape(file.read()))]
    with open(os.path.join(folder, "echange.txt"), encoding="utf-8") as file:
        written = [int(number) for number in re.findall(r"[─┄◀✗↻│] (\d+) (?=.*[─┄▶✗│])", file.read())]
    for name, numbers in (("dessin", drawn), ("texte", written)):
        if sorted(numbers) != expected:
            yield f"{name} : paquets {sorted(set(expected) ^ set(numbers))} en trop ou en moins"


def trace(name, lab, programs):
    """Joue et dessine une scène."""
    folder = os.path.join(OUTPUT, name, lab)
    done = subprocess.run([*PYTHON, "tests/student/trace/trace.py", "--quiet", lab, programs, folder],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return folder, done.returncode, done.stdout.decode("utf-8", "replace")


def trace_all(works):
    """Toutes les scènes, de front : chacune a son réseau."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        running = {key: pool.submit(trace, key[0], key[1], programs) for key, programs in works.items()}
        SCENES.update({key: future.result() for key, future in running.items()})


def rude_work(programs):
    """Un serveur hostile, et le client d'un lab."""
    folder = os.path.join(OUTPUT, "rude", "bin")
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["cc", "-g", "-O1", "-D_GNU_SOURCE", "-o", os.path.join(folder, "server"), os.path.join(HERE, "example", "rude_server.c")],
                   check=True)
    link = os.path.join(folder, "client")
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(os.path.abspath(os.path.join(programs, "client")), link)
    return folder


class Scenes(unittest.TestCase):
    """Les vraies scènes, jouées avec de vrais programmes."""

    def setUp(self):
        if not SCENES:
            self.skipTest("ce système ne permet pas de créer un réseau à part")

    def each(self, *works):
        """Le dossier de chaque scène, et ce qui y a été enregistré."""
        found = []
        for (work, lab), (folder, status, said) in SCENES.items():
            if not works or work in works:
                self.assertEqual(status, 0, f"{work} {lab} : {said}")
                found.append((folder, json.loads(self.read(folder, "record.json"))))
        self.assertTrue(found)
        return found

    def read(self, folder, name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()

    def test_every_packet_is_drawn(self):
        for folder, recorded in self.each():
            self.assertEqual(list(complaints(folder)), [], folder)
            self.assertEqual(recorded["lost_by_capture"], 0)
            self.assertGreater(recorded["packets"], 2)

    def test_a_missing_packet_is_noticed(self):
        for folder, _ in self.each("solutions"):
            whole = self.read(folder, "index.html")
            lacking = re.sub(r'<li class="packet[^>]*data-packet="2">.*?</li>', "", whole, count=1, flags=re.S)
            self.assertNotEqual(whole, lacking)
            try:
                with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
                    file.write(lacking)
                self.assertIn("page", " ".join(complaints(folder)))
            finally:
                with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
                    file.write(whole)

    def test_a_failed_trace_leaves_nothing_of_the_one_before(self):
        """Ni scène, ni programme : la page d'avant ne reste pas à côté d'une trace qui n'existe plus."""
        folder = os.path.join(OUTPUT, "failed")
        os.makedirs(folder, exist_ok=True)
        for name in (*director.WRITTEN, "serveur.strace.12"):
            director.write(folder, name, "d'avant")
        lab = next(lab for work, lab in SCENES if work == "solutions")
        done = subprocess.run([*PYTHON, "tests/student/trace/trace.py", "--quiet", lab, OUTPUT, folder],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("n'a pas pu être construit", done.stdout.decode("utf-8", "replace"))
        self.assertEqual(os.listdir(folder), [])

    def test_each_byte_names_its_line(self):
        """Tout paquet qui porte des octets d'un programme dit la ligne qui l'a fait partir, et elle existe."""
        for folder, recorded in self.each("solutions", "naive"):
            relayed = set(map(str, recorded["relay"]["ports"])) if recorded["relay"] else set()
            for number, details in on_page(self.read(folder, "index.html")).items():
                sender = details["trajet"].split(" → ")[0].rpartition(":")[2]
                if details.get("octets") and sender not in relayed and "pourquoi" not in details:
                    self.assertRegex(details.get("ligne", ""), r"^\w+\.c:\d+ \w+\(\) : .*(send|write|put|print)", number)

    def test_each_byte_comes_from_its_call(self):
        """Les octets d'un paquet sont ceux de l'envoi qui l'a fait partir, et de lui seul."""
        for folder, _ in self.each("solutions"):
            page = self.read(folder, "index.html")
            for body in re.findall(r'<li class="packet programme.*?</li>', page, re.S):
                carried = re.search(r"<dt>octets</dt><dd>(.*?)</dd>", body)
                if carried and "le relais fait suivre" not in body:
                    given = re.findall(r"<dt>parti par</dt><dd>\w+\(.*?« (.*?) ».*?</dd>", body)
                    self.assertEqual(len(given), 1, body)
                    start, cut, end = given[0].partition(" … ")
                    self.assertTrue(carried[1].startswith(start) and carried[1].endswith(end if cut else start), body)

    def test_a_last_moment_burst_is_captured(self):
        path = os.path.join(OUTPUT, "burst.pcap")
        done = subprocess.run([*isolation.prefix(), *PYTHON, "tests/proof/trace/burst_test.py", path, "1500"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.stdout.decode("utf-8", "replace").split(), ["1500", "0"])

    def test_programs_come_first(self):
        """Dans le dessin, l'appel précède le paquet qu'il fait partir."""
        for folder, _ in self.each("solutions"):
            page = self.read(folder, "index.html")
            for cause in re.finditer(r"<dt>fait partir</dt><dd>paquets? (\d+)", page):
                self.assertLess(cause.start(), page.index(f'data-packet="{cause.group(1)}"'))

    def test_text_fits_a_terminal(self):
        for folder, _ in self.each():
            for line in self.read(folder, "echange.txt").splitlines():
                self.assertLessEqual(draw_text.width_of(line), draw_text.WIDTH, line)
                self.assertTrue(line.isprintable(), repr(line))

    def test_a_lost_reply_is_asked_again(self):
        """Là où le relais perd une réponse, le corrigé la redemande ; et le dessin montre la perte."""
        for folder, recorded in self.each("solutions"):
            if recorded["relay"]:
                self.assertIn("perdu par le relais", self.read(folder, "echange.txt"))
                questions = collections.Counter(
                    packet.payload for packet in packets.decode(pcapfile.read(os.path.join(folder, "capture.pcap")))
                    if packet.target[1] == recorded["port"])
                self.assertGreater(max(questions.values()), 1)
                self.assertIn("délai écoulé", self.read(folder, "echange.txt"))

    def test_nothing_hostile_runs(self):
        for folder, _ in self.each("rude"):
            for name in ("index.html", "echange.svg"):
                text = self.read(folder, name)
                for danger in ("<script", "<img", "<!--", "onerror=\"", "\x1b", "\x07", "\0", "\u202e"):
                    self.assertNotIn(danger, text)
            self.assertIn("alert(1)", self.read(folder, "index.html"))
            self.assertIn("SIGKILL", self.read(folder, "echange.txt"))
            self.assertTrue(any("RST" in details.get("drapeaux", "")
                                for details in on_page(self.read(folder, "index.html")).values()))


class Drawings(unittest.TestCase):
    """Les dessins, sur des textes hostiles."""

    def drawing(self, text):
        columns = [ladder.Column(text, 1), ladder.Column("serveur", 0, text)]
        rows = [ladder.Row("packet", 1.0, text, 1, source=columns[0], target=columns[1], number=1, details=[(text, text)]),
                ladder.Row("call", 1.1, text, 1, column=columns[1], where=text, thread=text, details=[(text, text)]),
                ladder.Row("note", 1.2, text, 0, column=columns[0])]
        return ladder.Ladder(text, columns, rows, [text])

    def test_page_escapes_everything(self):
        page = draw_page.page(self.drawing(HOSTILE), "", "", "")
        tags = set(re.findall(r"<(\w+)", page))
        self.assertLessEqual(tags, {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "ul", "ol", "li", "div",
                                    "span", "time", "p", "b", "code", "dl", "dt", "dd"})
        self.assertIn("default-src 'none'", page)

    def test_policy_matches_the_style(self):
        import base64
        import hashlib
        page = draw_page.page(self.drawing("x"), "", "", "")
        style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
        self.assertIn(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(), page)
        self.assertNotIn(" style=", page)

    def test_mscgen_takes_any_text(self):
        os.makedirs(OUTPUT, exist_ok=True)
        path = os.path.join(OUTPUT, "hostile.msc")
        drawing = self.drawing(wording.plain(HOSTILE))
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw_msc.source(drawing))
        import xml.etree.ElementTree as ElementTree
        found = draw_msc.standalone(draw_msc.svg(path, drawing.title))
        ElementTree.fromstring(found)
        self.assertNotIn("<script", found)

    def test_names_come_again(self):
        """Un long dessin redit qui est chaque colonne, mais pas pour n'en coiffer que la fin."""
        drawing = self.drawing("x")
        for length, times in ((draw_msc.AGAIN, 0), (draw_msc.AGAIN + draw_msc.LEFT - 1, 0), (draw_msc.AGAIN + draw_msc.LEFT, 1),
                              (draw_msc.AGAIN * 3, 2)):
            drawing.rows = [drawing.rows[0]] * length
            found = re.findall(r"^  a0 abox a0 .*, a1 abox a1 ", draw_msc.source(drawing), re.M)
            self.assertEqual(len(found), times, length)

    def test_text_is_printable(self):
        for line in draw_text.draw(self.drawing(wording.plain(HOSTILE))).splitlines():
            self.assertTrue(line.isprintable(), repr(line))


class Decoding(unittest.TestCase):
    """Le lecteur de paquets, sur des octets écrits à la main."""

    def packet(self, text, number=1):
        return packets.Packet(number, pcapfile.Record(0.0, bytes.fromhex(text), 0))

    def test_tcp(self):
        packet = self.packet("000000000000 000000000000 0800 45000028 00010000 4006 0000 7f000001 7f000001"
                             "1f41 9c40 fffffffe 00000001 5012 ffff 0000 0000 3031")
        self.assertEqual((packet.kind, packet.source, packet.target), ("tcp", ("127.0.0.1", 8001), ("127.0.0.1", 40000)))
        self.assertEqual((packet.flags, packet.payload), ({"SYN", "ACK"}, b""))

    def test_udp_over_ipv6(self):
        packet = self.packet("000000000000 000000000000 86dd 60000000 000a 1140 00000000000000000000000000000001"
                             "00000000000000000000000000000001 3039 0050 000a 0000 6869")
        self.assertEqual((packet.kind, packet.source, packet.payload), ("udp", ("::1", 12345), b"hi"))

    def test_every_cut_is_survived(self):
        whole = bytes.fromhex("000000000000000000000000080045000028000100004006000 07f0000017f000001".replace(" ", "")
                              + "1f419c40fffffffe0000000150120000ffff0000")
        for size in range(len(whole)):
            packet = packets.Packet(1, pcapfile.Record(0.0, whole[:size], size))
            self.assertTrue(wording.packet_label(packet))

    def test_sequence_numbers_turn_over(self):
        """Un flux qui passe par 2³² garde ses octets dans l'ordre, et une répétition se voit."""
        made = []
        for sequence, payload, flags in ((0xFFFFFFFD, b"", {"SYN"}), (0xFFFFFFFE, b"abc", {"ACK"}), (1, b"def", {"ACK"}),
                                         (1, b"def", {"ACK"})):
            packet = self.packet("00")
            packet.kind, packet.source, packet.target = "tcp", ("a", 1), ("b", 2)
            packet.sequence, packet.payload, packet.flags = sequence, payload, frozenset(flags)
            made.append(packet)
        flows.follow(made)
        self.assertEqual([(one.begin, one.end, one.repeated) for one in made],
                         [(0, 0, False), (0, 3, False), (3, 6, False), (3, 6, True)])

    def test_bytes_are_made_visible(self):
        self.assertEqual(wording.visible(b"\xc3\xa9\n\0\xff\x1b\\n", 50), "é\\n\\0\\xFF\\x1B\\n")


if __name__ == "__main__":
    chosen = {tuple(word.partition("=")[0].split(":")): word.partition("=")[2] for word in sys.argv[1:]}
    if isolation.available():
        tcp = [key for key, programs in chosen.items() if key[0] == "solutions"][:1]
        chosen.update({("rude", lab): rude_work(chosen[(work, lab)]) for work, lab in tcp})
        trace_all(chosen)
    outcome = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed - len(outcome.skipped)} passed, {failed} failed, {len(outcome.skipped)} skipped")
    sys.exit(1 if failed else 0)

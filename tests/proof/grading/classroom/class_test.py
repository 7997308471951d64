"""Une classe entière, de bout en bout : noms hostiles, reprise après des arrêts brutaux, pannes, listes.

Chaque rendu est jugé sur un seul test, rapide : c'est la notation que l'on éprouve ici, non le juge.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
import unittest
import zipfile
from unittest import mock

from tests.grading.hosted import package
from tests.grading.run import plans, preparation, workroom
from tests.handout import contents, handout
from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.proof.grading import children, victims
from tests.proof.grading.classroom import shape_test

LAB = lab_reader.every_lab()[0]
KILLS = int(os.environ.get("KILLS") or 10)
# On n'attend jamais sans fin : tant de regards de suite où rien n'est venu, parti, ni ne calculait. Ce que dure une notation
# dépend de la machine, et n'est pas jugé.
STILL_LOOKS = 60
LOOK_PERIOD_S = 2


def quick_test():
    """Un test du lab qui vaut des points, et n'en demande aucun autre."""
    listing = subprocess.run([f"build/tests/{LAB.name}/judge", "--list"], check=True, stdout=subprocess.PIPE).stdout
    return next(test["name"] for test in json.loads(listing)["tests"] if test["points"] and not test["needs"])


TEST = quick_test()
# Le bac à sable a ses propres essais ; il demande chaque fois plusieurs secondes.
SETTINGS = {"LAB": LAB.name, "TEST": TEST, "INSECURE": "1", "JUDGE_SANDBOX": "none"}


# Ne fait ce qu'on attend de lui que si on l'empêche de se multiplier ; jamais sans fin, pour la machine qui l'essaie. Des
# threads, que le noyau compte comme des processus : mille processus calculent assez pour que le juge dise que rien n'avance.
HYDRA = """
#undef main
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t leash = PTHREAD_MUTEX_INITIALIZER;

static void *head(void *nothing)
{
    pthread_mutex_lock(&leash);
    pthread_mutex_unlock(&leash);
    return nothing;
}

int main(int argc, char **argv)
{
    static pthread_t heads[2200];
    pthread_attr_t small;
    int count = 0, refusal = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_mutex_lock(&leash);
    while (count < 2200 && (refusal = pthread_create(&heads[count], &small, head, NULL)) == 0)
        count++;
    pthread_mutex_unlock(&leash);
    while (count-- > 0)
        pthread_join(heads[count], NULL);
    return refusal == EAGAIN ? tame_main(argc, argv) : 1;
}
"""


def fill(folder, origin="solutions"):
    """Un rendu fait des sources d'un dossier du dépôt."""
    os.makedirs(folder, exist_ok=True)
    for source in LAB.sources:
        shutil.copy(os.path.join(origin, LAB.name, source), folder)


def command_of(pid):
    """La ligne de commande d'un processus ; vide s'il est parti."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def hear_interruptions():
    """Une tâche de fond ignore Ctrl-C, et ses enfants avec elle : ceux-ci doivent l'entendre, d'où que l'on parte."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Case(unittest.TestCase):

    def setUp(self):
        self.whole = 0.0
        folder = tempfile.TemporaryDirectory(prefix="classe d'essai ")
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.work, self.out = os.path.join(self.root, "rendus"), os.path.join(self.root, "notes de l'année")
        self.mark = workroom.mark_of(self.out)
        # Un dossier temporaire par essai : tout ce qui y reste serait un oubli. Son nom n'a rien de spécial, comme il le faut.
        self.temporary = tempfile.TemporaryDirectory(prefix="essai-")
        os.chmod(self.temporary.name, 0o755)
        self.addCleanup(self.temporary.cleanup)
        os.mkdir(self.work)

    def add(self, name, origin="solutions"):
        """Un étudiant de plus."""
        fill(os.path.join(os.fsencode(self.work), os.fsencode(name), LAB.name.encode()).decode("utf-8", "surrogateescape"), origin)

    def environment(self, **settings):
        """L'environnement d'une notation."""
        kept = {name: value for name, value in os.environ.items()
                if name in ("PATH", "LABS", "CC", "HOME", "LANG") or name.startswith("JUDGE_NET")}
        values = {**kept, **SETTINGS, "WORK": self.work, "OUT": self.out, "TMPDIR": self.temporary.name, **settings}
        return {name: value for name, value in values.items() if value is not None}

    def start(self, **settings):
        """Commence une notation."""
        return subprocess.Popen(JUDGE, env=self.environment(**settings), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                                preexec_fn=hear_interruptions)

    def outcome(self, process):
        """Ce qu'une notation a dit. Si plus rien n'y bouge, l'échec montre ce qui vit encore."""
        known, still = None, 0
        while still < STILL_LOOKS:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=LOOK_PERIOD_S)[0].decode("utf-8")
            living = {process.pid, *children.descendants(process.pid)}
            working = any(workroom.state_and_parent(pid)[0] in (b"R", b"D") for pid in living)
            still = 0 if working or living != known else still + 1
            known = living
        alive = [f"{pid} {command_of(pid)}" for pid in [process.pid, *workroom.marked(self.mark)]]
        process.kill()
        workroom.stop_all(self.mark)
        return self.fail("la notation ne finit pas :\n" + "\n".join(alive))

    def grade(self, status=0, **settings):
        """Toute une notation ; rend ce qu'elle a dit."""
        process = self.start(**settings)
        said = self.outcome(process)
        self.assertEqual(process.returncode, status, said)
        return said

    def records(self):
        """Les résultats écrits, par nom."""
        folder = pathlib.Path(self.out, plans.RESULTS)
        records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
        return {record["name"]: record for record in records}

    def marks(self):
        """La note de chacun."""
        return {name: record["total"] and record["total"]["over20"] for name, record in self.records().items()}

    def stamps(self):
        """Ce qui change quand un résultat est réécrit."""
        return {path.name: path.stat().st_mtime_ns for path in pathlib.Path(self.out, plans.RESULTS).glob("*.json")}

    def assert_nothing_left(self):
        """Ni processus, ni atelier, ni brouillon."""
        self.assertEqual(workroom.marked(self.mark), [])
        self.assertEqual(os.listdir(self.temporary.name), [])
        self.assertEqual([path.name for path in pathlib.Path(self.out, plans.RESULTS).glob(".*")], [])


class WholeClass(Case):

    def test_every_shape_and_name_is_graded_and_nothing_is_run(self):
        # BRIEF=1 : un nom sur trois ; la porte, que shape_test essaie, les lit tous.
        names = [os.fsdecode(name) for name in shape_test.HOSTILE[::3 if os.environ.get("BRIEF") else 1]]
        for name in names:
            self.add(name, "labs")
        self.add("Parfaite")
        with zipfile.ZipFile(os.path.join(self.work, "Zoé_7_assignsubmission_file_x.zip"), "w") as archive:
            for source in LAB.sources:
                archive.write(f"solutions/{LAB.name}/{source}", f"projet/{LAB.name}/{source}")
        with tarfile.open(os.path.join(self.work, "Yves.tar.gz"), "w:gz") as archive:
            archive.add(f"solutions/{LAB.name}", LAB.name)
        os.mkdir(os.path.join(self.work, "Vide"))
        before = set(os.listdir("."))
        said = self.grade(JUDGE_SANDBOX=None)
        marks = self.marks()
        self.assertEqual(len(marks), len(names) + 4)
        self.assertEqual({name: marks.pop(name) for name in ("Parfaite", "Zoé", "Yves")},
                         {"Parfaite": 20.0, "Zoé": 20.0, "Yves": 20.0})
        self.assertEqual(set(marks.values()), {0.0})
        self.assertEqual(set(os.listdir(".")), before)
        self.assertTrue(all(line.isprintable() for line in said.split("\n")), said)
        protected = all(record["protected"] for record in self.records().values())
        self.assertEqual("non protégé" in said, not protected)
        self.assert_nothing_left()

    def test_what_cannot_be_judged_is_not_a_zero(self):
        self.add("alice")
        os.symlink("alice", os.path.join(self.work, "lien"))
        said = self.grade(status=2)
        self.assertEqual(self.marks(), {"alice": 20.0, "lien": None})
        self.assertRegex(said, "Non notés : lien")
        self.assertIn(f"avec l'édition {handout.current_edition()} :", said)
        self.assertRegex(said, "(?m)^1 jugé en [^;]*$")

    def test_one_archive_takes_the_same_path(self):
        self.add("alice")
        with tarfile.open(os.path.join(self.root, "alice.tar.gz"), "w:gz") as archive:
            archive.add(os.path.join(self.work, "alice"), "alice")
        self.assertRegex(self.grade(WORK=os.path.join(self.root, "alice.tar.gz")), "Points|Note")
        self.assertEqual(self.marks(), {"alice": 20.0})
        self.grade(WORK=os.path.join(self.work, "alice"), SANDBOX="1")
        self.grade(status=1, WORK="labs", SANDBOX="1")

    def test_min_makes_a_low_mark_a_failure(self):
        self.add("alice", "labs")
        self.grade()
        self.grade(status=1, MIN="10")

    def test_an_untrusted_class_is_refused_when_a_protection_is_missing(self):
        self.add("alice")
        said = self.grade(status=2, INSECURE=None, JUDGE_SANDBOX=None, PATH=self.path_without("bwrap"))
        self.assertRegex(said, "INSECURE=1")
        self.assertEqual(self.marks(), {})

    def test_outside_the_sandbox_a_program_cannot_multiply_for_ever(self):
        possible, reason = preparation.can_drop_root()
        if not possible:
            self.skipTest(reason)
        self.add("hydre")
        for program in ("server.c", "client.c"):
            path = pathlib.Path(self.work, "hydre", LAB.name, program)
            path.write_text("#define main tame_main\n" + path.read_text(encoding="utf-8") + HYDRA, encoding="utf-8")
        self.grade(JOBS="1")
        self.assertEqual(self.marks(), {"hydre": 20.0})

    def path_without(self, missing):
        """Un PATH où cette commande n'est pas."""
        folder = os.path.join(self.root, "bin")
        os.mkdir(folder)
        for place in ("/bin", "/usr/bin", "/usr/local/bin"):
            for name in os.listdir(place) if os.path.isdir(place) else ():
                if name != missing and not os.path.lexists(os.path.join(folder, name)):
                    os.symlink(os.path.join(place, name), os.path.join(folder, name))
        return folder


class Lists(Case):

    def test_aliases_and_lateness_reach_every_output(self):
        self.add("Dupont")
        self.add("Martin")
        for name, text in (("alias", "Dupont;Loup\nMartin\tOurs\nFantôme;Lynx\n"), ("retards", "Martin;90\nFantôme;5\n")):
            pathlib.Path(self.root, name).write_text(text, encoding="utf-8")
        said = self.grade(ALIASES=os.path.join(self.root, "alias"), LATE=os.path.join(self.root, "retards"))
        self.assertNotRegex(said, "Dupont|Martin")
        self.assertRegex(said, "Loup +20 +20 +20")
        self.assertRegex(said, r"Ours +20 +20 +(19|18|1\d,\d+)  ")
        self.assertRegex(said, "ALIASES, ligne 3 : « Fantôme »")
        self.assertRegex(said, "LATE, ligne 2 : « Fantôme »")
        for path in pathlib.Path(self.out).rglob("*"):
            if plans.RESULTS in path.parts or path.name == plans.PLAN or path.is_dir():
                continue
            self.assertNotRegex(path.read_bytes(), b"Dupont|Martin|dupont|martin", path)

    def test_a_badly_written_list_stops_before_judging(self):
        self.add("alice")
        pathlib.Path(self.root, "retards").write_text("alice\n", encoding="utf-8")
        self.assertRegex(self.grade(status=2, LATE=os.path.join(self.root, "retards")), "LATE, ligne 1")
        self.assertRegex(self.grade(status=2, ALIASES="nulle-part"), "ALIASES=nulle-part")
        self.assertEqual(self.marks(), {})


class OwnScale(Case):

    def scale(self, text):
        path = pathlib.Path(self.root, "barème.txt")
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_another_scale_needs_no_new_judgement(self):
        self.add("alice")
        self.add("bob", "labs")
        self.assertRegex(self.grade(), "(?m)^alice +20 +20")
        before = self.stamps()
        said = self.grade(SCALE=self.scale("total = 100\n"))
        self.assertRegex(said, "(?m)^étudiant .* total /100 ")
        self.assertRegex(said, "(?m)^alice +100 +100")
        self.assertRegex(said, "Rien n'a été jugé ; 2 déjà à jour")
        self.assertIn("Barème « barème.txt » : notes sur 100", said)
        self.assertIn("note sur 100", pathlib.Path(self.out, "notes.csv").read_text(encoding="utf-8-sig"))
        self.grade(status=1, SCALE=self.scale("total = 100\n"), MIN="50")
        # Le seul test jugé est facultatif : il n'y a plus de points en jeu, donc rien à gagner.
        said = self.grade(SCALE=self.scale(f"total = 10\n{LAB.name} {TEST} = facultatif\n"))
        self.assertRegex(said, "(?m)^alice +0 +0 ")
        self.assertEqual(self.stamps(), before)
        self.assertRegex(self.grade(), "(?m)^alice +20 +20")

    def test_a_platform_that_judges_receives_it(self):
        with mock.patch.dict(os.environ, SCALE=self.scale("total = 10\n")):
            self.assertEqual(package.tree(False)[f"{contents.NAME}/{package.SCALE}"][0], b"total = 10\n")
            self.assertIn("Autograder Points : 10 ", " ".join(package.gradescope("")[1]))
        self.assertIn(package.SCALE, pathlib.Path("tests/grading/hosted/judge.sh").read_text(encoding="utf-8"))
        self.assertNotIn(f"{contents.NAME}/{package.SCALE}", package.tree(False))

    def test_lateness_is_brought_to_the_scale(self):
        self.add("alice")
        late = pathlib.Path(self.root, "retards")
        late.write_text("alice;90\n", encoding="utf-8")
        plain = re.search("(?m)^alice +20 +20 +([0-9,]+) .*: ([0-9,]+) point", self.grade(LATE=str(late)))
        scaled = re.search("(?m)^alice +10 +10 +([0-9,]+) .*: ([0-9,]+) point.*sur 10", self.grade(LATE=str(late), SCALE=self.scale("total = 10")))
        for before, after in zip(plain.groups(), scaled.groups()):
            self.assertAlmostEqual(float(before.replace(",", ".")) / 2, float(after.replace(",", ".")))

    def test_a_badly_written_scale_stops_before_judging(self):
        self.add("alice")
        self.assertRegex(self.grade(status=2, SCALE=self.scale(f"\n{LAB.name} {TEST}s = 2\n")),
                         f"SCALE, ligne 2 : {LAB.name} n'a pas de test « {TEST}s » ; peut-être « {TEST} »")
        self.assertRegex(self.grade(status=2, SCALE=self.scale("total = 10\n"), MIN="12"), "MIN=12 : une note de 0 à 10")
        self.assertRegex(self.grade(status=2, SCALE="nulle-part"), "SCALE=nulle-part : ce fichier n'existe pas")
        self.assertEqual(self.marks(), {})


class Resume(Case):

    def test_only_what_changed_is_judged_anew(self):
        for name in ("alice", "bob", "zoe"):
            self.add(name)
        self.grade()
        before = self.stamps()
        self.assertRegex(self.grade(), "Rien n'a été jugé ; 3 déjà à jour")
        self.assertEqual(self.stamps(), before)
        self.add("bob", "labs")
        self.assertRegex(self.grade(), "1 jugé")
        changed = {name for name, stamp in self.stamps().items() if before[name] != stamp}
        self.assertEqual([name.split("-")[0] for name in changed], ["bob"])
        self.assertEqual(self.marks(), {"alice": 20.0, "bob": 0.0, "zoe": 20.0})

    def test_another_judge_judges_everything_anew(self):
        self.add("alice")
        self.grade()
        key = self.records()["alice"]["key"]
        self.assertRegex(self.grade(FRAMING="reference"), "1 jugé")
        self.assertNotEqual(self.records()["alice"]["key"], key)

    def test_killed_at_random_moments_then_resumed(self):
        for number in range(4):
            self.add(f"juste {number}")
            self.add(f"squelette {number}", "labs")
        before = time.monotonic()
        self.grade()
        self.whole = time.monotonic() - before
        undisturbed, seed = self.marks(), random.randrange(1 << 32)
        self.assertEqual(sorted(undisturbed.values()), [0.0] * 4 + [20.0] * 4)
        chance = random.Random(seed)
        for _ in range(KILLS):
            for path in chance.sample(sorted(pathlib.Path(self.out, plans.RESULTS).glob("*.json")), 3):
                path.unlink()
            self.run_and_kill(chance)
            self.grade()
            self.assertEqual(self.marks(), undisturbed, f"graine {seed}")
            self.assert_nothing_left()

    def run_and_kill(self, chance):
        """Commence une notation, et tue l'un de ses processus à un moment quelconque."""
        process = self.start()
        # Le moment est tiré au hasard : ce n'est l'attente de rien.
        time.sleep(chance.uniform(0, self.whole / 2))
        ours = set(workroom.marked(self.mark)) - victims.judged(process.pid)
        target = chance.choice([process.pid, process.pid, *sorted(ours)])
        try:
            os.kill(target, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if target == process.pid:
            process.stdout.close()
            process.wait()
        else:
            said = self.outcome(process)
            self.assertIn(process.returncode, (0, 2), said)

    def test_an_interruption_cleans_and_keeps(self):
        for number in range(4):
            self.add(f"juste {number}")
        process = self.start(JOBS="1")
        while not self.out_has_results() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = self.outcome(process)
        self.assertEqual(process.returncode, 2, said)
        self.assertRegex(said, "Interrompu")
        self.assert_nothing_left()
        self.assertNotEqual(self.marks(), {})
        self.assertRegex(self.grade(), "déjà à jour")

    def out_has_results(self):
        """Un étudiant est-il déjà noté ?"""
        return any(pathlib.Path(self.out, plans.RESULTS).glob("*.json"))

    def test_two_gradings_never_share_a_folder(self):
        self.add("alice")
        os.makedirs(self.out)
        with open(os.path.join(self.out, "verrou"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertRegex(self.grade(status=2), "déjà en cours")

    def test_the_folder_of_someone_else_is_left_alone(self):
        self.add("alice")
        os.makedirs(self.out)
        pathlib.Path(self.out, "these.tex").write_text("précieux", encoding="utf-8")
        self.assertRegex(self.grade(status=2), "autre chose que des notes")
        self.assertEqual(os.listdir(self.out), ["these.tex"])


class Breakdown(Case):

    def test_a_failure_of_ours_is_retried_once_then_listed_and_never_a_zero(self):
        self.add("alice")
        said = self.grade(status=2, COMPILE_WRAPPER="/nulle/part/enveloppe")
        record = self.records()["alice"]
        self.assertEqual((record["status"], record["attempts"], record["total"]), ("not_graded", 2, None))
        self.assertRegex(said, "Repris une fois : 1")
        self.assertRegex(said, "Non notés : alice")
        self.assert_nothing_left()
        self.grade()
        self.assertEqual(self.marks(), {"alice": 20.0})

"""Le moteur GNU parallel : quand il est tué, et ce qu'il confie à chaque processus."""

import signal
import subprocess
import unittest

from tests.grading.engines import parallel

# Il écrit une ligne, laisse derrière lui un aide qui tient encore le tube, et meurt d'un SIGKILL.
DYING = "sleep 600 & echo $!; kill -KILL $$"


class Killed(unittest.TestCase):

    def test_its_end_is_seen_though_one_of_its_helpers_still_holds_the_pipe(self):
        with subprocess.Popen(["sh", "-c", DYING], stdout=subprocess.PIPE) as process:
            said = list(parallel.lines(process))
            self.assertEqual(process.wait(), -signal.SIGKILL)
            self.addCleanup(subprocess.run, ["kill", "-KILL", said[0].decode()], check=True)
            self.assertEqual(len(said), 1)


class Shares(unittest.TestCase):

    def test_a_small_class_still_fills_every_core(self):
        self.assertEqual([parallel.share(count, 2) for count in (1, 8, 16)], [1, 1, 2])
        self.assertEqual(parallel.share(30, 16), 1)

    def test_a_large_one_stays_in_small_shares(self):
        self.assertEqual(parallel.share(10_000, 2), parallel.MOST_AT_ONCE)

"""Le moteur GNU parallel : quand il est tué, ce qu'il confie à chaque processus, et combien vont de front."""

import os
import signal
import subprocess
import tempfile
import unittest
from unittest import mock

from tests.grading.engines import parallel
from tests.grading.run import pace

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


class Rhythm(unittest.TestCase):
    """Combien de front : les cœurs et la mémoire le disent, à moins que JOBS= ne l'ait dit."""

    def rhythm(self, jobs="", free=1 << 40):
        """Un rythme neuf, sur une machine qui a cette mémoire libre."""
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        for patch in (mock.patch.dict(os.environ, JOBS=jobs), mock.patch.object(pace, "free_memory", lambda: free),
                      mock.patch.object(pace, "cores", lambda: {0, 1})):
            patch.start()
            self.addCleanup(patch.stop)
        return pace.Pace(os.path.join(place.name, "jobs"))

    def test_cores_at_rest_take_one_more_up_to_a_bound(self):
        rhythm = self.rhythm()
        self.assertGreaterEqual(rhythm.allowed, 2)
        self.assertEqual(rhythm.next(0.5, 1, 1 << 40), rhythm.allowed + 1)
        rhythm.allowed = rhythm.most
        self.assertEqual(rhythm.next(0.5, 1, 1 << 40), rhythm.most)

    def test_busy_cores_take_no_more_and_crowded_ones_fewer(self):
        rhythm = self.rhythm()
        self.assertEqual(rhythm.next(0.0, 4, 1 << 40), rhythm.allowed)
        rhythm.allowed = 5
        self.assertEqual(rhythm.next(0.0, 40, 1 << 40), 4)
        rhythm.allowed = 2
        self.assertEqual(rhythm.next(0.0, 40, 1 << 40), 2)

    def test_never_beyond_the_memory_that_is_free(self):
        rhythm = self.rhythm(free=3 * pace.each_needs())
        self.assertEqual(rhythm.most, 3)
        self.assertEqual(rhythm.next(0.9, 1, pace.each_needs() - 1), rhythm.allowed - 1)
        self.assertEqual(self.rhythm(free=1).most, 1)

    def test_what_jobs_says_is_kept(self):
        rhythm = self.rhythm(jobs="3", free=1)
        self.assertEqual((rhythm.most, rhythm.allowed), (3, 3))

    def test_parallel_reads_what_is_written(self):
        rhythm = self.rhythm()
        rhythm.changed -= 10 * pace.CALM
        with mock.patch.object(pace, "processor_times", lambda: (rhythm.idle + 90, rhythm.total + 100, 1)):
            rhythm.look()
        with open(rhythm.path, encoding="ascii") as file:
            self.assertEqual(int(file.read()), rhythm.allowed)
        self.assertEqual(rhythm.allowed, 5)

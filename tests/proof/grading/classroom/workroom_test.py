"""Ce qu'un juge tué laisse : effacé dès qu'il est mort, même si personne ne l'a encore recueilli ; jamais avant."""

import os
import signal
import subprocess
import unittest

from tests.grading.run import workroom


class Litter(unittest.TestCase):

    def setUp(self):
        self.maker = subprocess.Popen(["sleep", "infinity"])
        self.addCleanup(self.maker.wait)
        self.addCleanup(self.maker.kill)
        self.path = f"/dev/shm/bxfi_{self.maker.pid}"
        with open(self.path, "xb"):
            self.addCleanup(lambda: os.path.exists(self.path) and os.unlink(self.path))

    def test_what_a_living_judge_uses_is_kept(self):
        workroom.sweep_litter()
        self.assertTrue(os.path.exists(self.path))

    def test_what_a_dead_judge_leaves_is_removed_even_before_it_is_reaped(self):
        os.kill(self.maker.pid, signal.SIGKILL)
        os.waitid(os.P_PID, self.maker.pid, os.WEXITED | os.WNOWAIT)
        self.assertTrue(os.path.exists(f"/proc/{self.maker.pid}"))
        workroom.sweep_litter()
        self.assertFalse(os.path.exists(self.path))

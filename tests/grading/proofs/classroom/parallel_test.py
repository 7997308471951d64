"""Le moteur GNU parallel, quand parallel est tué."""

import signal
import subprocess
import unittest

from engines import parallel

# Il écrit une ligne, laisse derrière lui un aide qui tient encore le tube, et meurt d'un SIGKILL.
DYING = "sleep 600 & echo $!; kill -KILL $$"


class Killed(unittest.TestCase):

    def test_its_end_is_seen_though_one_of_its_helpers_still_holds_the_pipe(self):
        with subprocess.Popen(["sh", "-c", DYING], stdout=subprocess.PIPE) as process:
            said = list(parallel.lines(process))
            self.assertEqual(process.wait(), -signal.SIGKILL)
            self.addCleanup(subprocess.run, ["kill", "-KILL", said[0].decode()], check=True)
            self.assertEqual(len(said), 1)

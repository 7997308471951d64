"""Ce qui est lancé meurt avec qui l'a lancé, même tué."""

import os
import select
import signal
import subprocess
import sys
import unittest

PARENT = "from tests.grading.run import with_parent; child = with_parent.start(['sleep', '600']); print(child.pid, flush=True); child.wait()"
ORPHAN = f"from tests.grading.run import with_parent; with_parent.die_with({os.getpid()} + 1); print('vit encore')"


class WithParent(unittest.TestCase):

    def test_a_killed_parent_takes_its_child_along(self):
        with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
            child = os.pidfd_open(int(parent.stdout.readline()))
            self.addCleanup(os.close, child)
            parent.kill()
        ended = select.select([child], [], [], 10)[0]
        if not ended:
            signal.pidfd_send_signal(child, signal.SIGKILL)
        self.assertTrue(ended, "l'enfant survit à son parent")

    def test_who_is_already_an_orphan_ends_at_once(self):
        done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))

"""Un compilateur que la machine fait attendre : ce n'est pas la faute du travail jugé ; celui qui calcule trop, si."""

import os
import pathlib
import subprocess
import tempfile
import unittest

COMPILE = "tests/judge/command/compile.sh"


class Case(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "server.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")

    def compile(self, compiler, patience):
        """Compile server.c avec ce compilateur, et ces secondes : le statut, ce qui est dit, et l'erreur gardée pour l'étudiant."""
        script = self.root / "cc"
        script.write_text("#!/bin/sh\n" + compiler, encoding="utf-8")
        script.chmod(0o755)
        done = subprocess.run(["sh", COMPILE, "object", self.root / "server.o", self.root / "server.c"], capture_output=True, text=True, check=False,
                              env={**os.environ, "CC": str(script), "COMPILE_PATIENCE": str(patience)})
        error = self.root / "server.error"
        return done.returncode, done.stderr, error.read_text(encoding="utf-8") if error.exists() else ""

    def test_a_machine_that_is_too_busy_accuses_nobody(self):
        status, said, error = self.compile("exec sleep 600\n", 1)
        self.assertEqual((status, error), (2, ""))
        self.assertRegex(said, "trop chargée")

    def test_who_computes_too_long_is_told(self):
        status, _, error = self.compile("kill -XCPU $$\n", 300)
        self.assertEqual(status, 0)
        self.assertRegex(error, "dépassait le temps permis")


if __name__ == "__main__":
    unittest.main()

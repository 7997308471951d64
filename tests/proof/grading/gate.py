"""Les essais d'un dossier voisin : « classroom », la notation d'une classe ; « formats », ses fichiers de notes.

gate.py DOSSIER [MODULE[.Classe[.essai]]…]      sans module : tous ; la dernière ligne les compte
"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def main(folder, *names):
    names = names or sorted(path.stem for path in (HERE / folder).glob("*_test.py"))
    suite = unittest.defaultTestLoader.loadTestsFromNames([f"tests.proof.grading.{folder}.{name}" for name in names])
    outcome = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed, skipped = len(outcome.failures) + len(outcome.errors), len(outcome.skipped)
    passed = max(0, outcome.testsRun - failed - skipped)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not outcome.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

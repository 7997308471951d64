"""La vérification « class » : les essais de la notation d'une classe.

class_gate.py [MODULE[.Classe[.essai]]…]      sans argument : tous ; la dernière ligne les compte
"""

import sys
import unittest

MODULES = ("shape_test", "roster_test", "door_test", "parallel_test", "class_test")


def main():
    names = sys.argv[1:] or MODULES
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    outcome = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed, skipped = len(outcome.failures) + len(outcome.errors), len(outcome.skipped)
    passed = outcome.testsRun - failed - skipped
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not outcome.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())

"""Tous les fichiers de notes d'une fois : les formats des machines, et les pages. Une classe d'essai sert aux deux."""

import pages_test  # noqa: F401
import writers_test

if __name__ == "__main__":
    writers_test.run_tests("writers_test", "pages_test")

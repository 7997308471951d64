"""La date d'un dépôt git, lue sans git : objets seuls, paquets, différences ; et rien de ce qu'un dépôt hostile demande."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tests.grading.door import git_date, listing, people, person

WHEN = 1795428000


@unittest.skipUnless(shutil.which("git"), "git n'est pas installé")
class Dates(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.git("init", "-q", ".")

    def git(self, *words, when=WHEN):
        """Une commande de git, à cette date."""
        date = f"{when} +0100"
        environment = {**os.environ, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "GIT_CONFIG_GLOBAL": "/dev/null",
                       "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x", "GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x"}
        subprocess.run(["git", *words], cwd=self.root, env=environment, check=True, stdout=subprocess.DEVNULL)

    def commit(self, number):
        """Un commit de plus, un jour après."""
        pathlib.Path(self.root, "f").write_text(str(number), encoding="utf-8")
        self.git("add", "f")
        # Des messages longs et proches : git en fait des différences.
        self.git("commit", "-q", "-m", f"{number}\n\n" + "la même chose, encore et encore\n" * 50, when=WHEN + 86400 * number)

    def test_a_loose_commit(self):
        self.commit(1)
        self.commit(2)
        self.assertEqual(git_date.last_commit(self.root), (WHEN + 2 * 86400,) * 2)

    def test_packed_commits_and_references(self):
        for number in range(1, 9):
            self.commit(number)
        self.git("gc", "-q", "--aggressive", "--prune=now")
        self.assertEqual(git_date.last_commit(self.root), (WHEN + 8 * 86400,) * 2)
        # Chaque commit, qu'il soit entier ou une différence, a la date que git en dit.
        for ago in range(8):
            self.git("checkout", "-q", "--detach", "HEAD~1" if ago else "HEAD")
            self.assertEqual(git_date.last_commit(self.root), (WHEN + (8 - ago) * 86400,) * 2)

    def test_a_commit_made_again_keeps_its_date_and_is_told(self):
        self.commit(1)
        self.git("commit", "-q", "--amend", "-m", f"committer x <x@x> {WHEN - 9} +0100", when=WHEN + 9 * 86400)
        self.assertEqual(git_date.last_commit(self.root), (WHEN + 86400, WHEN + 9 * 86400))
        one = person.Person("alice")
        one.take(listing.Node("alice", "folder", self.root))
        people.date_commits(one)
        self.assertEqual(one.submitted, WHEN + 86400)
        self.assertRegex(one.notes[0], "a été refait le")

    def test_no_date_where_there_is_none(self):
        self.assertIsNone(git_date.last_commit(self.root))
        self.assertIsNone(git_date.last_commit(os.path.join(self.root, "nulle part")))

    def test_a_broken_repository_is_no_trouble(self):
        self.commit(1)
        for name in ("ref: ../../../etc/passwd", "ref: refs/heads/../../x", "f" * 40, "\0", ""):
            pathlib.Path(self.root, ".git", "HEAD").write_text(name, encoding="utf-8")
            self.assertIsNone(git_date.last_commit(self.root), name)

    def test_a_link_is_not_followed(self):
        self.commit(1)
        other = os.path.join(self.root, "ailleurs")
        os.mkdir(other)
        os.symlink(os.path.join(self.root, ".git"), os.path.join(other, ".git"))
        self.assertIsNone(git_date.last_commit(other))


if __name__ == "__main__":
    unittest.main()

"""Les archives qu'un outil ouvre, faites par de vrais outils : ouvertes quand l'outil et le bac à sable sont là, nommées sinon."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from tests.grading.door import foreign, limits
from tests.proof.grading import rar
from tests.proof.grading.classroom import door_test

LAB, SOURCE, CODE = door_test.LAB, door_test.SOURCE, door_test.CODE
MAKERS = {"zst": ("zstd", "bsdtar"), "7z": ("7zz", "7z", "7za", "bsdtar")}


def can_open(kind):
    """Cette machine ouvre-t-elle cette sorte d'archive ?"""
    return foreign.has_tool(kind) and bool(shutil.which("bwrap"))


def pack(tool, folder, path):
    """Fait une archive de tout ce que contient un dossier, par cet outil."""
    command = {"zstd": f'tar -cf - "$@" | zstd -q -o "{path}"', "bsdtar": f'bsdtar -a -cf "{path}" "$@"'}.get(
        tool, f'{tool} a -bd -snl "{path}" "$@" >/dev/null')
    subprocess.run(["sh", "-c", command, "sh", *sorted(os.listdir(folder))], cwd=folder, check=True)


def maker_of(kind):
    """L'outil qui fait ici une telle archive, que cette machine ouvre aussi ; rien s'il n'y en a pas."""
    return next(filter(shutil.which, MAKERS[kind]), "") if can_open(kind) else ""


class Foreign(door_test.Case):

    def make(self, kind, fill):
        """Une archive de cette sorte, faite par un outil ; l'essai est sauté s'il n'y en a pas."""
        tool = maker_of(kind)
        if not tool:
            self.skipTest(f"rien ici ne fait, ou n'ouvre, une archive .{kind}")
        with tempfile.TemporaryDirectory() as folder:
            fill(pathlib.Path(folder))
            path = os.path.join(os.path.dirname(self.root), "rendu." + {"zst": "tar.zst"}.get(kind, kind))
            pack(tool, folder, path)
        return path

    @staticmethod
    def honest(folder):
        """Un rendu honnête."""
        (folder / LAB.name).mkdir()
        (folder / LAB.name / SOURCE).write_bytes(CODE)

    def test_real_archives_are_opened(self):
        for kind in MAKERS:
            with self.subTest(kind), contextlib.suppress(unittest.SkipTest):
                self.assertEqual(self.admit(self.make(kind, self.honest)), {f"{LAB.name}/{SOURCE}": CODE})
                self.assertEqual(self.admission.remarks, [])
                shutil.rmtree(self.out)

    def test_real_rar_archives_are_opened(self):
        if not can_open("rar"):
            self.skipTest("rien ici n'ouvre une archive .rar")
        for name, maker in (("rar 4", rar.old), ("rar 5", rar.new)):
            with self.subTest(name):
                path = self.archive(maker({f"{LAB.name}/{SOURCE}": CODE}), f"{name}.rar")
                self.assertEqual(self.admit(path), {f"{LAB.name}/{SOURCE}": CODE})
                self.assertEqual(self.admission.remarks, [])
                shutil.rmtree(self.out)

    def test_a_tool_that_cannot_read_a_rar_is_not_taken(self):
        folder = pathlib.Path(self.root, "outils")
        folder.mkdir()
        for name in ("sh", "grep"):
            (folder / name).symlink_to(shutil.which(name))
        for told, status in (("   7z       7z\n", 1), (" 0  F  Rar5     rar\n", 0)):
            tool = folder / "7zz"
            tool.write_text(f"#!/bin/sh\n[ \"$1\" = i ] && echo '{told}'\n", encoding="utf-8")
            tool.chmod(0o755)
            done = subprocess.run(["sh", str(foreign.SCRIPT), "--tool", "rar"], env={"PATH": str(folder)}, stdout=subprocess.DEVNULL, check=False)
            self.assertEqual(done.returncode, status, told)

    def test_a_link_is_refused_as_in_any_archive(self):
        def fill(folder):
            (folder / LAB.name).mkdir()
            (folder / LAB.name / SOURCE).symlink_to("/etc/passwd")
        self.assertEqual(self.admit(self.make("zst", fill)), {f"{LAB.name}/{SOURCE}": "link"})
        self.assert_said("lien symbolique", by_hand=True)

    def test_a_bomb_is_stopped_by_its_size(self):
        def fill(folder):
            with open(folder / "zeros", "wb") as file:
                file.truncate(2 * limits.UNPACKED)
        self.assertEqual(self.admit(self.make("zst", fill)), {})
        self.assert_said("dépasserait", by_hand=True)

    def test_a_damaged_archive_is_said(self):
        for kind, name in (("7z", "a.7z"), ("rar", "a.rar"), ("zst", "a.tar.zst")):
            with self.subTest(kind):
                path = self.archive(foreign.KINDS[kind][0] + bytes(200), name)
                self.assertEqual(self.admit(path), {})
                self.assert_said("abîmée|installez|bac à sable", by_hand=True)
                shutil.rmtree(self.out)

    def test_without_a_tool_what_would_open_it_is_named(self):
        path = self.archive(foreign.KINDS["7z"][0] + bytes(200), "a.7z")
        with mock.patch.object(foreign, "has_tool", lambda kind: False):
            self.assertEqual(self.admit(path), {})
        self.assert_said("installez libarchive-tools ou 7zip, ou remettez-la en .zip", by_hand=True)

    def test_a_wrong_name_does_not_matter(self):
        path = self.make("zst", self.honest)
        other = os.path.join(os.path.dirname(path), "rendu.zip")
        os.rename(path, other)
        self.assertEqual(self.admit(other), {f"{LAB.name}/{SOURCE}": CODE})



if __name__ == "__main__":
    unittest.main()

"""Les archives que la bibliothèque standard de Python ne lit pas (.7z, .rar, .tar.zst) : un outil les ouvre, s'il est là.

Il est lancé dans un bac à sable, borné, et rend un .tar, que la porte lit comme un autre : membre par membre. Sans outil,
ou sans bac à sable, l'archive est nommée, avec ce qui l'ouvrirait.
"""

import contextlib
import functools
import os
import pathlib
import signal
import subprocess
import tempfile

from tests.grading.door import limits

SCRIPT = pathlib.Path(__file__).resolve().with_name("unpack.sh")
AS_USER = "tests/grading/sandbox/as_user.sh"
# Les premiers octets de chaque sorte, et les paquets dont un seul suffit.
KINDS = {"rar": (b"Rar!\x1a\x07", "libarchive-tools ou unrar"), "7z": (b"7z\xbc\xaf\x27\x1c", "libarchive-tools ou 7zip"),
         "zst": (b"\x28\xb5\x2f\xfd", "libarchive-tools ou zstd")}


def kind_of(data):
    """La sorte de cette archive, d'après ses premiers octets ; rien si Python la lit."""
    return next((kind for kind, (magic, _) in KINDS.items() if data.startswith(magic)), "")


@functools.lru_cache(maxsize=None)
def has_tool(kind):
    """Y a-t-il ici de quoi l'ouvrir ?"""
    done = subprocess.run(["sh", str(SCRIPT), "--tool", kind], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def remedy(kind):
    """Ce qui manque, et ce qui marche sans."""
    return (f"c'est une archive .{kind}, que rien n'ouvre ici : installez {KINDS[kind][1]}, ou remettez-la en .zip")


def to_tar(kind, data, most=limits.UNPACKED):
    """Le .tar de ce qu'elle contient, d'au plus « most » octets. Lève TooMuch si elle ne s'ouvre pas."""
    if not has_tool(kind):
        raise limits.TooMuch(remedy(kind))
    first = ["sh", AS_USER] if os.getuid() == 0 else []
    with tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        with subprocess.Popen([*first, "sh", str(SCRIPT), kind, str(len(data) + most)], stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              start_new_session=True) as process:
            return listen(process, most)


def listen(process, most):
    """Reçoit le .tar, dans la borne de taille ; celle du temps est le processeur que l'outil occupe (unpack.sh)."""
    made = process.stdout.read(most + 1)
    if len(made) > most:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise limits.TooMuch(f"décompressée, elle dépasserait {most >> 20} Mio")
    if process.wait() == 2:
        raise limits.TooMuch("elle ne s'ouvre que dans un bac à sable, et il n'y en a pas ici : remettez-la en .zip")
    if process.returncode != 0 or not made:
        raise limits.TooMuch("elle est abîmée, chiffrée, ou trop longue à ouvrir")
    return made

"""L'atelier d'un rendu : un dossier privé et passager, hors de la vue des autres, toujours effacé.

Chaque processus d'une notation porte dans son environnement la marque de celle-ci : ce qu'une notation tuée a
laissé en vie ou sur le disque se retrouve donc, et la suivante l'efface avant de commencer.
"""

import contextlib
import fcntl
import glob
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

MARK = "JUDGE_CLASS"
LOCK = "verrou"
GRACE = 5.0
AS_USER = "tests/grading/sandbox/as_user.sh"
LITTER = ("/tmp/criterion_[0-9]*.sock", "/dev/shm/bxfi_[0-9]*")


def mark_of(out):
    """La marque d'une notation : elle ne dépend que de son dossier de sortie."""
    return hashlib.sha256(os.fsencode(os.path.realpath(out))).hexdigest()[:16]


def parent(mark):
    """Le dossier qui contient les ateliers d'une notation : à nous, et que les autres ne peuvent lister."""
    base = tempfile.gettempdir()
    # Les règles de make n'admettent ni espace ni caractère spécial dans le nom d'un dossier de travail.
    if not re.fullmatch(r"[A-Za-z0-9_./+-]+", base):
        base = "/tmp"
    path = os.path.join(base, f"notes-{os.getuid()}-{mark}")
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o711)
    status = os.lstat(path)
    if status.st_uid != os.getuid() or not os.path.isdir(path) or os.path.islink(path):
        raise OSError(f"{path} n'est pas à nous")
    os.chmod(path, 0o711)
    return path


@contextlib.contextmanager
def room(mark):
    """Un atelier neuf, tenu par un verrou tant que son propriétaire vit, puis effacé."""
    path = tempfile.mkdtemp(prefix="rendu-", dir=parent(mark))
    lock = os.open(os.path.join(path, LOCK), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.chmod(path, 0o711)
    try:
        yield path
    finally:
        os.close(lock)
        remove(path)


def remove(path):
    """Efface un dossier, quels que soient les droits que l'on y a mis."""
    def retry(_, inner, __):
        with contextlib.suppress(OSError):
            os.chmod(os.path.dirname(inner), 0o700)
            os.chmod(inner, 0o700)
            if os.path.isdir(inner) and not os.path.islink(inner):
                os.rmdir(inner)
            else:
                os.unlink(inner)
    for _ in range(2):
        shutil.rmtree(path, onerror=retry)
        if not os.path.lexists(path):
            return


def is_abandoned(path):
    """Le propriétaire de cet atelier est-il mort ?"""
    try:
        lock = os.open(os.path.join(path, LOCK), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(lock)


def sweep(mark):
    """Efface les ateliers abandonnés, puis leur parent s'il est vide."""
    top = parent(mark)
    for name in os.listdir(top):
        path = os.path.join(top, name)
        if is_abandoned(path):
            remove(path)
    with contextlib.suppress(OSError):
        os.rmdir(top)
    sweep_litter()


def judging_users():
    """Nous, et l'utilisateur à qui root confie le jugement."""
    done = subprocess.run(["sh", AS_USER, "--uid"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return {os.getuid()} | {int(word) for word in done.stdout.split()[:1]}


def sweep_litter():
    """Ce que la bibliothèque des tests laisse, à ses propres adresses, quand elle est tuée ; le numéro dit par qui."""
    users = judging_users()
    for pattern in LITTER:
        for path in glob.glob(pattern):
            with contextlib.suppress(OSError):
                number = int(re.search(r"\d+", os.path.basename(path)).group())
                if os.lstat(path).st_uid in users and not is_living(number):
                    os.unlink(path)


# --- Les processus -------------------------------------------------------------------------------

def state_and_parent(pid):
    """L'état d'un processus (une lettre, b"" s'il n'est plus) et son père (0). Son nom peut contenir n'importe quoi."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, parent = file.read().rpartition(b")")[2].split()[:2]
            return state, int(parent)
    except (OSError, ValueError):
        return b"", 0


def is_living(pid):
    """Ce processus vit-il ? Un mort que personne n'a encore recueilli garde son numéro, et ne tient plus rien."""
    return state_and_parent(pid)[0] not in (b"", b"Z", b"X")


def ancestors():
    """Nous, et ceux dont nous descendons."""
    found, pid = set(), os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        pid = state_and_parent(pid)[1]
    return found


def marked(mark):
    """Les processus qui portent cette marque, hors nous et nos ancêtres."""
    wanted, ours, found = f"{MARK}={mark}".encode(), ancestors(), []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in ours:
            with contextlib.suppress(OSError):
                with open(f"/proc/{name}/environ", "rb") as file:
                    if wanted in file.read().split(b"\0"):
                        found.append(int(name))
    return found


def stop_all(mark):
    """Arrête tout ce qui porte cette marque : poliment, puis sans appel."""
    deadline = time.monotonic() + GRACE
    sent = set()
    while True:
        alive = marked(mark)
        if not alive:
            return
        late = time.monotonic() > deadline
        for pid in alive:
            if late or pid not in sent:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                sent.add(pid)
        # On regarde encore jusqu'à ce que le dernier soit parti : la liste vide est la seule fin.
        time.sleep(0.02)

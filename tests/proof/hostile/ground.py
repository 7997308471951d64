"""Le terrain : une copie du dépôt où noter la classe hostile, et ce qu'elle ne doit ni lire, ni changer, ni joindre.

Un mot secret est semé là où un travail ne doit pas pouvoir lire (un fichier de la machine, HOME, les corrigés, les tests,
l'environnement) ; des sentinelles, que tout le monde pourrait écrire, là où il ne doit rien changer ; des portes ouvertes
(TCP, UDP, socket abstrait), là où il ne doit pas entrer. Tout est ensuite relu.
"""

import hashlib
import os
import pathlib
import pwd
import random
import secrets
import select
import shutil
import socket
import tempfile

# Ce qu'il faut du dépôt pour noter : pas ce que d'autres jugements y ont laissé. Criterion est parfois dans build/packages.
COPIED = ("Makefile", "common", "labs", "solutions", "tests", "build/tests", "build/judge", "build/sandbox", "build/packages")
# Ce qu'une notation a le droit d'écrire dans le dépôt.
WRITTEN = ("build/given", "build/work", "build/pycache", "build/lock")
FIRST_UID = 61000


class Ground:
    """Un terrain, effacé à la fin."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="hostile-")
        self.secret = "mot-secret-" + secrets.token_hex(12)
        self.depot, self.home, self.temporary = (self.folder(name) for name in ("depot", "home", "tmp"))
        self.works = [self.folder(name) for name in ("rendus", "rendus-bis")]
        copy_tree(self.depot)
        self.secret_file = self.put(0o644, self.root, "secret")
        self.sentinels = [self.put(0o666, self.folder("monde", 0o777), "sentinelle"), self.put(0o666, self.home, ".profile"),
                          self.put(0o666, self.root + "-sentinelle")]
        self.sow_secret()
        self.doors = open_doors(self.secret)
        self.places = {"SECRET": self.secret_file, "DEPOT": self.depot, "SENTINELLE": self.sentinels[0],
                       "DOMICILE": self.home, "TCP": str(self.doors[0].getsockname()[1]),
                       "UDP": str(self.doors[1].getsockname()[1]), "ABSTRAIT": self.secret[:16]}

    def folder(self, name, mode=0o755):
        """Un dossier du terrain."""
        os.chmod(self.root, 0o755)
        path = os.path.join(self.root, name)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        return path

    def put(self, mode, *path):
        """Un fichier qui contient le secret."""
        where = pathlib.Path(*path)
        where.write_text(f"root:{self.secret}:0:0\n", encoding="utf-8")
        where.chmod(mode)
        return str(where)

    def sow_secret(self):
        """Le secret, en commentaire, dans chaque corrigé et chaque test de la copie."""
        for folder in ("solutions", "tests"):
            for path in pathlib.Path(self.depot, folder).glob("*/*.c"):
                # Un pilote est compilé avec chaque rendu : sa clef changerait, pas son sens.
                with open(path, "a", encoding="utf-8") as file:
                    file.write(f"// {self.secret}\n")

    def fill(self, text):
        """Un texte dont les @NOM@ sont remplacés par les lieux du terrain."""
        for name, value in self.places.items():
            text = text.replace(f"@{name}@", value)
        return text

    def state(self):
        """L'empreinte de tout ce qui ne doit pas changer."""
        found = {}
        for top in (self.depot, *self.works, self.home, os.path.dirname(self.sentinels[0])):
            for path, _, names in os.walk(top):
                for file in (os.path.join(path, name) for name in names):
                    if not os.path.relpath(file, self.depot).startswith(WRITTEN):
                        found[file] = digest(file)
        return dict(found, **{path: digest(path) for path in self.sentinels + [self.secret_file]})

    def visitors(self):
        """Qui est entré par une porte ouverte."""
        return [door.getsockname() for door in select.select(self.doors, [], [], 0)[0]]

    def give(self, uid):
        """Donne à un utilisateur tout ce dont il a besoin pour noter lui-même."""
        for path, folders, names in os.walk(self.depot):
            for name in folders + names:
                os.lchown(os.path.join(path, name), uid, uid)
        for path in (self.depot, self.temporary):
            os.chown(path, uid, uid)

    def erase(self):
        """Efface le terrain."""
        for door in self.doors:
            door.close()
        os.unlink(self.sentinels[-1])
        shutil.rmtree(self.root)


def copy_tree(depot):
    """Copie ce qui sert à noter."""
    for name in COPIED:
        source, target = pathlib.Path(name), pathlib.Path(depot, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            # Un dossier rangé ailleurs par un autre essai peut disparaître pendant la copie : aucun n'est utile.
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.d"))
        elif source.exists():
            shutil.copy2(source, target)


def digest(path):
    """La nature et le contenu d'un fichier ; un lien n'est pas suivi, un tube n'est pas ouvert."""
    status = os.lstat(path)
    kind = f"{status.st_mode:o} {status.st_nlink}"
    if not os.path.isfile(path) or os.path.islink(path):
        return kind
    with open(path, "rb") as file:
        return kind + " " + hashlib.sha256(file.read()).hexdigest()


def open_doors(name):
    """Des services de la machine, que rien ne doit joindre."""
    tcp, udp = (socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))
    abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    for door in (tcp, udp):
        door.bind(("127.0.0.1", 0))
    abstract.bind("\0" + name[:16])
    tcp.listen()
    abstract.listen()
    return [tcp, udp, abstract]


def free_uids(count):
    """Des numéros d'utilisateur qui ne sont ceux de personne, ni d'aucun processus."""
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {uid for _, uid in owners()}
    # Au hasard : une autre épreuve, lancée au même instant, ne doit pas choisir les mêmes.
    return random.sample([uid for uid in range(FIRST_UID, FIRST_UID + 4000) if uid not in taken], count)


def owners():
    """(processus, utilisateur) de chaque processus de la machine."""
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), entry.stat().st_uid
            except OSError:
                continue

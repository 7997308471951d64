"""« make handout » : l'archive à remettre aux étudiants, la même à l'octet près pour une même version du dépôt."""

import gzip
import hashlib
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import time
import zipfile

from tests.handout import contents
from tests.handout import leaks

OUT = pathlib.Path("build", "handout")
# Quand ni git ni SOURCE_DATE_EPOCH ne disent de date : le 1er janvier 2000.
NO_DATE = 946684800


def date():
    """La date des fichiers : celle de la dernière version enregistrée, la même dans tous les clones."""
    if os.environ.get("SOURCE_DATE_EPOCH", "").isdigit():
        return int(os.environ["SOURCE_DATE_EPOCH"])
    if os.path.exists(".git"):
        done = subprocess.run(["git", "log", "-1", "--format=%ct"], capture_output=True, text=True)
        if done.stdout.strip().isdigit():
            return int(done.stdout)
    return NO_DATE


def edition(members):
    """Ce qui distingue cette archive d'une autre : l'empreinte de son contenu."""
    total = hashlib.sha256()
    for name, content in sorted(members.items()):
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return (total.hexdigest()[:16] + "\n").encode()


def current_edition():
    """L'édition de l'archive que ferait ce dépôt, tel qu'il est ; vide s'il ne peut pas en faire. Ce qui a été déposé sur une
    plateforme n'est plus un dépôt, et garde celle d'où il vient."""
    if os.path.isfile("edition") and not os.path.exists(".git"):
        return pathlib.Path("edition").read_text(encoding="ascii").strip()
    try:
        return edition(contents.gather()).decode().strip()
    except contents.Unfit:
        return ""


def folders(paths):
    """Les dossiers de ces fichiers, chacun avant ce qu'il contient."""
    return sorted({parent.as_posix() for path in paths for parent in pathlib.PurePath(path).parents} - {"."})


def tarred(files, moment):
    """{chemin: (octets, droits)} en .tar, sans rien de la machine : ni propriétaire, ni heure de fabrication."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in folders(files):
            archive.addfile(entry(folder, moment, tarfile.DIRTYPE, 0o755))
        for path, (content, mode) in sorted(files.items()):
            info = entry(path, moment, tarfile.REGTYPE, mode)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def gzipped(content):
    """La même chose, comprimée."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as packed:
        packed.write(content)
    return buffer.getvalue()


def entry(name, moment, kind, mode):
    """Une entrée de l'archive tar."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = kind, mode, moment
    return info


def zipped(files, moment):
    """{chemin: (octets, droits)} en .zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, (content, mode) in sorted(files.items()):
            info = zipfile.ZipInfo(path, time.gmtime(moment)[:6])
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, (0o100000 | mode) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def save(path, content):
    """Écrit un fichier d'un coup."""
    draft = path.with_name(path.name + f".{os.getpid()}")
    draft.write_bytes(content)
    os.replace(draft, path)


def unsaved():
    """Ce qui, dans git, n'est pas encore enregistré : l'archive en serait le seul exemplaire."""
    if not os.path.exists(".git"):
        return 0
    done = subprocess.run(["git", "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True)
    return len(done.stdout.splitlines())


def main():
    try:
        members = contents.gather()
    except contents.Unfit as error:
        print(f"handout : {error}", file=sys.stderr)
        return 2
    found = leaks.search(members)
    for leak in found:
        print(f"handout : {leak}", file=sys.stderr)
    if found:
        print("handout : rien n'est écrit tant qu'une ligne des corrigés s'y trouve", file=sys.stderr)
        return 2
    members["edition"] = edition(members)
    moment = date()
    files = {f"{contents.NAME}/{name}": (content, 0o644) for name, content in members.items()}
    OUT.mkdir(parents=True, exist_ok=True)
    for name, content in ((f"{contents.NAME}.tar.gz", gzipped(tarred(files, moment))), (f"{contents.NAME}.zip", zipped(files, moment))):
        save(OUT / name, content)
        print(f"{OUT / name} : {len(members)} fichiers, {len(content) // 1024} Kio, sha256 {hashlib.sha256(content).hexdigest()}")
    changed = unsaved()
    if changed:
        print(f"Remarque : {changed} fichier{'s' if changed > 1 else ''} du dépôt "
              f"{'ne sont pas enregistrés' if changed > 1 else 'n’est pas enregistré'} dans git ; l'archive les prend tels quels.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

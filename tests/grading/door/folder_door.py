"""La porte des dossiers : chaque pas est fait sans suivre de lien, et chaque fichier vérifié une fois ouvert."""

import functools
import os
import stat

from tests.grading.door import limits

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK : ouvrir un tube nommé n'attend personne.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def nature(mode):
    """La nature d'une entrée, d'après son mode."""
    for test, kind in ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link"),
                       (stat.S_ISFIFO, "fifo"), (stat.S_ISSOCK, "socket")):
        if test(mode):
            return kind
    return "device"


def read_folder(tree, path, clock):
    """Lit un dossier entier dans l'arbre."""
    handle = os.open(path, FOLDER)
    try:
        walk(tree, handle, (), clock)
    finally:
        os.close(handle)
    for found in tree.archives():
        tree.entries[found].load = functools.partial(inner_archive, path, found)


def walk(tree, handle, where, clock):
    """Lit un dossier ouvert, puis ceux qu'il contient."""
    clock.check()
    owner = os.fstat(handle).st_uid
    for name in sorted(os.listdir(handle), key=os.fsencode):
        path = where + (name,)
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        kind = nature(status.st_mode)
        # Un lien dur vers le fichier d'un autre : l'étudiant ne pouvait peut-être pas le lire lui-même.
        if kind == "file" and status.st_nlink > 1 and status.st_uid != owner:
            kind = "hardlink"
        if kind != "folder":
            add_file(tree, handle, path, kind)
        else:
            enter(tree, handle, path, clock)


def enter(tree, handle, path, clock):
    """Entre dans un sous-dossier, s'il n'est ni caché ni trop profond."""
    tree.add(path, "folder")
    if tree.is_hidden(path):
        return
    if len(path) >= limits.DEPTH:
        tree.remark(f"Des dossiers imbriqués au-delà de {limits.DEPTH} niveaux n'ont pas été lus")
        return
    inner = os.open(path[-1], FOLDER, dir_fd=handle)
    try:
        walk(tree, inner, path, clock)
    finally:
        os.close(inner)


def add_file(tree, handle, path, kind):
    """Ajoute une entrée qui n'est pas un dossier, avec son contenu s'il le faut."""
    if kind != "file" or not tree.keeps(path):
        tree.add(path, kind)
        return
    file = os.open(path[-1], FILE, dir_fd=handle)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            tree.add(path, nature(status.st_mode))
        elif status.st_size > limits.SOURCE:
            tree.add(path, "large")
        else:
            tree.add(path, "file", read_all(file))
    finally:
        os.close(file)


def read_all(file):
    """Le contenu d'un fichier ouvert, jusqu'à la borne d'une source."""
    pieces, size = [], 0
    while size <= limits.SOURCE:
        piece = os.read(file, limits.SOURCE + 1 - size)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def open_archive(path):
    """Ouvre une archive, sans suivre de lien ; elle est lue en entier, bornée."""
    if os.lstat(path).st_size > limits.ARCHIVE:
        raise limits.TooMuch(f"elle dépasse {limits.ARCHIVE >> 20} Mio")
    return read_file(path, limits.ARCHIVE + 1)


def read_file(path, most):
    """Les premiers octets d'un fichier, sans suivre de lien."""
    file = os.open(path, FILE)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise limits.TooMuch("ce n'est pas un fichier ordinaire")
        with os.fdopen(os.dup(file), "rb") as stream:
            return stream.read(most)
    finally:
        os.close(file)


def add_loose(tree, path, name):
    """Ajoute un seul fichier, sous le nom que son auteur lui avait donné."""
    folder = os.open(os.path.dirname(path) or ".", FOLDER)
    try:
        status = os.stat(os.path.basename(path), dir_fd=folder, follow_symlinks=False)
        kind = nature(status.st_mode)
        if kind != "file" or not tree.keeps((name,)):
            tree.add((name,), kind)
        elif status.st_size > limits.SOURCE:
            tree.add((name,), "large")
        else:
            tree.add((name,), "file", read_file(path, limits.SOURCE + 1))
    finally:
        os.close(folder)


def inner_archive(root, path):
    """Le contenu d'une archive trouvée dans un dossier : aucun nom du chemin ne peut être un lien."""
    handle = os.open(root, FOLDER)
    try:
        for name in path[:-1]:
            inner = os.open(name, FOLDER, dir_fd=handle)
            os.close(handle)
            handle = inner
        return open_archive(os.path.join(f"/proc/self/fd/{handle}", path[-1]))
    finally:
        os.close(handle)

"""Écrire un fichier d'un coup : qui le lit, ou qui est tué en l'écrivant, n'en laisse jamais la moitié."""

import json
import os

DRAFT = ".brouillon."


def write_bytes(path, data):
    """Écrit, force sur le disque le fichier puis le dossier, et seulement alors prend le nom définitif."""
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f"{DRAFT}{name}.{os.getpid()}")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        if os.path.lexists(draft):
            os.unlink(draft)
        raise
    handle = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path, value):
    """Écrit une valeur en JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_bytes(path, text.encode("utf-8", "replace") + b"\n")


def read_json(path):
    """Lit un fichier JSON ; None s'il manque ou n'est pas lisible."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def sweep_drafts(folder):
    """Efface ce que des écritures tuées ont laissé."""
    for name in os.listdir(folder):
        if name.startswith(DRAFT):
            os.unlink(os.path.join(folder, name))

"""Écrire d'un coup, et ranger : qui lit un fichier n'en voit jamais la moitié, ni un reste d'hier.

Ces fichiers se refont des résultats à chaque fois : rien ne les force sur le disque, à la différence d'atomic.py.
"""

import json
import os

STUDENTS = "etudiants"


def put(text, *path):
    """Écrit ce texte en UTF-8 ; le dossier est fait s'il manque. None efface le fichier, s'il y est."""
    path = os.path.join(*map(str, path))
    if text is not None:
        put_bytes(text.encode("utf-8", "backslashreplace"), path)
    elif os.path.exists(path):
        os.remove(path)


def put_bytes(data, path):
    """Écrit ces octets d'un coup."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    with open(draft, "wb") as file:
        file.write(data)
    os.replace(draft, path)


def as_json(value):
    """Une valeur en JSON et en ASCII : aucun lecteur ne peut s'y tromper d'encodage."""
    return None if value is None else json.dumps(value, indent=1) + "\n"


def put_student(text, out, item, name):
    """Écrit un fichier dans le dossier d'un étudiant."""
    put(text, out, STUDENTS, item["id"], name)


def leftovers(items, out, name):
    """Efface ce fichier chez qui n'est plus de la classe, ou a changé de nom : il montrerait une note d'avant."""
    root = os.path.join(str(out), STUDENTS)
    kept = {item["id"] for item in items}
    for entry in os.listdir(root) if os.path.isdir(root) else ():
        if entry not in kept:
            put(None, root, entry, name)
            if os.path.isdir(os.path.join(root, entry)) and not os.listdir(os.path.join(root, entry)):
                os.rmdir(os.path.join(root, entry))

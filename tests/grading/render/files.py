"""Écrire d'un coup, et ranger : qui lit un fichier n'en voit jamais la moitié, ni un reste d'hier."""

import hashlib
import json
import os
import re
import unicodedata

STUDENTS = "etudiants"


def put(text, *path):
    """Écrit ce texte en UTF-8 ; le dossier est fait s'il manque. None efface le fichier, s'il y est."""
    path = os.path.join(*map(str, path))
    if text is None:
        if os.path.exists(path):
            os.remove(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(text)
    os.replace(draft, path)


def put_json(value, *path):
    """Écrit une valeur en JSON, en ASCII : aucun lecteur ne peut s'y tromper d'encodage."""
    put(None if value is None else json.dumps(value, indent=1) + "\n", *path)


def folder(item):
    """Le dossier d'un étudiant. Sous un alias, il est fait de l'alias : l'identifiant dirait le nom."""
    if item["display_name"] == item["name"]:
        return item["id"]
    plain = unicodedata.normalize("NFKD", item["display_name"]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "anonyme"
    return f"{slug}-{hashlib.sha256(item['id'].encode()).hexdigest()[:8]}"


def put_student(text, out, item, name):
    """Écrit un fichier dans le dossier d'un étudiant."""
    put(text, out, STUDENTS, folder(item), name)


def leftovers(items, out, name):
    """Efface ce fichier chez qui n'est plus de la classe, ou a changé de nom : il montrerait une note d'avant."""
    root = os.path.join(str(out), STUDENTS)
    kept = {folder(item) for item in items}
    for entry in os.listdir(root) if os.path.isdir(root) else ():
        if entry not in kept:
            put(None, root, entry, name)
            if os.path.isdir(os.path.join(root, entry)) and not os.listdir(os.path.join(root, entry)):
                os.rmdir(os.path.join(root, entry))

"""Des noms que l'on peut montrer, et des identifiants que rien ne peut confondre.

Un dossier s'appelle comme l'étudiant l'a voulu : retours à la ligne, guillemets, octets qui ne sont pas de
l'UTF-8… Son nom n'est jamais une commande ni un chemin de sortie ; seul l'identifiant sert à écrire des fichiers.
"""

import collections
import hashlib
import os
import re
import unicodedata

ARCHIVES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".txz", ".tar", ".zip")
UNREAD = (".rar", ".7z", ".gz", ".bz2", ".xz", ".zst", ".c")
# Moodle nomme ainsi chaque dépôt : « Nom Prénom_12345_assignsubmission_file ».
MOODLE = re.compile(r"^(.+?)_(\d+)_assignsubmission_(?:file|onlinetext)_?(.*)$", re.S)
LONGEST_SLUG = 40


def visible(text):
    """Le texte en UTF-8 correct, sans caractère de contrôle ; ce qui ne peut être montré devient \\xHH."""
    shown = []
    for character in unicodedata.normalize("NFC", text):
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            shown.append(f"\\x{code - 0xDC00:02X}")
        elif character.isprintable():
            shown.append(character)
        else:
            shown.append("".join(f"\\x{byte:02X}" for byte in character.encode("utf-8", "surrogatepass")))
    return "".join(shown)


def archive_suffix(name):
    """La fin du nom qui fait de ce fichier une archive lisible, ou rien."""
    lowered = name.lower()
    return next((name[-len(suffix):] for suffix in ARCHIVES if lowered.endswith(suffix)), "")


def stem(name):
    """Le nom sans ce qui dit que c'est une archive."""
    suffix = archive_suffix(name)
    return name[:-len(suffix)] if suffix and len(suffix) < len(name) else name


def person(name):
    """(nom de la personne, numéro Moodle ou rien) d'après le nom de son dossier ou de son archive."""
    exported = MOODLE.match(name)
    if exported:
        return exported.group(1), exported.group(2)
    return stem(name), ""


def slug(text):
    """Un nom de fichier sûr : lettres sans accent, chiffres, tirets."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-") or "sans-nom"


def identify(names):
    """Un identifiant unique et stable pour chaque nom de dossier : {nom: identifiant}."""
    identifiers, taken = {}, set()
    for name in sorted(set(names), key=os.fsencode):
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()
        length = 6
        while f"{slug(person(name)[0])}-{digest[:length]}" in taken:
            length += 2
        identifiers[name] = f"{slug(person(name)[0])}-{digest[:length]}"
        taken.add(identifiers[name])
    return identifiers


def display_names(names):
    """Le nom à montrer pour chacun. Des homonymes gardent leur nom entier, et un numéro s'il le faut encore."""
    short = {name: visible(person(name)[0]) for name in names}
    counts = collections.Counter(short.values())
    shown = {name: text if counts[text] == 1 else visible(name) for name, text in short.items()}
    seen = collections.Counter()
    for name in sorted(shown, key=os.fsencode):
        text = shown[name]
        seen[text] += 1
        if seen[text] > 1:
            shown[name] = f"{text} ({seen[text]})"
    return shown

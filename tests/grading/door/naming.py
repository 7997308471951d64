"""Des noms que l'on peut montrer, et des identifiants que rien ne peut confondre.

Un dossier s'appelle comme l'étudiant l'a voulu : retours à la ligne, guillemets, octets qui ne sont pas de
l'UTF-8… Son nom n'est jamais une commande ni un chemin de sortie ; seul l'identifiant sert à écrire des fichiers.
"""

import collections
import hashlib
import os
import re
import unicodedata

ARCHIVES = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz2", ".txz", ".tzst", ".tar", ".zip", ".7z", ".rar")
UNREAD = (".gz", ".bz2", ".xz", ".zst", ".lz", ".lz4", ".lzma", ".z", ".cab", ".arj", ".cpio", ".bundle", ".c")
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


def plain(text):
    """Le texte en minuscules, sans accent."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()


def slug(text):
    """Un nom de fichier sûr : lettres sans accent, chiffres, tirets."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text))[:LONGEST_SLUG].strip("-") or "sans-nom"


def identify(people):
    """Un identifiant unique et stable pour chacun : {clef: nom} rend {clef: identifiant}. Il ne dépend que d'eux."""
    identifiers, taken = {}, set()
    for key in sorted(people, key=os.fsencode):
        digest = hashlib.sha256(os.fsencode(key)).hexdigest()
        length = 6
        while f"{slug(people[key])}-{digest[:length]}" in taken:
            length += 2
        identifiers[key] = f"{slug(people[key])}-{digest[:length]}"
        taken.add(identifiers[key])
    return identifiers


def display_names(people):
    """Le nom à montrer pour chacun : {clef: (nom, ce qui le distingue d'un homonyme)} rend {clef: nom}."""
    short = {key: visible(name) for key, (name, _) in people.items()}
    counts = collections.Counter(short.values())
    shown = {key: text if counts[text] == 1 else f"{text} ({visible(people[key][1])})" for key, text in short.items()}
    seen = collections.Counter()
    for key in sorted(shown, key=os.fsencode):
        text = shown[key]
        seen[text] += 1
        if seen[text] > 1:
            shown[key] = f"{text} ({seen[text]})"
    return shown

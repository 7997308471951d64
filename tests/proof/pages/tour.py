"""Ce que les textes disent du code, et qui doit rester vrai : le code cité, et la place de chaque fichier du juge."""
import os
import re

LIBRARY = "tests/judge/library"
# « … (`fichier:nom`) : », puis un bloc : c'est une citation, à la lettre.
QUOTE = re.compile(r"\(`([\w./-]+):\w+`\) :\n\n```\w*\n(.*?)^```$", re.S | re.M)
# Le tableau où chaque fichier du juge a sa ligne.
TOUR, PLACE = "docs/visite.md", "{#visite-ordre}"


def check_quotes(path, text):
    """Les citations qui ne sont plus ce que dit le fichier."""
    for found in QUOTE.finditer(text):
        source, quoted = found.groups()
        with open(source, encoding="utf-8") as file:
            if quoted not in file.read():
                yield "%s:%d: la citation de %s n'est plus la sienne" % (path, text.count("\n", 0, found.start()) + 1, source)


def library_files():
    """Les fichiers de la bibliothèque, avec leur pièce."""
    return sorted(os.path.relpath(os.path.join(folder, name), LIBRARY) for folder, _, names in os.walk(LIBRARY)
                  for name in names if name.endswith((".c", ".h")))


def named(word, files):
    """Les fichiers que nomme ce mot du tableau : un dossier, un fichier, ou un en-tête et sa source."""
    if word.endswith("/"):
        return [name for name in files if name.startswith(word)]
    return [name for name in files if word in (os.path.basename(name), os.path.splitext(os.path.basename(name))[0])]


def check_places(text):
    """Chaque fichier du juge est nommé une fois dans le tableau, qui n'en nomme pas d'autre."""
    table = text[text.index(PLACE):].split("\n\n## ")[0]
    files, seen = library_files(), []
    for row in re.findall(r"^\|.*\|([^|\n]*)\|$", table, re.M):
        for word in re.findall(r"`([^`]+)`", row):
            found = named(word, files)
            seen += found
            if not found:
                yield "%s : « %s » n'est pas dans %s" % (TOUR, word, LIBRARY)
    for name in files:
        if seen.count(name) != 1:
            yield "%s : %s/%s est nommé %d fois dans le tableau de %s" % (TOUR, LIBRARY, name, seen.count(name), PLACE)


def check(path):
    """Tout ce qu'un texte dit de faux du code."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    yield from check_quotes(path, text)
    if path == TOUR:
        yield from check_places(text)

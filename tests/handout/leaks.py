"""Chercher les corrigés dans ce qui est remis.

Une ligne d'un corrigé est cherchée sans ses espaces, dans chaque fichier sans les siens : ni une mise en page, ni une
coupure de ligne ne la cachent. Le code et le commentaire d'une ligne sont cherchés chacun de son côté. Sont cherchées
toutes les lignes du corps de chaque fonction, sauf :
- celles que l'étudiant reçoit déjà, dans labs/ ou dans common/ ;
- les banales : moins de vingt signes sans les espaces, ou moins de deux noms qui ne sont ni des mots du C ni des
  types ordinaires (« } », « return -1; », « int error = errno; ») ; tout programme correct en a.
Les notes des corrigés sont cherchées de même, ligne par ligne.
"""

import functools
import pathlib
import re

from tests.handout import csource

SHORTEST, LEAST_NAMES, SHORTEST_NOTE = 20, 2, 40
COMMON_WORDS = set("""auto bool break case char const continue default do double else enum extern false float for goto
if inline int long register return short signed sizeof static struct switch true typedef union unsigned void volatile
while NULL size_t ssize_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t errno""".split())
BETWEEN_WORDS, SPACES = re.compile(r"(?<=\w)\s+(?=\w)"), re.compile(r"(?<!\w)\s+|\s+(?!\w)")


def squeeze(text):
    """Le texte sans espaces, sauf un entre deux mots ; une apostrophe courbe (apostrophes.py) est une apostrophe."""
    text = text.replace("’", "'")
    return BETWEEN_WORDS.sub(" ", SPACES.sub("", text))


def bodies(text):
    """Les corps des fonctions d'une source, à la suite."""
    code = csource.without_directives(csource.blank(text))
    found, depth, start = [], 0, 0
    for position, character in enumerate(code):
        if character == "{":
            start = position + 1 if depth == 0 else start
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append(text[start:position])
    return "\n".join(found)


def halves(line):
    """Le code d'une ligne, et son commentaire."""
    code, _, comment = line.partition("//")
    return squeeze(code), squeeze(comment)


def is_trivial(line):
    """Une ligne de code que tout programme peut avoir."""
    code = line.partition("//")[0]
    names = set(re.findall(r"[A-Za-z_]\w*", re.sub(r'"(?:\\.|[^"\\])*"', '""', code))) - COMMON_WORDS
    return len(squeeze(code)) < SHORTEST or len(names) < LEAST_NAMES


@functools.lru_cache(maxsize=1)
def lines_of_solutions():
    """{ligne sans espaces: où elle est} pour tout ce qui doit rester secret."""
    given = squeeze("".join(path.read_text(encoding="utf-8") for top in ("labs", "common")
                            for path in sorted(pathlib.Path(top).rglob("*.[ch]"))))
    secrets = {}
    for path in sorted(pathlib.Path("solutions").glob("*/*.c")):
        for line in bodies(path.read_text(encoding="utf-8")).split("\n"):
            code, comment = halves(line)
            if not is_trivial(line) and code not in given:
                secrets[code] = path
            if len(comment) >= SHORTEST and comment not in given:
                secrets[comment] = path
    secrets.update(lines_of_notes())
    return secrets


def lines_of_notes():
    """Les lignes des corrigés commentés, sauf celles que l'énoncé a aussi."""
    given = squeeze("".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path("labs").glob("*/*.md"))))
    for path in sorted(pathlib.Path("solutions").glob("*/*.md")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            text = squeeze(line)
            if len(text) >= SHORTEST_NOTE and set(text) - set("|-: ") and text not in given:
                yield text, path


def search(members):
    """Ce que ces fichiers ({nom: octets}) disent des corrigés."""
    secrets = lines_of_solutions()
    found = []
    for name, content in sorted(members.items()):
        text = squeeze(content.decode("utf-8", "surrogateescape"))
        found += [f"{name} contient une ligne de {path} : {line}" for line, path in secrets.items() if holds(text, line)]
    return found


def holds(text, line):
    """Cette ligne est-elle dans ce texte, et non seulement la fin d'un mot plus long ?"""
    at = text.find(line)
    while at > 0 and re.match(r"\w\w", text[at - 1:at + 1]):
        at = text.find(line, at + 1)
    return at >= 0

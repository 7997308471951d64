"""Lit juste assez de C pour comparer deux sources : les fonctions, leurs signatures, leurs en-têtes Doxygen."""

import re

TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
DEFINITION = re.compile(r"^(?P<signature>[A-Za-z_][\w \t*]*?\b(?P<name>[A-Za-z_]\w*)\s*\([^;{}]*\))\s*$", re.S)
NOT_FUNCTIONS = {"if", "while", "for", "switch", "return", "sizeof"}


def blank(text):
    """Le texte où commentaires et chaînes sont des blancs : les positions ne changent pas."""
    def erase(match):
        return re.sub(r"[^\n]", " ", match.group())
    return TOKEN.sub(erase, text)


def without_directives(code):
    """Le texte où chaque directive du préprocesseur est un blanc."""
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda match: re.sub(r"[^\n]", " ", match.group()), code, flags=re.M)


def squeeze(text):
    """Le texte sans différence d'espaces."""
    return " ".join(text.split())


def functions(text):
    """{nom: (signature, en-tête Doxygen)} pour chaque fonction définie au premier niveau."""
    code = without_directives(blank(text))
    found, depth, start = {}, 0, 0
    for position, character in enumerate(code):
        if character == "{":
            if depth == 0:
                note(found, text, code, start, position)
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                start = position + 1
        elif character == ";" and depth == 0:
            start = position + 1
    return found


def note(found, text, code, start, position):
    """Retient la fonction dont le corps s'ouvre à cette position, s'il y en a une."""
    match = DEFINITION.match(code[start:position].strip())
    if match and match["name"] not in NOT_FUNCTIONS:
        found[match["name"]] = (squeeze(match["signature"]), header(text[start:position]))


def header(text):
    """Le dernier commentaire Doxygen avant la fonction."""
    blocks = re.findall(r"/\*\*.*?\*/", text, re.S)
    return squeeze(blocks[-1]) if blocks else ""

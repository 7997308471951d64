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
    return {name: (signature, head) for name, signature, head, _, _ in definitions(text)}


def spans(text):
    """{nom: (première ligne, dernière ligne)} de chaque fonction, avec les commentaires qui la touchent."""
    lines, found = text.split("\n"), {}
    for name, _, _, start, end in definitions(text):
        first = text.count("\n", 0, start)
        while first and lines[first - 1].strip():
            first -= 1
        found[name] = first + 1, text.count("\n", 0, end) + 1
    return found


def definitions(text):
    """Chaque fonction définie au premier niveau : nom, signature, en-tête Doxygen, où elle commence et finit."""
    code = without_directives(blank(text))
    depth = start = opened = 0
    for position, character in enumerate(code):
        if character == "{":
            opened = position if depth == 0 else opened
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                before = code[start:opened]
                match = DEFINITION.match(before.strip())
                if match and match["name"] not in NOT_FUNCTIONS:
                    begin = start + len(before) - len(before.lstrip())
                    yield match["name"], squeeze(match["signature"]), header(text[start:opened]), begin, position
                start = position + 1
        elif character == ";" and depth == 0:
            start = position + 1


def header(text):
    """Le dernier commentaire Doxygen avant la fonction."""
    blocks = re.findall(r"/\*\*.*?\*/", text, re.S)
    return squeeze(blocks[-1]) if blocks else ""

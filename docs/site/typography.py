"""La typographie du français : un signe double ne commence jamais une ligne, et l'apostrophe est courbe."""
import re

from docs.site.dom import Node

VERBATIM = frozenset(("code", "pre", "script", "style", "svg", "kbd"))
WIDE, THIN = "\u00a0", "\u202f"
RULES = (
    (re.compile(r"(?<=\w)'(?=\w|\Z)"), "’"),
    (re.compile(r" (?=[;?!](?![\w=&|]))"), THIN),
    (re.compile(r" (?=:(?!:))"), WIDE),
    (re.compile(r"« "), "«" + WIDE),
    (re.compile(r" »"), WIDE + "»"),
    (re.compile(r" (?=[–—%])"), WIDE),
    (re.compile(r"(?<=\b[Ll]ab) (?=\d)|(?<=\b[ÉEé]tape) (?=\d)"), WIDE),
    (re.compile(r"(?<=\d) (?=\d{3}\b|ms\b|s\b|octets?\b|points?\b|secondes?\b)"), WIDE),
)


def set_type(node):
    """Met les espaces insécables et les apostrophes là où l'usage les veut, sauf dans le code."""
    if node.tag in VERBATIM:
        return
    for index, child in enumerate(node.children):
        if isinstance(child, Node):
            set_type(child)
            continue
        for pattern, space in RULES:
            child = pattern.sub(space, child)
        # Le signe suit parfois un élément : « <code>recv</code> : ».
        if index and child[:2] in (" :", " ;", " ?", " !", " »"):
            child = (WIDE if child[1] in ":»" else THIN) + child[1:]
        node.children[index] = child

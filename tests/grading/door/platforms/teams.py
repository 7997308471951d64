"""Teams : le dossier d'un devoir a ce qui est remis (« Submitted files ») et ce qui est en cours (« Working files »).

Dans l'un et l'autre, un dossier par personne, un par devoir, et « Version 1 », « Version 2 »… (tree.py garde la dernière).
"""

import re

NAME = "Teams"
HANDED = re.compile(r"submitted files|fichiers (?:envoyés|soumis|remis)|travaux (?:remis|envoyés)|(?:übermittelte|abgegebene|eingereichte) dateien|"
                    r"archivos (?:enviados|entregados)|file (?:inviati|consegnati)|(?:ficheiros|arquivos) (?:enviados|submetidos)", re.I)
DRAFTS = re.compile(r"working files|fichiers de travail|travaux en cours|arbeitsdateien|archivos de trabajo|file di lavoro|"
                    r"(?:ficheiros|arquivos) de trabalho", re.I)


def handed_in(nodes):
    """(les entrées sans les brouillons, les brouillons), quand ce qui est remis est à côté."""
    if not any(map(is_handed, nodes)):
        return nodes, []
    drafts = [node for node in nodes if DRAFTS.fullmatch(node.name)]
    return [node for node in nodes if node not in drafts], drafts


def is_handed(node):
    """Ce dossier est-il celui de ce qui est remis ?"""
    return bool(HANDED.fullmatch(node.name))

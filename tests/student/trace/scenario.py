"""Lire tests/NN/trace.txt : ce que les acteurs font, une action par ligne.

    client 1 arrive               lance ce client
    client 1 tape TEXTE           tape une ligne à son clavier
    client 1 finit                ferme son clavier (Ctrl-D), et attend qu'il parte
    client 1 demande TEXTE        lance ce client avec TEXTE en argument, et attend qu'il parte (UDP)
    le relais perd la réponse N   les clients passent par un relais, qui jette la Nᵉ réponse du serveur

Les lignes vides et celles qui commencent par « # » ne disent rien.
"""

import collections
import re

Action = collections.namedtuple("Action", "verb actor text")
CLIENT = re.compile(r"(client(?: \d+)?) (?:(arrive|finit)|(tape|demande) (.*))")
RELAY = re.compile(r"le relais perd la réponse (\d+)")


class Unreadable(ValueError):
    """Une ligne de la scène n'est pas une action connue."""


def parse(text):
    """Les actions d'une scène."""
    actions = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        client, relay = CLIENT.fullmatch(line), RELAY.fullmatch(line)
        if client:
            actions.append(Action(client.group(2) or client.group(3), client.group(1), client.group(4) or ""))
        elif relay:
            actions.append(Action("perd", "relais", relay.group(1)))
        else:
            raise Unreadable(f"ligne {number} : « {line} » n'est pas une action connue")
    return actions

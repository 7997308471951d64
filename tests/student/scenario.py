"""Lire la scène d'un lab, tests/NN/scene.txt, que jouent « make demo » et « make trace » : une action par ligne.

    client 1 arrive               lance ce client ; celui qui écoute l'est déjà
    client 1 tape TEXTE           tape une ligne à son clavier
    client 1 finit                ferme son clavier (Ctrl-D), et attend qu'il parte
    client 1 demande TEXTE        lance ce client avec TEXTE en argument, et attend qu'il parte (UDP)
    le relais perd la réponse N   les clients passent par un relais, qui jette la Nᵉ réponse du serveur

« client » est le nom d'un des programmes du lab ; si le lab n'en a qu'un, qui écoute, nous jouons ses clients. Les lignes
vides et celles qui commencent par « # » ne disent rien. Un lab sans scène a celle de tout le monde (USUAL).
"""

import collections
import pathlib
import re

from tests.judge.command.lab_reader import Malformed

Action = collections.namedtuple("Action", "verb actor text")
ACTOR = re.compile(r"((\w+)(?: \d+)?) (?:(arrive|finit)|(tape|demande) (.*))")
RELAY = re.compile(r"le relais perd la réponse (\d+)")
EXPECTED = "« client 1 arrive », « client 1 tape TEXTE », « client 1 finit », « client 1 demande TEXTE » ou « le relais perd la réponse N »"
USUAL = {"tcp": "{0} 1 arrive\n{0} 1 tape bonjour\n{0} 1 finit\n", "udp": "{0} 1 demande bonjour\n"}


def clients(lab):
    """Les noms de ceux qui peuvent entrer en scène."""
    return [program for program in lab.programs if program != lab.server] or ["client"]


def read_line(line, lab):
    """L'action que dit cette ligne."""
    found, relay = ACTOR.fullmatch(line), RELAY.fullmatch(line)
    if relay and lab.protocol == "udp":
        return Action("perd", "relais", relay[1])
    if found and found[2] in clients(lab):
        return Action(found[3] or found[4], found[1], found[5] or "")
    if found:
        raise Malformed(f"« {found[2]} » n'est pas un programme qui entre en scène ; attendu : {' ou '.join(clients(lab))}")
    raise Malformed(f"« {line} » n'est pas une action ; attendu : {EXPECTED}"
                     + (" ; le relais est pour UDP (PROTOCOL := udp dans lab.mk)" if relay else ""))


def load(lab):
    """Les actions de la scène d'un lab."""
    path, actions = pathlib.Path("tests", lab.name, "scene.txt"), []
    text = path.read_text(encoding="utf-8") if path.is_file() else "".join(map(USUAL[lab.protocol].format, clients(lab)))
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            actions.append(read_line(line, lab))
        except Malformed as reason:
            raise Malformed(f"{path}:{number} : {reason}") from None
    return actions

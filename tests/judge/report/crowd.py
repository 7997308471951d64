"""Une foule qui fait le même geste se lit en une ligne : « clients 1 à 200 → se connectent… »."""

import re

NUMBERED = re.compile(r"(.*\D)(\d+)")
# En dessous, chacun garde sa ligne.
CROWD = 4
# Les gestes d'un correspondant (tests/judge/library/talk/peer.c et peer_socket.c), reconnus à leur début.
PLURALS = {
    "se connecte à ": "se connectent à ", "envoie ": "envoient ", "reçoit ": "reçoivent ",
    "cesse de lire": "cessent de lire", "recommence à lire": "recommencent à lire",
    "ferme la connexion": "ferment la connexion", "ferme son sens d'envoi": "ferment leur sens d'envoi",
    "coupe la connexion": "coupent la connexion",
}
# « client muet » a deux mots à mettre au pluriel ; « client au milieu d'une ligne », un seul.
NAME = re.compile(r"((?:\w+ )+?)((?:au|à|qui|de|du) .*)?")


def gathered(transcript):
    """Le même récit, où chaque suite de gestes semblables d'acteurs numérotés n'est plus qu'un événement."""
    told, start = [], 0
    while start < len(transcript):
        end = start + 1
        while end < len(transcript) and is_like(transcript[start], transcript[end]):
            end += 1
        told += [together(transcript[start:end])] if end - start >= CROWD else transcript[start:end]
        start = end
    return told


def is_like(one, other):
    """Le même geste, par deux acteurs que seul leur numéro distingue."""
    first, second = NUMBERED.fullmatch(one["actor"]), NUMBERED.fullmatch(other["actor"])
    return bool(first and second) and first.group(1) == second.group(1) and first.group(2) != second.group(2) \
        and (one["verb"], one["text"]) == (other["verb"], other["text"])


def together(gestures):
    """Un seul événement pour tous : au pluriel, et les numéros dans l'ordre."""
    name = NUMBERED.fullmatch(gestures[0]["actor"]).group(1)
    numbers = {int(NUMBERED.fullmatch(gesture["actor"]).group(2)) for gesture in gestures}
    return {**gestures[0], "actor": plural(name) + spans(sorted(numbers)), "text": plural_gesture(gestures[0]["text"])}


def plural(name):
    """« client muet » devient « clients muets »."""
    match = NAME.fullmatch(name)
    if not match:
        return name
    return "".join(f"{word.removesuffix('s')}s " for word in match.group(1).split()) + (match.group(2) or "")


def plural_gesture(text):
    """« ferme la connexion » devient « ferment la connexion »."""
    for one, several in PLURALS.items():
        if text.startswith(one):
            return several + text[len(one):]
    return text


def spans(numbers):
    """[1, 2, 3, 7] devient « 1 à 3, 7 »."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} à {last}" for first, last in runs)

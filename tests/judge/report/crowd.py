"""Une foule qui fait le même geste se lit en une ligne, « clients 1 à 200 → se connectent… » ; et des lignes qui reviennent
se lisent une fois, qui que ce soit qui les dise."""

import re

NUMBERED = re.compile(r"(.*\D)(\d+)")
# Ce que le juge lui-même n'a pas gardé (tests/judge/library/base/transcript.c).
PASSED = re.compile(r"… (\d+) événements passés …")
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


# Un port, dans une adresse : d'un tour à l'autre, c'est souvent tout ce qui change.
PORT = re.compile(r"(?<=[\d\]]:)\d{2,5}\b")
# Le plus long tour que l'on reconnaît, et ce que plier doit épargner au moins.
LONGEST_ROUND = 8
LEAST_SPARED = 5


def folded(transcript):
    """Le même récit, où ce qui revient n'est dit qu'une fois, suivi de « spared » : combien de lignes, combien de fois."""
    shapes = [shape(entry) for entry in transcript]
    told, start = [], 0
    while start < len(transcript):
        length, times = longest_round(shapes, start)
        if length * (times - 1) < LEAST_SPARED:
            length, times = 1, 1
        told += transcript[start:start + length]
        start += length * times
        if times > 1:
            told.append({**transcript[start - 1], "spared": (length, times - 1)})
    return told


def longest_round(shapes, start):
    """(lignes, tours) de ce qui se répète à partir d'ici, et en couvre le plus."""
    rounds = [(length, repeats(shapes, start, length)) for length in range(1, LONGEST_ROUND + 1)]
    return max(rounds, key=lambda found: (found[0] * (found[1] - 1), -found[0]))


def repeats(shapes, start, length):
    times, first = 1, shapes[start:start + length]
    while len(first) == length and shapes[start + times * length:start + (times + 1) * length] == first:
        times += 1
    return times


def shape(entry):
    """Ce qui est dit, et par qui, à un numéro et à un port près."""
    name = NUMBERED.fullmatch(entry["actor"])
    return name.group(1) if name else entry["actor"], entry["verb"], PORT.sub("…", entry["text"])


def weight(entry):
    """Combien de lignes un événement représente : une, ou toutes celles qu'il résume."""
    passed = PASSED.fullmatch(entry["text"])
    length, times = entry.get("spared", (1, 1))
    return int(passed.group(1)) if passed else length * times


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

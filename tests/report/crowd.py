"""Une foule qui fait le même geste se lit en une ligne : « client 1 à 200 → se connecte… »."""

import re

NUMBERED = re.compile(r"(.*\D)(\d+)")
# En dessous, chacun garde sa ligne.
CROWD = 4


def gathered(transcript):
    """Le même récit, où chaque suite de gestes semblables d'acteurs numérotés n'est plus qu'un événement."""
    told, start = [], 0
    while start < len(transcript):
        end = start + 1
        while end < len(transcript) and is_like(transcript[start], transcript[end]):
            end += 1
        if end - start >= CROWD:
            last = NUMBERED.fullmatch(transcript[end - 1]["actor"]).group(2)
            told.append({**transcript[start], "actor": f"{transcript[start]['actor']} à {last}"})
        else:
            told += transcript[start:end]
        start = end
    return told


def is_like(one, other):
    """Le même geste, par deux acteurs que seul leur numéro distingue."""
    first, second = NUMBERED.fullmatch(one["actor"]), NUMBERED.fullmatch(other["actor"])
    return bool(first and second) and first.group(1) == second.group(1) and first.group(2) != second.group(2) \
        and (one["verb"], one["text"]) == (other["verb"], other["text"])

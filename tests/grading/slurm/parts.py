"""Comment la classe est coupée en parts, une par travail du tableau.

Une part dure une minute ou plus, pour que soumettre, attendre et démarrer comptent peu ; mais il y a du travail pour
tous les cœurs, et jamais plus de parts que Slurm n'accepte de travaux dans un tableau.
"""

import math

# Démarrer un travail coûte une à deux secondes : sur une minute, c'est peu.
LONG_ENOUGH = 60.0


def size_of(count, seconds, workers, largest):
    """Combien de rendus par part, quand un rendu demande ce temps et que tant de cœurs travaillent de front."""
    worth = math.ceil(LONG_ENOUGH / max(seconds, 0.001))
    shared = math.ceil(count / max(workers, 1))
    return max(1, min(worth, shared), math.ceil(count / max(largest, 1)))


def cut(ids, alone, size, largest):
    """Coupe : ceux de « alone » ont chacun leur part, tant qu'il y a de la place ; les autres sont répartis."""
    single = [[identifier] for identifier in ids if identifier in alone][:largest // 2]
    kept = {identifier for part in single for identifier in part}
    others = [identifier for identifier in ids if identifier not in kept]
    count = min(math.ceil(len(others) / size), largest - len(single))
    # Un sur « count » : deux voisins de liste, souvent deux travaux qui se ressemblent, ne sont pas ensemble.
    return single + [others[number::count] for number in range(count)]

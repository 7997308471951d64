"""Les tests réservés (tests/NN/private/) : ce qu'un étudiant peut en lire, c'est une catégorie et des points.

Tout ce qui est écrit pour un étudiant passe par hide() ; le fichier de résultats du juge, lui, garde tout.
REVEAL=1, dans l'environnement, dit que l'enseignant a choisi de les montrer.
"""

import os

STEP_TITLE = "Tests réservés"


def revealed():
    """L'enseignant a-t-il demandé que tout soit montré ?"""
    return os.environ.get("REVEAL", "") == "1"


def is_private(test):
    """Ce test vient-il d'un dossier private ?"""
    return bool(test.get("private"))


def hide(run):
    """Les mêmes résultats, les tests réservés réduits à une catégorie et des points, dans une étape à eux."""
    if not any(map(is_private, run["tests"])):
        return run
    names = {test["name"]: public_name(test, position)
             for position, test in enumerate(run["tests"], 1) if is_private(test)}
    step = max([0, *(step["number"] for step in run["steps"])]) + 1
    public = [test for test in run["tests"] if not is_private(test)]
    masked = [mask(test, names[test["name"]], step) for test in run["tests"] if is_private(test)]
    return {**run, "problems": [mask_problem(problem, names) for problem in run["problems"]],
            "steps": run["steps"] + [{"number": step, "title": STEP_TITLE, "private": True}],
            "tests": [mask_needs(test, names) for test in public] + masked}


def show(run):
    """Ce qui peut être écrit maintenant : tout si REVEAL=1, sinon ce que hide() laisse."""
    return run if revealed() else hide(run)


def public_name(test, position):
    """Un nom qui ne dit rien, le même d'une fois à l'autre."""
    return f"test réservé {test.get('rank', position)}"


def mask(test, name, step):
    """Un test réservé, sans rien de ce qu'il demande. On choisit ce qui reste : un champ nouveau ne fuit pas."""
    return {"private": True, "category": test.get("category") or "réservé", "rank": test.get("rank"),
            "name": name, "title": f"{name} ({test.get('category') or 'réservé'})", "step": step, "points": test["points"], "optional": test.get("optional", False), "status": test["status"],
            "defects": [], "needs": [], "reason": None, "duration_ms": 0, "failure": None, "transcript": []}


def mask_problem(problem, names):
    """Un ennui du juge commence par le nom du test où il l'a eu."""
    private = names.get(problem.partition(" : ")[0])
    return f"{private} : le juge n'a pas pu le mener à bien" if private else problem


def mask_needs(test, names):
    """Un test public n'en demande pas un réservé ; s'il le faisait, il n'en dirait pas plus que les autres."""
    if not names.keys() & set(test["needs"]):
        return test
    return {**test, "needs": [need for need in test["needs"] if need not in names], "reason": None}

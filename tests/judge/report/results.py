"""Lit les résultats du juge : un fichier JSON par lab, et les remarques écrites à côté."""

import json
import os

from tests.judge.report import unwritten
from tests.judge.report.paint import visible

FORMAT = 1
# Ce qu'un échec explique des autres : ce qui reste à écrire, puis un débordement, une mort, une course entre threads.
WEIGHTS = {"unwritten": 0, "memory": 1, "death": 2, "race": 3}


class Unreadable(Exception):
    """Un fichier de résultats manque ou ne peut pas être lu : c'est un ennui du juge."""


def load(path):
    """Rend les résultats d'un lab, complétés de ses remarques."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            run = json.load(file)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} : {error}") from error
    if not isinstance(run, dict) or run.get("format") != FORMAT:
        raise Unreadable(f"{path} : ce format de résultats n'est pas connu")
    run["remarks"] = remarks_beside(path)
    run["borrowed"] = borrowed_beside(path)
    return clean(unwritten.mark(run, path))


def clean(value, lines=False):
    """La même valeur, ses textes sans caractère de contrôle. Le juge y a déjà veillé ; on n'en dépend pas."""
    if isinstance(value, str):
        return "\n".join(map(visible, value.expandtabs(8).split("\n"))) if lines else visible(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        # Le message d'un compilateur, et la liste des sources, tiennent sur plusieurs lignes.
        return {key: clean(item, key in ("message", "sources")) for key, item in value.items()}
    return value


def remarks_beside(path):
    """Ce que la collecte des sources a trouvé à dire (un en-tête modifié…)."""
    try:
        with open(os.path.join(os.path.dirname(path), "remarks.txt"), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def borrowed_beside(path):
    """[lab, fichier] : la source de l'étudiant que ce lab emprunte à un autre, ou []."""
    try:
        with open(os.path.join(os.path.dirname(path), "borrowed.txt"), encoding="utf-8") as file:
            return file.read().split()
    except OSError:
        return []


def log_beside(path):
    """Les derniers mots du juge, quand il n'a pas pu écrire ses résultats."""
    try:
        with open(os.path.join(os.path.dirname(path), "judge.log"), encoding="utf-8", errors="replace") as file:
            return " / ".join(file.read().splitlines()[-3:])
    except OSError:
        return ""


def by_weight(tests):
    """Ces tests : d'abord ceux dont l'échec explique les autres, puis dans le même ordre."""
    return sorted(tests, key=lambda test: WEIGHTS.get((test.get("failure") or {}).get("gravity"), len(WEIGHTS)))


def earned(run):
    """Points gagnés."""
    return sum(test["points"] for test in run["tests"] if test["status"] == "passed")


def available(run):
    """Points en jeu : un test que la machine ne permet pas ne compte pour personne ; un test facultatif (scale.py) ne coûte rien."""
    return sum(test["points"] for test in run["tests"] if test["status"] != "skipped" and not test.get("optional"))


def is_full(run):
    """Tous les points en jeu sont-ils gagnés ?"""
    return all(test["status"] in ("passed", "skipped") or test.get("optional") for test in run["tests"])


def out_of(run):
    """La note la plus haute : 20, ou ce qu'en dit le barème."""
    return run.get("out_of", 20)


def mark(run):
    """La note, sur out_of(run) ; ce qui est facultatif ne la fait pas dépasser."""
    total = available(run)
    return min(out_of(run), out_of(run) * earned(run) / total) if total else 0.0


def weights(runs):
    """Ce que compte chacun de ces labs dans l'ensemble ; leur somme est leur nombre."""
    told = [run.get("weight", 1.0) for run in runs]
    whole = sum(told)
    return [weight * len(told) / whole for weight in told] if whole else [1.0] * len(told)


def mean(runs):
    """La moyenne des notes, chaque lab à son poids."""
    return sum(weight * mark(run) for weight, run in zip(weights(runs), runs)) / len(runs)


def share(run):
    """Part faite : de ses points, ou de ses tests quand ils n'en valent aucun."""
    total = available(run)
    if total:
        return earned(run) / total
    return sum(test["status"] == "passed" for test in run["tests"]) / len(run["tests"]) if run["tests"] else 0.0


def score(run):
    """« 2,5 / 4 » ; « sans point » pour ce qui n'en vaut aucun, l'étape 0."""
    if all(test["points"] == 0 for test in run["tests"]):
        return "sans point"
    won, most = format_number(earned(run)), available(run)
    return f"{won} / {format_number(most)}" if most else f"+ {won}"


def worth(test):
    """Ce que vaut un test : « 0,5 point », « 2 points », « sans point »."""
    if test["points"] == 0:
        return "sans point"
    told = ", facultatif" if test.get("optional") else ""
    return f"{format_number(test['points'])} point{'s' if test['points'] >= 2 else ''}{told}"


def counts(run):
    """(réussis, échoués, sautés) ; un test que rien n'a permis d'essayer est échoué."""
    statuses = [test["status"] for test in run["tests"]]
    skipped = statuses.count("skipped")
    passed = statuses.count("passed")
    return passed, len(statuses) - passed - skipped, skipped


def troubles(run):
    """Ce que le juge lui-même n'a pas pu faire."""
    broken = [f"test {test['name']} : {test.get('reason') or 'interrompu'}"
              for test in run["tests"] if test["status"] == "broken"]
    return list(run["problems"]) or broken or ([] if run["tests"] else ["aucun test n'a été passé"])


def format_number(value):
    """Un nombre à la française : au plus deux décimales, virgule, pas de zéro inutile."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")

"""Ce qui reste à écrire : à l'étape 0, ou dans ce qu'un lab emprunte à un autre. Un test qui en dépend le dit d'abord.

Une fonction est encore à écrire quand elle ne fait que rendre une erreur.
"""

import os
import re

# Un commentaire que rien ne ferme va jusqu'à la fin : le chercher de nouveau à chaque « /* » n'en finirait pas.
COMMENT = re.compile(r"//[^\n]*|/\*(?:.*?\*/|.*\Z)", re.S)
EMPTY = re.compile(r"\b(\w+)\([^(){};]*\)\s*\{\s*(?:\(void\)\s*\w+\s*;\s*)*return\s*-1\s*;\s*\}")
DEFINED = re.compile(r"\b(?!(?:if|for|while|switch)\b)(\w+)\s*\([^(){};]*\)\s*\{")
# Une fonction du squelette dont l'étape 0 attend une ligne, et ce qui n'en est pas une.
FIRST = re.compile(r"\b(\w+)\([^(){};]*\)\s*\{([^{}]*TODO \(étape 0[^{}]*)\}")
NOTHING = re.compile(r"\s*(?:\*?\w+\s*=\s*[^;()]*;\s*)*return\s*(?:-1|NULL)\s*;\s*")
# Un test qui n'a mené aucun dialogue ne s'est pas servi de ce qui envoie et reçoit.
SPOKE = re.compile(r"se connecte à |accepte la connexion")
LONGEST = 1 << 20


def read_whole(path):
    """Le texte d'une source."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST)
    except OSError:
        return ""


def read(path):
    """Le texte d'une source, sans ses commentaires."""
    return COMMENT.sub(" ", read_whole(path))


def mark_first_step(run, folder):
    """Fait dire à un test de l'étape 0 que rien n'est encore écrit de ce qu'il essaie."""
    for test in run["tests"]:
        if test["step"] != 0 or test["status"] != "failed" or not test["failure"]:
            continue
        for program in test.get("programs", ()):
            text = read_whole(os.path.join(folder, f"{program}.c"))
            missing = [name for name, body in FIRST.findall(text) if NOTHING.fullmatch(COMMENT.sub(" ", body))]
            if missing:
                verb = "ne font" if len(missing) > 1 else "ne fait"
                test["failure"]["cause"] = (f"{' et '.join(missing)}, dans {program}.c, {verb} encore rien : cherchez-y « TODO (étape 0 ». "
                                            "Les notes disent quoi écrire, à l'étape 0.")


def functions(folder, name):
    """Les fonctions de cette source qu'une source du lab appelle, et celles d'entre elles qui sont à écrire."""
    callers = " ".join(read(os.path.join(folder, other)) for other in sorted(os.listdir(folder)) if other.endswith(".c") and other != name)
    borrowed = read(os.path.join(folder, "lent", name)) or read(os.path.join(folder, name))
    return [[function for function in kind.findall(borrowed) if re.search(rf"\b{function}\s*\(", callers)] for kind in (DEFINED, EMPTY)]


def mark(run, path):
    """Fait dire à chaque test qui en dépend ce qui reste à écrire ; oublie l'emprunt dont rien ne se sert encore."""
    folder = os.path.join(os.path.dirname(path), "src")
    mark_first_step(run, folder)
    if not run["borrowed"] or not os.path.isdir(folder):
        return run
    lender, source = run["borrowed"][:2]
    called, missing = functions(folder, source)
    if not called:
        run["borrowed"] = []
    for test in run["tests"] if missing else []:
        if test["status"] == "failed" and test["failure"] and not test["failure"].get("gravity") and \
                any(SPOKE.match(event["text"]) for event in test["transcript"]):
            test["failure"] |= explained(test["failure"], lender, source, missing)
    return run


def explained(failure, lender, source, missing):
    """Ce qui change du récit d'un échec."""
    verb, them = ("ne font", "les appellent") if len(missing) > 1 else ("ne fait", "l'appellent")
    return {"gravity": "unwritten",
            "summary": f"{source}, que ce lab reprend de {lender}, est encore à écrire ; ce que le test en a vu : {failure['summary']}",
            "cause": f"{' et '.join(missing)} {verb} encore rien, et vos programmes {them} : "
                     f"commencez par {source}, dans {lender}, qui s'éprouve seul."}

"""Ce qu'un lab emprunte à un autre et qui reste à écrire : un test qui en dépend le dit d'abord.

Une fonction est encore à écrire quand elle ne fait que rendre une erreur.
"""

import os
import re

# Un commentaire que rien ne ferme va jusqu'à la fin : le chercher de nouveau à chaque « /* » n'en finirait pas.
COMMENT = re.compile(r"//[^\n]*|/\*(?:.*?\*/|.*\Z)", re.S)
EMPTY = re.compile(r"\b(\w+)\([^(){};]*\)\s*\{\s*(?:\(void\)\s*\w+\s*;\s*)*return\s*-1\s*;\s*\}")
# Un test qui n'a mené aucun dialogue ne s'est pas servi de ce qui envoie et reçoit.
SPOKE = re.compile(r"se connecte à |accepte la connexion")
LONGEST = 1 << 20


def read(path):
    """Le texte d'une source, sans ses commentaires."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return COMMENT.sub(" ", file.read(LONGEST))
    except OSError:
        return ""


def functions(folder, name):
    """Les fonctions de cette source qui sont à écrire, et qu'une source du lab appelle."""
    callers = " ".join(read(os.path.join(folder, other)) for other in sorted(os.listdir(folder)) if other.endswith(".c") and other != name)
    borrowed = read(os.path.join(folder, "lent", name)) or read(os.path.join(folder, name))
    return [function for function in EMPTY.findall(borrowed) if re.search(rf"\b{function}\s*\(", callers)]


def mark(run, path):
    """Fait dire à chaque test qui en dépend ce qui reste à écrire."""
    folder = os.path.join(os.path.dirname(path), "src")
    if not run["borrowed"] or not os.path.isdir(folder):
        return run
    lender, source = run["borrowed"][:2]
    missing = functions(folder, source)
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

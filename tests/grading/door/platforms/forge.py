"""GitHub Classroom et GitLab : un dépôt par personne, sous un préfixe commun (« tp-udp-alice »), que l'on ôte.

« gh classroom clone student-repos » fait un dossier NOM-submissions : le préfixe est alors NOM. Une archive téléchargée
de la forge finit par le nom de la branche (« -main »), puis, de GitLab, par le numéro du commit.
"""

import os
import re

from tests.grading.door import naming
from tests.grading.door.person import Person
from tests.grading.door.platforms import plain

NAME = "une forge"
SIGNS = (".git", ".gitmodules", ".github", ".gitlab-ci.yml")
# « tp-udp-groupe-1 » : ce mot est au groupe, et non au devoir.
TEAM = re.compile(r"-(?:groupe?|equipe|team|binome|trinome|grp|gr|g|td)-$", re.I)
SHORTEST = 3
BRANCH = re.compile(r"-(?:main|master)(?:-[0-9a-f]{7,40})?$")


def recognise(level):
    """Ôte le préfixe des dépôts d'une même activité."""
    repositories = [node for node in level.nodes if is_repository(node)]
    prefix, hesitates = prefix_of(level, repositories)
    logins = [stem(node)[len(prefix):] for node in repositories]
    # Une personne a parfois un dépôt par lab : ce n'est pas une classe.
    if not prefix or all(plain.names_a_part(login, level.labs) for login in logins):
        return False
    used = [node for node in level.nodes if node.kind in ("folder", "archive") and stem(node).startswith(prefix) and stem(node) != prefix]
    people = []
    for node in used:
        login = stem(node)[len(prefix):]
        person = Person(login, NAME, f"forge {stem(node)}", level.group, login=login)
        person.take(node)
        if hesitates:
            person.doubts.append(f"on ne sait pas où finit le nom du devoir et où commence le compte, dans {stem(node)}")
        people.append(person)
    level.said.append(f"Dépôts d'une forge : le préfixe « {naming.visible(prefix)} » est ôté du nom de chacun")
    level.claim(used, people)
    return True


def stem(node):
    """Le nom du dépôt, sans ce que l'archive ou la branche y ajoutent."""
    return BRANCH.sub("", naming.stem(node.name) if node.kind == "archive" else node.name)


def is_repository(node):
    """A-t-il quelque chose qu'une forge y a mis ?"""
    if node.kind == "archive":
        return bool(BRANCH.search(naming.stem(node.name)))
    return node.kind == "folder" and any(child.name in SIGNS for child in node.children())


def prefix_of(level, repositories):
    """Le préfixe commun, tiret compris, vide s'il n'y en a pas ; et s'il est incertain."""
    if not repositories:
        return "", False
    assignment = re.fullmatch(r"(.+)-submissions", level.name or "")
    if assignment and all(stem(node).startswith(assignment[1] + "-") for node in repositories):
        return assignment[1] + "-", False
    names = sorted({stem(node) for node in level.nodes if node.kind in ("folder", "archive") and "-" in node.name})
    # Le dépôt modèle, resté à côté de ceux qui en viennent.
    if len(names) > 1 and all(name.startswith(names[0] + "-") for name in names[1:]):
        return names[0] + "-", len(names) == 2
    common = os.path.commonprefix(names) if len(names) > 1 else ""
    if "-" not in common:
        names = sorted({stem(node) for node in repositories})
        common = os.path.commonprefix(names) if len(names) > 1 else ""
    prefix = common[:common.rindex("-") + 1] if "-" in common else ""
    shorter = prefix[:prefix[:-1].rfind("-") + 1]
    if shorter and TEAM.search(prefix):
        return shorter, False
    # « martin-a », « martin-b » : ce qu'ils ont en commun n'est pas qu'au devoir.
    short = shorter and all(len(stem(node)[len(prefix):]) < SHORTEST for node in repositories)
    return (shorter, True) if short else (prefix, False)

"""Gradescope, « Export submissions » : submission_N/, et submission_metadata.yml, qui dit qui a remis quoi, et quand.

Un rendu de groupe a plusieurs auteurs : chacun est une personne, jugée sur le même travail.
"""

from tests.grading.door.person import Person
from tests.grading.door.platforms import gradescope_yaml

NAME = "Gradescope"
METADATA = "submission_metadata.yml"
BIGGEST = 64 << 20


def recognise(level):
    """Lit submission_metadata.yml ; sans lui, rien n'est à Gradescope."""
    told = next((node for node in level.nodes if node.name == METADATA), None)
    if told is None:
        return False
    folders = {node.name: node for node in level.nodes if node.name.startswith("submission_") and node is not told}
    people = []
    try:
        submissions = gradescope_yaml.read(told.read(BIGGEST).decode("utf-8", "strict"))
    except (UnicodeError, gradescope_yaml.Unread) as error:
        submissions = {}
        level.said.append(f"{told.place()} ne se lit pas ({error}) : les rendus de Gradescope n'ont pas de nom")
    for name, submission in submissions.items():
        people += authors(name, submission, folders.get(name), level)
    for name, node in folders.items():
        if name not in submissions:
            people.append(unknown(name, node, level))
    level.claim([told, *folders.values()], people)
    return True


def authors(name, submission, folder, level):
    """Les auteurs d'un rendu ; « auteur inconnu » quand il n'y en a pas."""
    people = []
    for author in submission["submitters"] or [{}]:
        sid, email = author.get("sid", ""), author.get("email", "")
        person = Person(author.get("name") or sid or email or name, NAME, f"gradescope {sid or email or name}", level.group,
                        number=sid, email=email)
        person.submitted = submission["created_at"]
        if len(submission["submitters"]) > 1:
            person.notes.append(f"Rendu à {len(submission['submitters'])} : chacun a la même note")
        if not author:
            person.doubts.append(f"le fichier {METADATA} ne dit pas de qui est {name}")
        if folder is None:
            person.doubts.append(f"le fichier {METADATA} nomme {name}, dont le dossier n'est pas là")
        else:
            person.take(folder)
        people.append(person)
    return people


def unknown(name, node, level):
    """Un dossier dont submission_metadata.yml ne parle pas."""
    person = Person(name, NAME, f"gradescope {name}", level.group)
    person.take(node)
    person.doubts.append(f"le fichier {METADATA} ne dit pas de qui est {name}")
    return person

"""Canvas, « Download Submissions » : NOM_[LATE_]UTILISATEUR_PIÈCE_FICHIER, tous au même niveau.

NOM est en minuscules, sans espace, et sans « _CHIFFRES_ ». Un test ajoute « question_N ». Un devoir anonyme donne
`anon_XXXX` à la place du nom et du numéro. Un texte ou une adresse remis : …_text.html, …_link.html.
Remettre un fichier du même nom y ajoute « -1 ». (`lib/content_zipper.rb`)
"""

import re

from tests.grading.door import naming
from tests.grading.door.person import Person

NAME = "Canvas"
FORM = re.compile(r"(?:(?P<name>(?!LATE_)[^\W_][\w.'’-]*?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_"
                  r"(?:question_\d+_(?:\d+_)?|\d+_|(?=(?:text|link)\.html$))(?P<file>[^/]+)", re.S)
AGAIN = re.compile(r"(.+)-\d+(\.[^.]+(?:\.[^.]+)?)")


def recognise(level):
    """Réunit les fichiers de chaque personne."""
    people, files, used = {}, {}, []
    for node in level.nodes:
        match = FORM.fullmatch(node.name)
        if not match or node.kind == "folder" or not (match["name"] or match["user"].startswith("anon_")):
            continue
        used.append(node)
        user, name = match["user"], match["name"] or match["user"].replace("_", " ")
        if (user, name) not in people:
            people[user, name] = Person(name, NAME, f"canvas {user} {name}", level.group, canvas="" if user.startswith("anon_") else user)
            files[user, name] = []
        people[user, name].late |= bool(match["late"])
        files[user, name].append((node, match["file"]))
    for who, person in people.items():
        take_all(person, files[who])
    level.claim(used, list(people.values()))
    return bool(used)


def take_all(person, files):
    """Chaque fichier reprend son nom ; « -1 » n'en est pas un, s'il n'y a pas d'hésitation."""
    if any(re.match(r"\d+_", name) for _, name in files):
        person.doubts.append(f"on ne sait pas où finit le nom et où commence le numéro, dans {files[0][0].place()}")
    plain = [AGAIN.sub(r"\1\2", name) for _, name in files]
    for (node, name), first in zip(files, plain):
        if name in ("text.html", "link.html"):
            person.leave(node, "ce qui a été tapé dans Canvas n'est pas lu")
        elif first == name or plain.count(first) > 1:
            person.take_file(node, name)
        else:
            person.take_file(node, first)
            person.notes.append(f"Remis plusieurs fois : {naming.visible(name)} est le dernier {naming.visible(first)}, que Canvas a renommé")

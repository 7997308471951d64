"""Qui est qui dans une classe : chaque plateforme reconnaît les siens, puis ce qui reste est lu comme de simples dossiers.

Une personne n'est qu'une fois dans la classe, avec toutes ses pièces. Ce qui est reconnu est dit ; ce qui hésite aussi.
"""

import re
import time

from tests.grading.door import git_date, limits, listing, naming
from tests.grading.door.person import WORDS, Level, Person
from tests.grading.door.platforms import autolab, blackboard, canvas, chamilo, dated, drive, forge, gradescope_export, moodle, plain, prefixed, teams

# Les plus précises d'abord. La dernière ne laisse rien.
PLATFORMS = (moodle, gradescope_export, blackboard, chamilo, canvas, autolab, dated, drive, prefixed, forge)
# Celles qui se reconnaissent au nom de leurs entrées, jusque dans une archive ; de même pour Drive, s'il y a plusieurs personnes.
EXPORTS = (moodle, gradescope_export, blackboard, chamilo, canvas, autolab, dated, prefixed, forge)
WRAPPED = 8
# Des groupes dans des groupes.
GROUPED = 3
# Corriger le message d'un commit juste après l'avoir fait n'apprend rien.
REWRITTEN = 3600
LITTER = re.compile(r"__MACOSX|lost\+found|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*")


class Reading:
    """Une classe lue : les personnes, ce qui est laissé de côté, les brouillons, et ce qui a été reconnu."""

    def __init__(self):
        self.people, self.ignored, self.drafts, self.said, self.platforms = [], [], [], [], []


def read(root, labs):
    """Lit une classe, dossier ou archive."""
    reading = Reading()
    read_inside(reading, root, labs)
    reading.people = once(reading.people)
    add_drafts(reading)
    tell_namesakes(reading.people)
    tell_shared_numbers(reading.people)
    for person in reading.people:
        date_commits(person)
    return reading


def is_export(root, labs, depth=GROUPED):
    """Ce nœud est-il, d'après le nom de ses entrées, l'export d'une plateforme, ou un par groupe ?"""
    for node in wrapped(root):
        if plain.is_work(node, labs):
            return False
        level = Level(visible_nodes(node), labs, node.name)
        if any(platform.recognise(level) for platform in EXPORTS) or drive.recognise(level) and len(level.people) > 1:
            return True
    places = [one.inside() if one.kind == "archive" else one for one in some_places(level)]
    return bool(depth and places) and all(place is not None and is_export(place, labs, depth - 1) for place in places)


def some_places(level):
    """Les dossiers et les archives de ce niveau, ou rien quand les ouvrir demanderait trop."""
    found = [node for node in level.nodes if node.kind in ("folder", "archive") and not node.name.startswith(".")]
    return found if sum(node.size() for node in found if node.kind == "archive") <= limits.UNPACKED else []


def holds_several(root, labs):
    """Cette archive contient-elle, d'après sa forme, le travail de plusieurs personnes, ou l'archive d'une classe ?"""
    return any(plain.several(node, labs) or any(class_archives(Level(visible_nodes(node), labs, node.name), labs))
               for node in wrapped(root) if not plain.is_work(node, labs))


def visible_nodes(root):
    """Les entrées d'un dossier, sans ce que les systèmes y laissent."""
    return [node for node in root.children() if not LITTER.fullmatch(node.name)]


def wrapped(root):
    """Ce dossier, puis celui qu'il est seul à contenir, et ainsi de suite."""
    for _ in range(WRAPPED):
        yield root
        folders = [node for node in teams.handed_in(visible_nodes(root))[0] if not node.name.startswith(".")]
        if len(folders) != 1 or folders[0].kind != "folder":
            return
        root = folders[0]


def unwrap(root, labs):
    """Le vrai dossier de la classe : un seul dossier, qui contient plusieurs personnes, n'est pas une personne."""
    for node in wrapped(root):
        if plain.is_work(node, labs):
            break
        level = Level(teams.handed_in(visible_nodes(node))[0], labs, node.name)
        if any(platform.recognise(level) for platform in PLATFORMS) or any(class_archives(level, labs)):
            return node
        if teams.is_handed(node) or len(level.nodes) > 1 and plain.several(node, labs):
            return node
    return root


def read_inside(reading, root, labs, group=""):
    """La classe, ou le groupe, que contient ce dossier, et les brouillons rencontrés en chemin."""
    found = unwrap(root, labs)
    for node in wrapped(root):
        reading.drafts += teams.handed_in(visible_nodes(node))[1]
        if node is found:
            break
    read_level(reading, found, labs, group)


def read_level(reading, root, labs, group=""):
    """Ce qui est à ce niveau."""
    level = Level(teams.handed_in(visible_nodes(root))[0], labs, root.name, group)
    reading.ignored += [node.name for node in root.children() if LITTER.fullmatch(node.name)]
    expand(reading, level, labs)
    for platform in PLATFORMS:
        before = len(level.people)
        if platform.recognise(level):
            reading.platforms += sorted({person.platform for person in level.people[before:]} or {platform.NAME})
    groups = exported_groups(level) + plain.recognise(level)
    for person in level.people:
        if any(node in level.suspects for node, _ in person.pieces):
            person.doubts.append("ce qui est remis imite l'export d'une classe")
    for node, name in groups:
        read_group(reading, node, labs, "/".join(filter(None, (group, name))))
    reading.people += level.people
    reading.ignored += level.ignored
    reading.said += level.said


def read_group(reading, node, labs, group):
    """Un groupe : ce qui y est remis, à côté des brouillons, ou ce qu'il contient."""
    read = read_inside if any(map(teams.is_handed, node.children())) else read_level
    read(reading, node, labs, group)


def exported_groups(level):
    """[(nœud, nom)] des dossiers de ce niveau qui sont chacun l'export d'un groupe. Un seul, parmi d'autres, peut être une imitation."""
    exports = [node for node in level.nodes if node.kind == "folder" and is_export(node, level.labs)]
    folders = [node for node in level.nodes if node.kind == "folder" and (node in exports or plain.holds_work(node, level.labs))]
    found = [node for node in exports if exports == folders or plain.GROUP.fullmatch(node.name)]
    level.suspects = level.suspects + [node for node in exports if node not in found]
    level.claim(found, [])
    return [(node, node.name if len(found) > 1 or plain.GROUP.fullmatch(node.name) else "") for node in found]


def class_archives(level, labs):
    """[(nœud, le dossier qu'il est, le groupe ou rien)] des archives de ce niveau qui contiennent plusieurs personnes.

    L'archive d'une personne peut imiter l'export d'une classe : à côté d'autres rendus, elle n'est pas crue, et c'est dit.
    """
    inside = {node: node.inside() for node in some_places(level) if node.kind == "archive"}
    exports = [node for node, root in inside.items() if root is not None and is_export(root, labs)]
    # Le dossier où l'on a déballé l'archive est souvent resté à côté d'elle.
    others = [node for node in level.nodes if node.kind in ("folder", "archive") and node not in exports
              and not (exports and node.kind == "folder" and is_export(node, labs))]
    # Ceux dont le rendu est venu autrement, dans un dossier à eux : personne n'est alors à côté de l'export.
    if exports and (not others or all(plain.is_many(node, labs) for node in others)
                    and not any(plain.looks_like_someone(naming.stem(node.name), labs) for node in exports)):
        groups = told_apart(exports)
        yield from ((node, inside[node], groups.get(node, "")) for node in exports)
        return
    level.suspects = [node for node in exports if not group_of(node)]
    crowds = [node for node, root in inside.items() if root is not None and (node in exports or holds_several(root, labs))]
    every = len(crowds) > 1 and crowds == others
    for node, root in inside.items():
        alone = others == [node]
        group = naming.stem(node.name) if every else group_of(node)
        if node in level.suspects or root is None or not (alone or group):
            continue
        if node in crowds or group and plain.holds_someone(root, labs):
            yield node, root, "" if alone and not exports else group


def told_apart(nodes):
    """{archive: le groupe dont elle est l'export}, quand ce qui distingue chaque nom des autres est celui d'un groupe (« TP UDP TD1 », « TP UDP TD2 »)."""
    words = {node: re.findall(r"[^\W_]+", naming.stem(node.name)) for node in nodes}
    shared = set.intersection(*map(set, words.values()))
    own = {node: " ".join(word for word in words[node] if word not in shared) for node in nodes}
    if len(set(own.values())) < 2 or not all(plain.GROUP.fullmatch(text) and not text.isdigit() for text in own.values()):
        return {}
    # « Section A » se lit mieux que « A ».
    return {node: text if len(text) > 1 else naming.stem(node.name) for node, text in own.items()}


def group_of(node):
    """Le groupe dont cette archive a le nom ; vide si elle a celui d'autre chose."""
    return naming.stem(node.name) if plain.GROUP.fullmatch(naming.stem(node.name)) else ""


def expand(reading, level, labs):
    """Les archives qui sont celles d'une classe, ou d'un groupe, sont lues à leur place."""
    join_parts(reading, level, labs)
    for node, inside, group in list(class_archives(level, labs)):
        level.claim([node], [])
        reading.said.append(f"{node.place()} est l'archive d'une classe : elle est lue sans être déballée")
        read_inside(reading, inside, labs, "/".join(filter(None, (level.group, group))))


def join_parts(reading, level, labs):
    """Les morceaux d'un même dossier de Drive, ou de OneDrive, sont lus comme un seul."""
    parts = {}
    for node in level.nodes:
        if drive.part_of(node):
            parts.setdefault(drive.part_of(node), []).append(node)
    for name, nodes in parts.items():
        inside = [node.inside() for node in nodes]
        if not all(inside):
            continue
        root = listing.Union(inside)
        if len(nodes) > 1 or plain.several(unwrap(root, labs), labs):
            level.claim(nodes, [])
            reading.said.append(f"{naming.visible(name)} a été téléchargé en {len(nodes)} morceau{'x' if len(nodes) > 1 else ''}, lus comme un seul dossier")
            read_inside(reading, root, labs, level.group)


def once(people):
    """Chaque personne une seule fois, avec toutes ses pièces."""
    found = {}
    for person in people:
        if person.key not in found:
            found[person.key] = person
            continue
        first = found[person.key]
        if not first.ids:
            first.doubts.append(f"plusieurs rendus portent ce nom : {', '.join(node.place() for node, _ in first.pieces + person.pieces)}")
        first.absorb(person)
    for person in found.values():
        if not person.pieces and not person.refusal and not person.doubts:
            person.doubts.append("aucun fichier n'est remis")
    return list(found.values())


def add_drafts(reading):
    """Qui n'a que des brouillons n'a rien remis : cette personne est dans la classe, et c'est dit."""
    known = {fold(person.name) for person in reading.people}
    for drafts in reading.drafts:
        reading.said.append(f"{drafts.place()} n'est pas lu : ce sont des brouillons, à côté de ce qui est remis")
        for node in visible_nodes(drafts):
            if node.kind == "folder" and fold(node.name) not in known:
                person = Person(node.name)
                person.leave(node, "un brouillon")
                person.doubts.append("rien n'est remis : il n'y a que des brouillons")
                reading.people.append(person)


def date_commits(person):
    """Un dépôt git dit quand il a été écrit pour la dernière fois, si la plateforme ne le dit pas."""
    for node, _ in person.pieces:
        if person.submitted is None and node.kind == "folder" and node.inner is None:
            inner = [child.file for child in node.children() if child.kind == "folder"]
            dates = [found for found in map(git_date.last_commit, [node.file] + inner) if found]
            if dates:
                person.submitted, again = max(dates)
                tell_rewritten(person, again)


def tell_rewritten(person, again):
    """Un commit refait bien après sa date : c'est dit, et la date que montre git reste."""
    if again - person.submitted > REWRITTEN:
        first, last = (time.strftime("%d/%m/%Y à %H:%M", time.localtime(when)) for when in (person.submitted, again))
        person.notes.append(f"Le dernier commit est daté du {first}, et a été refait le {last}")


def tell_namesakes(people):
    """Un même nom, avec un numéro de plateforme d'un côté et sans de l'autre : peut-être la même personne."""
    names = {}
    for person in people:
        names.setdefault(fold(person.name) or person.name, []).append(person)
    for same in names.values():
        # « TD1/Groupe 1 » n'est pas « TD2/Groupe 1 ».
        teams_apart = len({person.group for person in same}) == len(same) and all(plain.TEAM.fullmatch(person.name) for person in same)
        if len(same) > 1 and any(not person.ids for person in same) and not teams_apart:
            for person in same:
                others = [other.number() for other in same if other is not person]
                person.doubts.append(f"le même nom est ailleurs dans la classe ({', '.join(filter(None, others))}) : est-ce la même personne ?")


def tell_shared_numbers(people):
    """Deux noms sous un même numéro : l'un des deux n'est pas le sien, et on ne devine pas lequel."""
    numbers = {}
    for person in people:
        for kind, value in person.ids.items():
            numbers.setdefault((person.platform, kind, value), []).append(person)
    for (_, kind, value), same in numbers.items():
        if len(same) > 1:
            for person in same:
                others = ", ".join(naming.visible(other.name) for other in same if other is not person)
                person.doubts.append(f"{WORDS[kind]} {naming.visible(value)} est aussi celui de {others}")


def fold(name):
    """Un nom, sans casse, ni apostrophe, ni ordre des mots, ni marque de copie."""
    return " ".join(sorted(re.findall(r"\w+", naming.plain(re.sub("['’]", "", plain.COPY.sub("", name))))))

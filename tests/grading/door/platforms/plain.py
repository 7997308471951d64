"""Sans plateforme : un dossier ou une archive par personne, dans des groupes s'il y en a, à n'importe quelle profondeur."""

import re

from tests.grading.door import choice, naming
from tests.grading.door.person import Person
from tests.judge.command.folder import meant

DEPTH = 6
ENTRIES = 2000
# Le nom d'un groupe, et non d'une personne.
GROUP = re.compile(r"(?:groupe?|équipe|equipe|team|section|promo|classe|class|bin[ôo]me|promotion|année|annee)[\s_.-]*\w{0,3}(?:[\s_-].*)?|"
                   r"(?:l[1-3]|m[12]|(?:td|tp|gr|grp)(?![^\W\d_]{2}))[\s_.-]*\w{0,3}(?:[\s_-].*)?|[a-d]?\d{1,2}[a-d]?|[A-H]", re.I)
# Celui de gens qui ont remis ensemble : dans un groupe, c'est une ligne de la classe.
TEAM = re.compile(r"(?:groupe?|équipe|equipe|team|bin[ôo]me|trin[ôo]me)[\s_.-]*\w{1,3}", re.I)
# Le nom d'un dossier qui range le travail d'une personne, et non celui d'une personne.
INNER = re.compile(r"(?i:labs?|src|sources?|code|projet|project|rendus?|travail|work|tp|version|v|essai|test|final|finale?|old|ancien|vieux|"
                   r"copie?|copy|nouveau|new|build|solutions?|server|client|serveur|backup|sauvegarde|tcp|udp|multithread)"
                   r"(?:[\s_.()-]*(?:\d+|final|ok|bis|old|copie|de|lab|tp|tcp|udp|src))*\)?|(?i:mon|mes)[\s_-].*|sockets-en-c.*|\d{1,3}[\s_-]\w+.*")
# Un dossier qui contient ce qui a été remis, et qui n'est celui de personne.
HANDED_IN = re.compile(r"(?:rendus|remises|travaux|copies|devoirs|submissions)(?:[\s_.-].*)?", re.I)
# Deux mots et pas un chiffre, une adresse, un numéro d'étudiant : ce qui a l'air de nommer quelqu'un.
SOMEONE = re.compile(r"(?:\d{5,}[\s_-]+)?[^\W\d_]+(?:[\s_.,'’-]+[^\W\d_]+)+(?:[\s_-]*[\s_(-]\d{5,}\)?)?|[\w.+-]+@[\w.-]+|[a-z]?\d{5,}")

# Ce qui nomme un fichier, ou un devoir, plutôt qu'une personne.
THING = re.compile(r"\b(?:tp|td|lab|labo|rendus?|devoir|projet|rapport|compte[ _-]rendu|sources?|readme|archive|tcp|udp|sockets?|réseaux?|framing|registry)"
                   r"(?:\b|[_\d])", re.I)
# Ce qu'un navigateur ou un gestionnaire de fichiers ajoute au nom d'une copie.
COPY = re.compile(r"(?: ?\(\d+\)| - (?:copie|copy)(?: \(\d+\))?)+$", re.I)


def is_work(node, labs):
    """Ce dossier est-il, tel quel, le travail d'une personne ?"""
    named = {child.name: child for child in node.children()}
    if "labs" in named and named["labs"].kind == "folder":
        return True
    if any(lab.name in named and named[lab.name].kind == "folder" and not is_crowded(named[lab.name], labs) for lab in labs):
        return True
    sources = {source for lab in labs for source in lab.sources}
    return any(name in sources or meant(name) in sources for name in named)


def is_crowded(node, labs):
    """Ce dossier de lab ne contient-il que ceux de plusieurs personnes ? Une classe est parfois rangée ainsi."""
    inner = branches(node, labs)
    return len(inner) > 1 and not is_work(node, labs) and all(
        looks_like_someone(naming.stem(child.name), labs) and not THING.search(child.name) for child in inner)


def holds_work(node, labs, depth=DEPTH):
    """Y a-t-il un travail quelque part, ou une archive qui peut en contenir un ?"""
    if node.kind == "archive":
        return True
    if node.kind != "folder":
        return False
    return is_work(node, labs) or any(depth and holds_work(child, labs, depth - 1) for child in node.children()[:ENTRIES]
                                      if child.kind in ("folder", "archive"))


def branches(node, labs):
    """Les enfants de ce dossier qui contiennent un travail, chacun de son côté."""
    return [child for child in node.children() if child.kind in ("folder", "archive") and not child.name.startswith((".", "__MACOSX"))
            and holds_work(child, labs)]


def several(node, labs, idle=True):
    """Ce dossier contient-il le travail de plusieurs personnes, d'après la forme et les noms ?

    « idle » : une seule peut avoir travaillé ; les autres, dont le dossier est vide, ont alors un nom qui se lit comme celui de quelqu'un.
    """
    if is_work(node, labs):
        return False
    found = branches(node, labs)
    named = found + [child for child in node.children() if idle and found and child.kind == "folder" and child not in found
                     and (looks_like_someone(child.name, labs) or GROUP.fullmatch(child.name))]
    inner = inner_ones(found, labs)
    people = [child for child in found if child not in inner or GROUP.fullmatch(child.name) and several(child, labs)]
    enough = len(people) == len(found) or HANDED_IN.fullmatch(naming.stem(node.name)) and 2 * len(people) > len(found)
    return bool(enough) and len({COPY.sub("", naming.stem(child.name)) for child in named}) > 1


def inner_ones(nodes, labs):
    """Ceux de ces dossiers qui rangent une part d'un travail, d'après leur nom, sans les mots que tous ont : « TP UDP Dupont » n'en est pas un."""
    if all(TEAM.fullmatch(naming.stem(node.name)) for node in nodes):
        return []
    words = {node: re.findall(r"[^\W_]+", naming.stem(node.name)) for node in nodes}
    shared = set.intersection(*map(set, words.values())) if len(nodes) > 1 else set()
    # « 2026-11-20 Alice Roux » : ce qui reste d'une date n'est à personne.
    names = {node: " ".join(word for word in words[node] if word not in shared and not word.isdigit()) if shared else naming.stem(node.name)
             for node in nodes}
    return [node for node, name in names.items() if names_a_part(name, labs) or shared and set(naming.plain(name).split()) <= choice.NOISE
            or shared and not re.search(r"[^\W\d_]{2}", name)]


def names_a_part(name, labs):
    """Ce nom est-il celui d'une part d'un travail, d'un lab, plutôt que d'une personne ?"""
    topics = {word for lab in labs for word in lab.name.split("-")[1:]}
    words = set(re.findall(r"[a-z]+", naming.plain(name)))
    return bool(INNER.fullmatch(name)) or bool(topics & words) and len(words - topics - choice.NOISE - {"tp", "td"}) < 2


def recognise(level):
    """Chaque entrée est une personne, ou un groupe : rend les groupes, [(nœud, nom)], et compte les personnes."""
    groups = []
    many = [node for node in level.nodes if is_many(node, level.labs)]
    lone = [node for node in level.nodes if node.kind == "folder" and not looks_like_someone(node.name, level.labs) and holds_someone(node, level.labs)]
    folders = [node for node in level.nodes if node.kind == "folder" and holds_work(node, level.labs)]
    for node in list(level.nodes):
        if node.kind == "folder" and is_group(node, many, lone, folders, level.labs):
            groups.append((node, node.name))
        else:
            take(level, node, many, lone)
    level.nodes = []
    return groups


def is_many(node, labs):
    """Un dossier qui n'est pas un travail, et en contient plusieurs, sous des noms qui ont l'air de personnes."""
    return node.kind == "folder" and not is_work(node, labs) and several(node, labs, idle=False)


def holds_someone(node, labs):
    """Ce dossier, qui n'est pas un travail, n'en contient-il qu'un, sous le nom de quelqu'un ? C'est peut-être un groupe d'une personne."""
    inner = [] if is_work(node, labs) else branches(node, labs)
    return len(inner) == 1 and looks_like_someone(naming.stem(inner[0].name), labs) and not THING.search(inner[0].name)


def is_packed(node, labs):
    """Une archive qui, d'après sa forme, contient le travail de plusieurs personnes."""
    inside = node.inside()
    return inside is not None and several(inside, labs, idle=False)


def is_group(node, many, lone, folders, labs):
    """Un groupe : son nom le dit et rien n'y est directement un travail, ou tous ont la même forme que lui."""
    if is_work(node, labs):
        return False
    inner = branches(node, labs)
    if not inner:
        return bool(GROUP.fullmatch(node.name)) and any(child.kind == "folder" and looks_like_someone(child.name, labs) for child in node.children())
    if inner_ones(inner, labs):
        return False
    # « Alice/1 », « Alice/2 » : les versions de son travail.
    if not GROUP.fullmatch(node.name) and all(naming.stem(child.name).isdigit() for child in inner):
        return False
    if GROUP.fullmatch(node.name):
        return node in many or any(other in many for other in folders if GROUP.fullmatch(other.name)) or len(inner) == 1 and looks_like_someone(naming.stem(inner[0].name), labs)
    return node in many + lone and bool(many) and len(folders) > 1 and all(other in many + lone for other in folders)


def looks_like_someone(name, labs):
    """Ce nom a-t-il l'air de celui d'une personne ?"""
    things = any(len(word) > 3 and word in choice.NOISE for word in naming.plain(name).split())
    return bool(SOMEONE.fullmatch(name)) and not things and not names_a_part(name, labs)


def take(level, node, many, lone):
    """Une entrée devient une personne, ou est laissée de côté."""
    hidden = node.name.startswith(".") and not (node.kind == "folder" and holds_work(node, level.labs))
    if hidden or node.kind == "file" and not node.name.lower().endswith(naming.UNREAD):
        level.ignored.append(node.name)
        return
    if node.kind is None:
        return
    name = naming.stem(node.name) if node.kind == "archive" else node.name
    person = Person(name, group=level.group)
    person.take(node)
    person.refusal = refusal(node.kind)
    if node in many or is_packed(node, level.labs):
        person.doubts.append(f"plusieurs travaux sont dans {node.place()} : est-ce un groupe ?")
    elif node in lone:
        person.doubts.append(f"il n'y a que {naming.visible(branches(node, level.labs)[0].name)} dans {node.place()} : est-ce un groupe ?")
    level.people.append(person)


def refusal(kind):
    """Pourquoi cette entrée d'une classe ne peut pas être jugée ; rien si elle le peut."""
    return {"folder": "", "archive": "",
            "link": "c'est un lien symbolique, que le juge ne suit pas : mettez à sa place le dossier lui-même",
            "file": "ce n'est ni un dossier, ni une archive : mettez ce travail dans un dossier",
            }.get(kind, "ce n'est ni un dossier, ni une archive")

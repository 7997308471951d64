"""Aucun lien mort : dead_links.py DOSSIER_HTML [PAGE.md…].

Dans les pages HTML : chaque lien mène à un fichier et à une ancre qui existent, chaque page est atteinte
depuis l'accueil, chaque ancre est unique, et l'index de la recherche ne mène nulle part ailleurs.
Dans les textes : chaque chemin du dépôt écrit `ainsi` existe, et chaque `fichier:nom` s'y trouve ; le code cité l'est à
la lettre, et la visite nomme chaque fichier du juge (tour.py).
Les liens vers le reste du monde ne sont jugés que sur leur écriture."""
import collections
import functools
import glob
import json
import os
import re
import sys
from urllib.parse import unquote, urlsplit

from tests.proof.pages import tour
from docs.site.dom import read

TARGETS = ("href", "src", "action", "data")
EXTERNAL = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s\"<>]*)?$", re.I)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# Un script nommé seul, ou avec la fin de son chemin.
SCRIPT = re.compile(r"[\w/]+\.(?:py|sh|mk)")
PATH = re.compile(r"(?:common|labs|solutions|tests|docs)/[\w./-]+(?::\w+)?")


class Page:
    """Ce qu'une page offre (ses ancres) et ce qu'elle demande (ses liens)."""

    def __init__(self, path):
        nodes = list(read(path).walk())
        names = [node.get("id") for node in nodes if node.get("id")] + [node.get("name") for node in nodes if node.tag == "a" and node.get("name")]
        self.anchors = set(names)
        self.twice = sorted(name for name, count in collections.Counter(names).items() if count > 1)
        self.links = [node.get(name) for node in nodes if node.tag != "input" for name in TARGETS if node.get(name)]


def resolve(name, link):
    """Le fichier visé par un lien d'une page, et l'ancre."""
    parts = urlsplit(link)
    path = unquote(parts.path)
    return os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name, unquote(parts.fragment)


def check_link(folder, pages, name, link):
    """Ce qui ne va pas dans ce lien, ou rien."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return None if EXTERNAL.match(link) else "adresse mal écrite"
    if parts.scheme or parts.netloc:
        return "ni page du dossier, ni adresse du Web"
    target, anchor = resolve(name, link)
    if target.startswith("..") or not os.path.exists(os.path.join(folder, target)):
        return "ce fichier n'existe pas"
    if anchor and target in pages and anchor not in pages[target].anchors:
        return "cette ancre n'existe pas"
    return None


def reached(pages, start):
    """Les pages où l'on arrive de lien en lien."""
    seen, queue = set(), [start]
    while queue:
        name = queue.pop()
        if name in seen or name not in pages:
            continue
        seen.add(name)
        queue += [resolve(name, link)[0] for link in pages[name].links if not urlsplit(link).scheme]
    return seen


def check_pages(folder):
    """Les fautes des pages HTML, et combien de liens ont été suivis."""
    names = sorted(os.path.relpath(path, folder) for path in glob.glob(folder + "/**/*.html", recursive=True))
    pages = {name: Page(os.path.join(folder, name)) for name in names}
    index = os.path.join(folder, "recherche.js")
    if os.path.exists(index):
        with open(index, encoding="utf-8") as file:
            found = json.loads(file.read().split("=", 1)[1].rstrip().rstrip(";"))
        pages["recherche.html"].links += [entry[2] for entry in found]
    faults = []
    for name, page in pages.items():
        faults += ["%s : l'ancre « %s » y est deux fois" % (name, anchor) for anchor in page.twice]
        for link in sorted(set(page.links)):
            problem = check_link(folder, pages, name, link)
            if problem:
                faults.append("%s : %s : %s" % (name, link, problem))
    missed = sorted(set(pages) - reached(pages, "index.html"))
    faults += ["%s : aucun lien n'y mène depuis l'accueil" % name for name in missed]
    return faults, sum(len(page.links) for page in pages.values())


@functools.lru_cache(maxsize=None)
def tracked():
    """Tous les fichiers du dépôt, chacun après un « / »."""
    return ["/" + os.path.normpath(os.path.join(folder, name)) for top in ("common", "labs", "tests", "docs", ".devcontainer")
            for folder, _, names in os.walk(top) for name in names]


def check_text(path):
    """Les chemins du dépôt qu'un texte nomme, et qui n'existent pas."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^(`{3,}|~{3,})[^\n]*\n.*?^\1\s*$", lambda block: "\n" * block.group().count("\n"),
                      file.read(), flags=re.S | re.M)
    for number, line in enumerate(text.split("\n"), 1):
        for span in SPAN.findall(line):
            if PATH.fullmatch(span) and not re.search(r"/04-|/private/|/\.skeleton/", span):
                problem = check_path(span)
            elif SCRIPT.fullmatch(span):
                problem = None if any(name.endswith("/" + span) for name in tracked()) else "ce nom n'est celui d'aucun fichier"
            else:
                continue
            if problem:
                yield "%s:%d: %s : %s" % (path, number, span, problem)


def check_path(span):
    """Un chemin doit exister ; ce qui suit « : » doit s'y trouver."""
    path, _, name = span.partition(":")
    # « NN » et « K » disent n'importe lequel : il en faut au moins un.
    if not glob.glob(re.sub(r"NN|K(?=\.)", "*", path)):
        return "ce chemin n'existe pas"
    if name:
        with open(path, encoding="utf-8") as file:
            if not re.search(r"\b%s\b" % re.escape(name), file.read()):
                return "ce nom n'y est pas"
    return None


def main(folder, texts):
    """Statut 1 s'il y a une faute."""
    faults, count = check_pages(folder)
    for path in texts:
        faults += check_text(path)
        faults += tour.check(path)
    for fault in faults:
        print(fault)
    print("liens : %d suivis, %d texte(s), %d faute(s)" % (count, len(texts), len(faults)))
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

"""La page d'une source corrigée : une section par fonction, le squelette à côté, et en marge les défauts réparés."""
import re

from docs.corrected import listings, marks
from docs.site.dom import Node
from docs.site.signatures import drop_homonyms
from tests.handout import csource

TOP, BETWEEN, WHOLE = "Le début du fichier", "Déclarations", "Tout le fichier"
PLACE = re.compile(r"(?:(\w+\.[ch]):)?(\w+)")


def source_of(name):
    """La source que montre cette page, ou None."""
    return next((path for path in listings.sources() if listings.anchor(path) + ".html" == name), None)


def shape(root, name):
    """Met la page d'une source en sections, avant que le reste de la finition ne la lise."""
    path = source_of(name)
    if path is None:
        return
    block = root.find_class("textblock")
    shown = [_lines(node) for node in block.walk() if "fragment" in node.classes()]
    given = listings.skeleton(path)
    beside = csource.spans(given.read_text(encoding="utf-8")) if given else {}
    block.children = [_introduction(path)] + [_section(path, section, shown, beside) for section in _sections(path)]
    block.attrs["class"] += " sources"
    root.find_all("head")[0].children.append(Node("script", {"src": "projector.js", "defer": None}))


def _introduction(path):
    """D'où vient la page, et où sont les autres."""
    others = [Node("a", {"href": listings.anchor(other) + ".html"}, [other.name]) if other != path else Node("strong", {}, [other.name])
              for other in listings.sources() if other.parent == path.parent]
    links = [part for link in others for part in (link, " · ")][:-1]
    return Node("p", {"class": "facts"}, links)


def _sections(path):
    """(titre, ancre, première ligne, dernière ligne, est-ce une fonction ?), dans l'ordre du fichier."""
    text = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    at, spans = 1, sorted(marks.spans(path).items(), key=lambda item: item[1])
    if not spans:
        yield WHOLE, "tout", 1, len(text), False
    for name, (first, last) in spans:
        written = [number for number in range(at, first) if text[number - 1].strip()]
        if written:
            yield TOP if at == 1 else BETWEEN, "lignes-%d" % written[0], written[0], written[-1], False
        yield name, name, first, last, True
        at = last + 1


def _lines(fragment):
    """Le contenu de chaque ligne d'un extrait de Doxygen, sans son ancre ni son numéro, ni le vide qu'il colore."""
    found = []
    for line in fragment.children:
        if isinstance(line, Node) and "line" in line.classes():
            found.append([child for child in line.children if not (isinstance(child, Node) and (
                child.get("id").startswith("l0") or "lineno" in child.classes() or not child.text()))])
    return found


def _section(path, section, shown, beside):
    title, anchor, first, last, is_function = section
    heading = Node("h2", {"id": anchor}, [Node("code", {}, [title]) if is_function else title])
    facts = _facts(path, title) if is_function else []
    code = [_source(path, shown[0], first, last)]
    span = beside.get(title) if is_function else (1, len(shown[1])) if title == WHOLE and len(shown) > 1 else None
    if span:
        code = [Node("div", {}, [Node("p", {"class": "which"}, ["Le corrigé"])] + code),
                Node("div", {"class": "given"}, [Node("p", {"class": "which"}, ["Le squelette"]),
                                                 _source(None, shown[1], *span)])]
    return Node("section", {"class": "function", "aria-labelledby": anchor},
                [heading] + facts + [Node("div", {"class": "pair"}, code)])


def _facts(path, function):
    """Les défauts que la fonction corrige ; link() y ajoutera sa documentation."""
    parts = []
    for defect, title in marks.defects_of(path, function):
        parts += [Node("a", {"href": "defauts.html#defaut-" + defect.lower(), "title": title}, [defect]), ", "]
    said = ["Défauts corrigés : " if len(parts) > 2 else "Défaut corrigé : "] + parts[:-1] if parts else []
    return [Node("p", {"class": "facts", "data-function": function}, said)]


def _number(line, number, path):
    """Le numéro d'une ligne ; d'un corrigé, c'est aussi son ancre."""
    if path:
        line.attrs["id"] = "L%d" % number
        line.children.insert(0, Node("a", {"href": "#L%d" % number, "tabindex": "-1"}, [str(number)]))
    else:
        line.children.insert(0, Node("span", {}, [str(number)]))


def _source(path, lines, first, last):
    """Un extrait : chaque ligne a son numéro ; en marge, le défaut qu'elle corrige."""
    marked = marks.lines(path) if path else {}
    code = Node("code")
    for number in range(first, min(last, len(lines)) + 1):
        here, above = marked.get(number, set()), marked.get(number - 1, set())
        line = Node("span", {"class": "line corrects" if here else "line"}, lines[number - 1])
        _number(line, number, path)
        for defect in sorted(here - above):
            line.children.append(Node("a", {"class": "mark", "href": "defauts.html#defaut-" + defect.lower()}, [defect]))
        code.children += [line, "\n"]
    drop_homonyms(code)
    return Node("pre", {"class": "source"}, [code])


def link(roots, documented):
    """Les renvois : de chaque fonction à sa documentation, et des « corrigé dans » à leurs lignes.

    roots : {page: arbre} ; documented : {source du squelette: {fonction: adresse}}."""
    for name, root in roots.items():
        path = source_of(name)
        if path is not None:
            _link_functions(root, path, documented)
        elif name == "defauts.html" or name.startswith("solution-"):
            _link_places(root, name)


def _link_functions(root, path, documented):
    """Une fonction appelée mène à celle du même lab, ou à sa documentation."""
    known = {function: "#" + function for function in marks.spans(path)}
    pieces = {}
    for source in (path, path.with_suffix(".h")):
        pieces.update(documented.get("labs/%s/%s" % (path.parent.name, source.name), {}))
    for node in root.find_all("a"):
        if "hl_function" in node.classes():
            node.attrs["href"] = known.get(node.text(), node.get("href"))
        if "code" in node.classes():
            del node.attrs["class"]
    for node in root.find_all("span"):
        node.children = [piece for child in node.children for piece in (child.children if _is_stranger(child, path) else [child])]
    for node in root.find_all("p"):
        function = node.get("data-function")
        if function and function in pieces:
            node.children = [Node("a", {"href": pieces[function]}, ["Sa documentation"])] + ([". "] if node.children else []) + node.children
        elif function:
            node.children = ["Sa documentation est celle du squelette, à côté"] + ([". "] if node.children else []) + node.children


def _is_stranger(node, path):
    """Un nom que plusieurs labs déclarent : Doxygen mène à celui du premier."""
    page = re.match(r"(\d\d-[a-z]+)_2", node.get("href")) if isinstance(node, Node) and node.tag == "a" else None
    return page is not None and page[1] != path.parent.name


def _link_places(root, name):
    """Dans « Corrigé dans `fichier` (`fonction`) » et « `fichier.c:fonction` », chaque nom mène à sa ligne."""
    defect, lab = None, name[len("solution-"):-len(".html")]
    for node in root.walk():
        if re.match(r"defaut-d\d\d$", node.get("id")):
            defect, lab = node.get("id")[-3:].upper(), None
        first = next((child for child in node.children if isinstance(child, Node)), None)
        if node.tag == "tr" and first is not None:
            cells = [child for child in node.children if isinstance(child, Node)]
            defect = cells[0].text() if re.fullmatch(r"D\d\d", cells[0].text()) else defect
        if node.tag in ("p", "td", "li"):
            _link_codes(node, defect, lab)


def _link_codes(node, defect, lab):
    """Les codes d'un paragraphe ou d'une case, dans l'ordre : un fichier vaut pour les fonctions qui le suivent."""
    path = None
    for index, child in enumerate(node.children):
        if not isinstance(child, Node) or child.tag != "code":
            continue
        text = child.text()
        found = next((source for source in listings.sources() if str(source) == text or text == source.name and source.parent.name == lab), None)
        if found or re.fullmatch(r"[\w/-]+\.\w", text):
            path = found
            if found:
                node.children[index] = Node("a", {"href": listings.anchor(found) + ".html"}, [child])
            continue
        place = PLACE.fullmatch(text)
        target = _target(place, path, defect, lab) if place else None
        if target:
            source, function = target
            line = marks.first_line(source, function, defect)
            node.children[index] = Node("a", {"href": "%s.html#L%d" % (listings.anchor(source), line)}, [child])


def _target(place, path, defect, lab):
    """(source, fonction) que désigne « fonction », ou « fichier.c:fonction »."""
    file, function = place.groups()
    if not file and path:
        return (path, function) if function in marks.spans(path) else None
    if not file:
        # Dans les notes d'un corrigé, un nom que ses sources n'ont qu'une fois.
        here = [source for source in listings.sources() if source.parent.name == lab and function in marks.spans(source)]
        return (here[0], function) if len(here) == 1 else None
    candidates = [source for source in listings.sources() if source.name == file and function in marks.spans(source)]
    told = marks.places().get(defect, ("", {}))[1]
    near = [source for source in candidates if source in told or source.parent.name == lab]
    return (near[0], function) if near else None


def link_pitfalls(roots):
    """Dans les notes d'un lab, chaque piège mène à sa rubrique du catalogue, et à la ligne du corrigé : dans le site de qui enseigne."""
    for name, root in roots.items() if "defauts.html" in roots else ():
        block = root.find_class("textblock") if name.startswith("lab-") else None
        for heading in list(block.children) if block is not None else ():
            found = re.search(r"-(d\d\d)$", heading.get("id")) if isinstance(heading, Node) else None
            if found and heading.tag in ("h3", "h4"):
                block.replace(heading, heading, _for_teachers(found[1], name[len("lab-"):-len(".html")]))


def _for_teachers(defect, lab):
    """« Pour qui enseigne : D09 au catalogue ; corrigé dans read_line, is_end. »"""
    said = ["Pour qui enseigne\u00a0: ", Node("a", {"href": "defauts.html#defaut-" + defect}, [defect.upper() + " au catalogue"])]
    files = marks.places().get(defect.upper(), ("", {}))[1]
    mended = [Node("a", {"href": "%s.html#L%d" % (listings.anchor(path), marks.first_line(path, function, defect.upper()))},
                   [Node("code", {}, [function])])
              for path, functions in files.items() if path.parent.name == lab for function in functions if function in marks.spans(path)]
    for rank, link_ in enumerate(mended):
        said += [", " if rank else "\u202f; corrigé dans ", link_]
    return Node("p", {"class": "facts"}, said + ["."])


def link_packets(root):
    """La ligne d'où part un paquet capturé (« framing.c:95 ») mène au corrigé, le sien ou celui du lab dont il reprend une source."""
    for rows in root.find_all("ol"):
        for where in (node for node in rows.find_all("span") if "where" in node.classes()):
            found = re.search(r"(\w+\.c):(\d+)", where.text())
            sources = [source for source in listings.sources() if found and source.name == found[1]]
            near = [source for source in sources if source.parent.name == rows.get("data-lab")] or sources
            if near:
                where.children = [Node("a", {"href": "%s.html#L%s" % (listings.anchor(near[0]), found[2])}, [where.text()])]

"""Une page de Doxygen rendue lisible : titres, code, tableaux."""
import re
import unicodedata

from docs.site.dom import Node, parents
from docs.site.markdown_filter import HIDDEN
from docs.site.signatures import drop_homonyms

# D'un code qui tient sur une ligne de téléphone.
SHORT = 24


def slug(text):
    """Un nom d'ancre tiré d'un titre : sans accents, en minuscules."""
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def shape(root):
    """Applique toutes les transformations, dans l'ordre."""
    _recent(root)
    _hidden(root)
    _title(root)
    _code(root)
    _headings(root)
    _tables(root)
    _links(root)
    _words(root)


def _recent(root):
    """Ce que Doxygen écrit autrement depuis peu : un code n'est plus un <code> ; un script replie les extraits, et un lien
    caché mène à une page pour les robots."""
    for node in root.walk():
        if "tt" in node.classes():
            node.tag, node.attrs = "code", {}
        node.children = [child for child in node.children if not _is_extra(child)]


def _is_extra(child):
    return isinstance(child, Node) and (child.tag == "script" and not child.get("src")
                                        or child.get("href") == "doxygen_crawl.html")


def _hidden(root):
    """Rend les signes que markdown_filter.py a cachés à Doxygen, et le code d'un lien, qu'il a écrit en toutes lettres."""
    shown = str.maketrans({hidden: sign for sign, hidden in HIDDEN.items()})
    for node in root.walk():
        node.children = [child if isinstance(child, Node) else child.translate(shown) for child in node.children]
        if node.tag == "a":
            node.children = [part for child in node.children for part in _spelled_code(child)]


def unread(root):
    """Les marques du texte que Doxygen n'a pas comprises, et qu'un lecteur verrait."""
    return [found for node in root.find_all("main") for found in _marks(node)]


def _marks(node):
    if node.tag in ("code", "pre", "script"):
        return ["des balises dans un code : " + node.text()[:80]] if node.tag == "code" and "</td>" in node.text() else []
    found = []
    for child in node.children:
        if isinstance(child, Node):
            found += _marks(child)
        elif re.search(r"`|\*\*", child):
            found.append("une marque qui n'a pas été lue : " + child.strip()[:80])
    return found


def _title(root):
    """Le titre de la page est son seul <h1> ; le chemin du fichier, une ligne au-dessus."""
    header, title = root.find_class("header"), root.find_class("title")
    contents = root.find_class("contents")
    if contents is not None:
        highest = min((int(node.tag[1]) for node in contents.find_all("h1", "h2", "h3", "h4", "h5")), default=2)
        for node in contents.find_all("h1", "h2", "h3", "h4", "h5"):
            node.tag = "h%d" % (int(node.tag[1]) + 2 - highest if highest < 2 else int(node.tag[1]))
    if header is None or title is None:
        return
    title.tag, title.attrs = "h1", {"class": "title"}
    header.tag, header.children = "div", [title]
    path = root.find_class("navpath")
    if path is not None:
        folders = [item.text() for item in path.find_all("li")]
        path.tag, path.attrs = "p", {"class": "path"}
        path.children = ["/".join(folders) + "/"]


def _headings(root):
    """L'ancre d'un titre est le titre lui-même ; celles que Doxygen numérote prennent leur nom du texte."""
    seen = {node.get("id") for node in root.walk() if node.get("id")}
    for heading in root.find_all("h2", "h3", "h4", "h5"):
        heading.children = [part for child in heading.children for part in _spelled_code(child)]
        for child in list(heading.children):
            if isinstance(child, Node) and child.tag == "a" and child.get("id") and not child.get("href"):
                heading.attrs["id"] = child.get("id")
                heading.children.remove(child)
        if not heading.get("id") or heading.get("id").startswith("autotoc_md"):
            name = base = slug(heading.text())
            number = 2
            while name in seen:
                name, number = "%s-%d" % (base, number), number + 1
            seen.add(name)
            heading.attrs["id"] = name


def _spelled_code(child):
    """Doxygen écrit « <tt> » en toutes lettres dans un titre qui a une ancre, « <code> » dans un lien."""
    if isinstance(child, Node):
        return [child]
    parts = re.split(r"<(?:tt|code)>(.*?)</(?:tt|code)>", child)
    return [Node("code", {}, [part]) if index % 2 else part for index, part in enumerate(parts) if part]


def _code(root):
    """Un extrait est un <pre> que le clavier sait faire défiler."""
    for node in root.find_all("div", "pre"):
        if "fragment" not in node.classes():
            continue
        lines = [child for child in node.children if isinstance(child, Node) and "line" in child.classes()]
        inside = []
        for line in lines:
            inside += line.children + ["\n"]
        code = Node("code", {}, inside or node.children)
        drop_homonyms(code)
        node.tag, node.attrs, node.children = "pre", {"class": "fragment", "tabindex": "0"}, [code]


def _tables(root):
    """Un tableau trop large défile dans son cadre ; une case d'en-tête vide n'en est pas une."""
    above = parents(root)
    for table in root.find_all("table"):
        for cell in table.find_all("th", "td"):
            side = re.search(r"(Right|Center)$", cell.get("class"))
            cell.attrs = {k: v for k, v in cell.attrs.items() if k in ("colspan", "rowspan", "id")}
            if side:
                cell.attrs["class"] = side.group(1).lower()
            if cell.tag == "th" and not cell.text():
                cell.tag = "td"
                cell.attrs["class"] = (cell.get("class") + " blank").strip()
        for row in table.find_all("tr"):
            row.attrs = {}
        table.attrs = {}
        above[id(table)].replace(table, Node("div", {"class": "scroll", "tabindex": "0"}, [table]))


def _links(root):
    """Les attributs d'un autre âge s'en vont."""
    for node in root.walk():
        for name in ("target", "border", "align", "valign", "onclick", "cellspacing", "cellpadding"):
            node.attrs.pop(name, None)
        if node.tag == "a" and node.get("name") == node.get("id"):
            node.attrs.pop("name", None)
        # Les pages des dossiers n'apprennent rien de plus que la liste des fichiers.
        if node.tag == "a" and node.get("href").startswith("dir_"):
            node.tag, node.attrs = "span", {}


def _words(root):
    """Un code court ne se coupe pas ; un autre, ou celui d'un tableau sur un petit écran, se coupe entre ses mots."""
    inside = {id(code) for node in root.find_all("pre", "h1", "h2", "h3", "h4") for code in node.find_all("code")}
    cells = {id(code) for cell in root.find_all("td") for code in cell.find_all("code")}
    for code in root.find_all("code"):
        if id(code) in inside or "class" in code.attrs:
            continue
        text = "".join(code.texts())
        if re.search(r"[ -]", text) and len(text) <= SHORT:
            code.attrs["class"] = "short"
        if id(code) in cells or len(text) > SHORT:
            code.children = [part for child in code.children for part in _breakable(child)]


def _breakable(child):
    return [child] if isinstance(child, Node) else [part for word in re.split(r"(?<=[_/])", child) for part in (word, Node("wbr"))][:-1]

"""Les diagrammes entrent dans la page : leurs couleurs suivent le thème, leur texte se cherche et se copie."""
import os
import re

from docs.site.dom import Node, parents, read

# Au-delà, pour une largeur de 1, un dessin ne se lit plus sur une page imprimée : la liste de ses paquets le remplace.
TALLEST = 1.4
COLOURS = {"white": "paper", "black": "ink", "red": "alert", "#ff0000": "alert"}


def inline(root, folder):
    """Met le SVG de chaque \\msc et \\dot à la place de son image ; le titre de la section le décrit."""
    above, heading = parents(root), ""
    for node in list(root.walk()):
        if re.fullmatch(r"h[1-5]", node.tag):
            heading = node.text()
        source = node.get("src") or node.get("data")
        if node.tag in ("img", "object", "iframe") and re.match(r"(inline_)?(msc|dot)", source) and source.endswith(".svg"):
            frame = above[id(node)]
            frame.replace(node, _drawing(os.path.join(folder, source), heading))
            frame.tag, frame.attrs = "div", {"class": "diagram", "tabindex": "0"}
    for node in root.find_all("div"):
        if "image" in node.classes():
            node.tag, node.attrs = "figure", {"tabindex": "0"}
            caption = node.find_class("caption")
            if caption is not None:
                caption.tag = "figcaption"
            for image in node.find_all("img", "object"):
                image.tag, image.children = "img", []
                image.attrs = {"src": image.get("src") or image.get("data"),
                               "alt": heading if caption is None else caption.text(), "loading": "lazy", **_size(os.path.join(folder, image.get("src") or image.get("data")))}


def _size(path):
    """La taille d'un dessin : sa place est tenue avant qu'il n'arrive."""
    if not path.endswith(".svg") or not os.path.isfile(path):
        return {}
    with open(path, encoding="utf-8") as file:
        head = file.read(2000)
    found = re.search(r'width="([\d.]+)(?:px)?"\s+height="([\d.]+)', head)
    width, height = (float(found[1]), float(found[2])) if found else (0, 0)
    return {"width": "%d" % width, "height": "%d" % height, **({"class": "tall"} if height > TALLEST * width else {})} if found else {}


def _drawing(path, title):
    svg = next(node for node in read(path).walk() if node.tag == "svg")
    width, height = (re.match(r"[\d.]+", svg.get(name)).group() for name in ("width", "height"))
    box = svg.get("viewbox") or "0 0 %s %s" % (width, height)
    for node in svg.walk():
        node.attrs.pop("id", None)
        for name, role in (("fill", "fill"), ("stroke", "stroke")):
            colour = COLOURS.get(node.get(name))
            if colour:
                node.attrs["class"] = (node.get("class") + " %s-%s" % (role, colour)).strip()
        # Les cadres sont à la mesure de Helvetica ; la police d'ici est souvent plus large.
        if node.tag == "text" and node.get("font-size"):
            node.attrs["font-size"] = "%g" % (float(node.get("font-size")) * 0.88)
            node.attrs.pop("textlength", None)
            # mscgen pose ses mots sur les flèches : un peu plus haut, le trait ne les barre plus.
            if "msc" in os.path.basename(path):
                node.attrs["dy"] = "-3"
    drop_titles(svg)
    svg.attrs = {"viewBox": box, "width": svg.get("width"), "height": svg.get("height"), "role": "img",
                 "aria-label": "Diagramme : " + title, "class": "drawing"}
    return svg


def drop_titles(svg):
    """Graphviz donne à chaque nœud une bulle qui répète son nom : elle n'apprend rien."""
    for node in svg.walk():
        node.children = [child for child in node.children
                         if not (isinstance(child, Node) and child.tag == "title")]

"""Les échanges capturés, dans leur page : chaque paquet du dessin mène à ce qu'il porte, et à la ligne qui l'a fait partir."""
import os
import re

from docs.site.dom import Node, parents, parse, read

PACKET = re.compile(r"(\d+)\s·")


def inline(root, folder):
    """Met chaque dessin dans la page, ses paquets en liens, puis la liste des paquets (figure.sh les a écrits)."""
    above = parents(root)
    for figure in root.find_all("figure"):
        image = next(iter(figure.find_all("img")), None)
        path = os.path.join(folder, "..", "figures", image.get("src")) if image is not None else ""
        if not os.path.isfile(path + ".packets"):
            continue
        lab = image.get("src")[:-len(".svg")]
        with open(path + ".packets", encoding="utf-8") as file:
            rows = parse(file.read()).find_all("ol")[0]
        rows.attrs["data-lab"] = lab
        for row in rows.find_all("li"):
            row.attrs["id"] = "%s-%s" % (lab, row.get("id"))
        drawing = _drawing(path, image.get("alt"), {row.get("id") for row in rows.find_all("li")}, lab)
        figure.replace(image, drawing)
        heading = Node("h3", {"id": "paquets-" + lab}, ["Paquet par paquet"])
        above[id(figure)].replace(figure, figure, heading, rows)


def _drawing(path, title, known, lab):
    svg = next(node for node in read(path).walk() if node.tag == "svg")
    above = parents(svg)
    for node in svg.find_all("text"):
        # Les feuilles du dessin et du site les disent une fois pour tous.
        node.attrs = {name: value for name, value in node.attrs.items() if name not in ("font-family", "font-size", "text-anchor", "textlength")}
        found = PACKET.match("".join(node.texts()).strip())
        target = "%s-p%s" % (lab, found[1]) if found else ""
        if target in known:
            above[id(node)].replace(node, Node("a", {"href": "#" + target}, [node]))
    svg.children = [child for child in svg.children if not (isinstance(child, Node) and child.tag == "title")]
    svg.attrs = {"class": svg.get("class"), "viewBox": svg.get("viewbox"), "width": svg.get("width"), "height": svg.get("height"),
                 "role": "group", "aria-label": title, "stroke-width": "1", "shape-rendering": "crispEdges"}
    return svg

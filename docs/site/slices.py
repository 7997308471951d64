"""Un dessin plus haut que la page est imprimé en tranches, coupées entre deux de ses lignes ; au-dessus du nom de ses
colonnes, s'il le répète : chaque tranche commence alors par lui."""
import os
import re

from docs.site.dom import Node, parents, read

TALLEST = 1.22  # hauteur d'une tranche, pour une largeur de 1 : ce que la page accueille
HEAD = "#fcfdfe"  # le fond de ces noms, dans tests/student/trace/draw/draw_msc.py


def cut(section, folder):
    """Remplace les images trop hautes d'un chapitre par leurs tranches, écrites dans ce dossier."""
    above = parents(section)
    for image in section.find_all("img"):
        path = image.get("src")
        if path.endswith(".svg"):
            tall = _slices(os.path.join(folder, path), folder)
            if tall:
                images = [Node("img", {"src": part, "alt": image.get("alt"), "class": "slice"}) for part in tall]
                above[id(image)].replace(image, *images)
                above[id(image)].attrs["class"] = "sliced"


def leave_out(section, folder):
    """Ôte d'un chapitre les dessins de plus d'une page : un autre les montre."""
    above = parents(section)
    for figure in section.find_all("figure"):
        paths = [image.get("src") for image in figure.find_all("img") if image.get("src").endswith(".svg")]
        if any(_is_tall(*_size(_text(os.path.join(folder, path)))) for path in paths):
            above[id(figure)].replace(figure)


def _text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _size(text):
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    return float(box.group(1)), float(box.group(2))


def _is_tall(width, height):
    return height > width * TALLEST


def _slices(path, folder):
    text = _text(path)
    width, height = _size(text)
    if not _is_tall(width, height):
        return []
    root = read(path)
    edges = _edges(list(_bands(root)), list(_heads(root)), width, height)
    parts = []
    for number, (top, bottom) in enumerate(zip(edges, edges[1:])):
        name = "%s.part-%d.svg" % (os.path.basename(path)[:-4], number)
        size = 'width="%gpx" height="%gpx" viewBox="0 %g %g %g"' % (width, bottom - top, top, width, bottom - top)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(re.sub(r'width="[^"]*"\s+height="[^"]*"\s+viewBox="[^"]*"', size, text, count=1))
        parts.append(name)
    return parts


def _bands(root):
    """Les hauteurs occupées par un texte, un cadre ou une flèche ; les lignes de vie se coupent sans dommage."""
    for node in root.walk():
        if node.tag == "text":
            yield float(node.get("y")) - 14, float(node.get("y")) + 6
        elif node.tag == "line" and node.get("x1") != node.get("x2"):
            ends = sorted((float(node.get("y1")), float(node.get("y2"))))
            yield ends[0] - 7, ends[1] + 7
        elif node.tag == "polygon":
            heights = [float(point.split(",")[1]) for point in node.get("points").split()]
            yield min(heights) - 1, max(heights) + 1


def _heads(root):
    """Où couper pour qu'une tranche commence par le nom des colonnes."""
    for node in root.find_all("polygon"):
        if node.get("fill").lower() == HEAD:
            yield min(float(point.split(",")[1]) for point in node.get("points").split()) - 3


def _edges(bands, heads, width, height):
    """Où couper : le plus bas possible dans chaque page, au-dessus des noms, ou hors de toute ligne du dessin."""
    edges = [0.0]
    while height - edges[-1] > width * TALLEST:
        y = edges[-1] + width * TALLEST
        named = [head for head in heads if edges[-1] + width / 3 < head <= y]
        if named:
            edges.append(max(named))
            continue
        while any(top < y < bottom for top, bottom in bands) and y > edges[-1] + width / 2:
            y -= 1
        edges.append(y)
    return edges + [height]

"""Le tableau du catalogue, tel que la page le filtre : le lab et les étapes de chaque défaut s'y ajoutent."""
import re

from docs.site.dom import Node


def widen(root):
    """Ajoute deux colonnes à la liste des défauts, lues dans la partie et les tests de chacun."""
    told = _told(root)
    table = next((table for table in root.find_all("table") if table.find_all("th")[:1] and table.find_all("th")[0].text() == "défaut"), None)
    if table is None:
        return
    table.attrs["class"] = "filtered"
    for row in table.find_all("tr"):
        cells = [child for child in row.children if isinstance(child, Node)]
        if not cells:
            continue
        lab, steps = ("lab", "étape") if cells[0].tag == "th" else told.get(cells[0].text(), ("–", "–"))
        place = row.children.index(cells[1]) + 1
        row.children[place:place] = [Node(cells[0].tag, {}, [lab]), Node(cells[0].tag, {}, [steps])]


def _told(root):
    """{défaut: (lab, étapes)}."""
    found, lab, defect = {}, "–", None
    for node in root.find_class("textblock").walk():
        anchor = node.get("id")
        if node.tag == "h2":
            part = re.match(r"defauts-(\d\d-[a-z]+)", anchor)
            lab = part[1] if part else "–"
        elif node.tag == "h3":
            name = re.match(r"defaut-(d\d\d)$", anchor)
            defect = name[1].upper() if name else None
            if defect:
                found[defect] = lab, "–"
        elif node.tag == "table" and defect and [cell.text() for cell in node.find_all("th")][:2] == ["test", "étape"]:
            steps = {row.find_all("td")[1].text() for row in node.find_all("tr") if row.find_all("td")}
            found[defect] = lab, ", ".join(sorted(steps))
    return found

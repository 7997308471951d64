"""Une déclaration, telle que le C l'écrit : Doxygen en fait un tableau, met des espaces ailleurs, et mène à une structure
chaque fois que son nom est écrit, fût-ce celui d'un paramètre."""
import re

from docs.site.dom import Node

# Au-delà, un paramètre par ligne.
WIDEST = 76
MARKS = ("static", "inline")
# Devant une parenthèse ou une virgule, après un pointeur ou une parenthèse ; un seul blanc ailleurs ; rien aux bouts.
DOUBLED = re.compile(r"^ +| +$|(?<= ) +")
SUPERFLUOUS = re.compile(DOUBLED.pattern + r"| +(?=[(),\[])|(?<=[*(]) +")
POINTER = re.compile(r"\(\*\)(?=\()")


def shape(block):
    """La déclaration d'un bloc de Doxygen."""
    code, labels = Node("code"), block.find_class("mlabels-right")
    said = [] if labels is None else labels.text().split()
    for cell in block.find_class("memname").find_all("td"):
        kind = cell.classes()
        if "paramtype" in kind:
            code.children.append(Node("span", {"class": "parameter"}, cell.children + [" "]))
        elif "memname" in kind:
            # « static » est devant le nom, ou seulement dans les étiquettes.
            code.children += [mark + " " for mark in MARKS if mark in said and mark not in cell.text().split()] + cell.children
        else:
            (_last_parameter(code) or code).children += cell.children
    write(code)
    if len(code.text()) > WIDEST:
        code.attrs["class"] = "long"
    return code


def _last_parameter(code):
    last = code.children[-1] if code.children else None
    return last if isinstance(last, Node) and "parameter" in last.classes() else None


def write(code):
    """Remet les espaces du C, et ne laisse mener à une structure que ce que « struct » précède."""
    drop_homonyms(code)
    for parameter in code.find_all("span"):
        _name_pointer(parameter)
    leaves = list(_leaves(code))
    texts = [re.sub(r"\s", " ", node.children[index]).replace(",...", ", ...") for node, index in leaves]
    whole = "".join(texts)
    # La valeur d'une macro peut commencer par une parenthèse : l'espace qui la précède en fait une valeur.
    superfluous = DOUBLED if whole.lstrip().startswith("#define") else SUPERFLUOUS
    gone = {place for found in superfluous.finditer(whole) for place in range(*found.span())}
    start = 0
    for (node, index), text in zip(leaves, texts):
        node.children[index] = "".join(sign for place, sign in enumerate(text, start) if place not in gone)
        start += len(text)


def _leaves(node):
    """Où est chaque texte, dans l'ordre : (élément, rang)."""
    for index, child in enumerate(node.children):
        if isinstance(child, Node):
            yield from _leaves(child)
        else:
            yield node, index


def _name_pointer(parameter):
    """« void(*)(int) handler » est écrit « void (*handler)(int) »."""
    name = next(iter(parameter.find_all("em")), None)
    for node, index in list(_leaves(parameter)):
        found = POINTER.search(node.children[index])
        if found and name is not None:
            before, after = node.children[index][:found.start()], node.children[index][found.end():]
            moved, name.tag, name.children = Node("em", {}, name.children), "span", []
            node.children[index:index + 1] = [before.rstrip() + " (*", moved, ")" + after]
            return


def drop_homonyms(node, before=""):
    """Une variable qui porte le nom d'une structure n'en est pas une (« struct » la précéderait), ni un champ (« . » ou « -> »).
    Rend le dernier mot lu."""
    kept = []
    for child in node.children:
        kept.append(child)
        if not isinstance(child, Node):
            before = child if child.strip() else before
            continue
        wanted = _before_a_link(child)
        if wanted and not re.search(wanted + r"\s*\Z", before):
            kept[-1:] = child.children
        before = drop_homonyms(child, before)
    node.children = kept
    return before


def _before_a_link(node):
    """Ce qui doit précéder ce lien pour qu'il soit juste, ou rien."""
    if "hl_variable" in node.classes() and node.get("href").startswith("struct"):
        return r"(?:\.|->)"
    return r"\bstruct" if "hl_struct" in node.classes() or node.tag == "a" and node.get("href").startswith("struct") else ""

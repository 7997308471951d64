"""Chaque prototype des pages de l'API est celui de la source, et ne mène qu'à ce qu'il nomme : prototypes.py DOSSIER_HTML.

Une source définit des fonctions, ou les déclare ; sa page les écrit de même, à la lettre, dans la liste et devant la description.
Un lien vers une structure suit toujours « struct »."""
import glob
import os
import re
import sys

from docs.site.api import source_of
from docs.site.dom import read
from tests.handout import csource

DECLARATION = re.compile(r"(?:^|(?<=[;}]))\s*(?:extern )?([A-Za-z_][\w \t\n*]*?\b(\w+)\((?:[^()]|\([^()]*\))*\))\s*;")
# Ce qui dit comment compiler, et non comment appeler : Doxygen ne l'écrit pas.
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)|\b_Noreturn |\binline ")


def declared(path):
    """{nom: prototype} : les fonctions qu'un fichier définit, ou déclare."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    code = ATTRIBUTE.sub("", csource.without_directives(csource.blank(text)))
    code = re.sub(r"\{[^{}]*\}", "}", code) if path.endswith(".h") else code
    found = {name: csource.squeeze(signature) for signature, name in DECLARATION.findall(code)}
    defined = {name: signature for name, (signature, _) in csource.functions(ATTRIBUTE.sub("", text)).items()}
    return {**found, **defined}


def shown(root):
    """Ce que la page écrit : (nom, prototype, élément), une fois dans la liste, une fois devant la description."""
    for block in root.walk():
        if "memproto" not in block.classes() and block.tag != "li":
            continue
        for code in block.find_all("code")[:1]:
            text = "".join(code.texts())
            name = re.match(r"(?!#)[^(]*?(\w+)\(", text)
            if name:
                yield name[1], text, code


def wrong_links(node, before=""):
    """Les liens vers une structure que « struct » ne précède pas ; rend aussi ce qui a été lu."""
    found = []
    for child in node.children:
        if isinstance(child, str):
            before += child
            continue
        if child.get("href").startswith("struct") and not re.search(r"\bstruct\s*\Z", before):
            found.append(child.text())
        inside, before = wrong_links(child, before)
        found += inside
    return found, before


def check(path):
    """Les fautes d'une page, et le nombre de ses prototypes."""
    root = read(path)
    source = source_of(root)
    if not os.path.isfile(source):
        return [], 0
    wanted, faults, seen = declared(source), [], []
    for name, text, code in shown(root):
        seen.append(name)
        if text != wanted.get(name):
            faults.append("%s : « %s » ; %s écrit « %s »" % (os.path.basename(path), text, source, wanted.get(name)))
        faults += ["%s : %s : « %s » y mène à une structure" % (os.path.basename(path), name, link) for link in wrong_links(code)[0]]
    return faults, len(seen)


def main(folder):
    """Statut 1 s'il y a une faute, ou si rien n'a été comparé."""
    found = [check(path) for path in sorted(glob.glob(os.path.join(folder, "*_8[ch].html")))]
    faults = [fault for page, _ in found for fault in page]
    for fault in faults:
        print(fault)
    count = sum(number for _, number in found)
    print("prototypes : %d comparés à leur source, %d faute(s)" % (count, len(faults)))
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

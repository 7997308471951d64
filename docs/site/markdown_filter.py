"""Ce que Doxygen lit mal dans nos textes, récrit à son entrée, ligne pour ligne ou presque : markdown_filter.py FICHIER.md

Pour lui, une apostrophe ferme un code (`ARGS='HOST PORT'`) ; un gras où il y a du code n'est pas toujours un gras ;
et le code d'un lien reste entre ses accents graves. Pour 1.17, un « % » entre les guillemets d'un code est en trop, et le
texte d'un lien vers une ancre s'écrit deux fois, sauf par « @ref », que 1.9 ne lit que sur une ligne.
Les notes d'un lab y gagnent, en plus, ce qui mène aux dessins : elles se lisent aussi sans eux, dans un éditeur.
"""
import os
import re
import sys

# Les signes d'un code qui voyagent sous un autre ; dressing.py les rend.
HIDDEN = {"'": "\ue000", "%": "\ue001"}
BLOCK = re.compile(r"^ {0,3}```.*?^ {0,3}```$|(?<=\n\n)(?: {4}[^\n]*(?:\n|\Z))+", re.S | re.M)
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\n).)+?)(?<!`)\1(?!`)", re.S)
# Un code, laissé tel quel (il peut avoir des étoiles à lui), ou un gras, code compris.
BOLD = re.compile(SPAN.pattern + r"|\*\*(?! )(?P<bold>(?:`[^`]*`|(?!\n\n|\*\*).)+?)\*\*", re.S)
LINK = re.compile(r"\[`([^`\]]+)`\](?=\()")
ANCHOR = re.compile(r"\[([^\[\]]+)\]\(#([\w-]+)\)")

NOTES = re.compile(r"(?:.*/)?labs/([^/]+)/NOTES\.fr\.md")
FENCE = re.compile(r"^```.*?^```\n", re.S | re.M)
# Une flèche qui arrive à une ligne de vie : cet extrait est un échange.
ARROW = re.compile(r"-{3,}>\|")
# Du titre au suivant, ou à la fin.
SECTION = r"^#+ [^\n]*\{#lab-%s-trace\}\n.*?(?=^##|\Z)"
EXCHANGES = "docs/course/echanges.md"
CAPTURE = os.environ.get("SITE", "") + "/figures/{}.part"


def with_drawings(text, lab):
    """Les notes d'un lab : un renvoi après son premier échange, et son échange capturé à la fin de « make trace »."""
    ladder = next((block for block in FENCE.finditer(text) if ARROW.search(block[0])), None)
    if ladder and os.path.exists(EXCHANGES):
        text = text[:ladder.end()] + "\nD'autres échanges, dessinés : @ref echanges.\n" + text[ladder.end():]
    section = re.search(SECTION % re.escape(lab), text, re.M | re.S)
    if section and os.path.exists(CAPTURE.format(lab)):
        with open(CAPTURE.format(lab), encoding="utf-8") as file:
            capture = file.read()
        more = "Dans le site, la même scène paquet par paquet, et celles des autres labs : @ref captures.\n"
        text = text[:section.end()].rstrip() + f"\n\n{more}\n{capture}\n" + text[section.end():]
    return text


def rewritten(text):
    """Un morceau de texte, sans bloc de code."""
    text = SPAN.sub(lambda found: found[0].translate(str.maketrans(HIDDEN)), text)
    text = BOLD.sub(lambda found: f"<strong>{found['bold']}</strong>" if "`" in (found["bold"] or "") else found[0], text)
    text = LINK.sub(r"[<code>\1</code>]", text)
    return ANCHOR.sub(lambda found: f"[{' '.join(found[1].split())}](@ref {found[2]})", text)


def main(path):
    """Écrit le texte récrit ; les blocs de code passent tels quels."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lab = NOTES.fullmatch(path)
    text = with_drawings(text, lab[1]) if lab else text
    last = 0
    for block in BLOCK.finditer(text):
        sys.stdout.write(rewritten(text[last:block.start()]) + block[0])
        last = block.end()
    sys.stdout.write(rewritten(text[last:]))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1])

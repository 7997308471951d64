"""Ce que Doxygen lit mal dans nos textes, récrit à son entrée, ligne pour ligne : markdown_filter.py FICHIER.md

Pour lui, une apostrophe ferme un code (`ARGS='HOST PORT'`) ; un gras qui commence ou finit par du code n'est pas un gras ;
et le code d'un lien reste entre ses accents graves.
"""
import re
import sys

# Une apostrophe de code voyage sous ce signe ; page.py la rend.
APOSTROPHE = "\ue000"
BLOCK = re.compile(r"^ {0,3}```.*?^ {0,3}```$|(?<=\n\n)(?: {4}[^\n]*(?:\n|\Z))+", re.S | re.M)
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\n).)+?)(?<!`)\1(?!`)", re.S)
BOLD = re.compile(r"\*\*(?=`)((?:(?!\n\n).)+?)\*\*|\*\*(?! )((?:(?!\n\n|\*\*).)+?`)\*\*", re.S)
LINK = re.compile(r"\[`([^`\]]+)`\](?=\()")


def rewritten(text):
    """Un morceau de texte, sans bloc de code."""
    text = SPAN.sub(lambda found: found[0].replace("'", APOSTROPHE), text)
    text = BOLD.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", text)
    return LINK.sub(r"[<code>\1</code>]", text)


def main(path):
    """Écrit le texte récrit ; les blocs de code passent tels quels."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    last = 0
    for block in BLOCK.finditer(text):
        sys.stdout.write(rewritten(text[last:block.start()]) + block[0])
        last = block.end()
    sys.stdout.write(rewritten(text[last:]))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1])

"""Une page HTML qui se suffit : ni script, ni fichier à côté, lisible au téléphone et sur papier.

Tout texte y entre par prose() (le français d'une phrase) ou code() (tel quel) ; rien d'autre n'y met un « < ».
"""

import html
import os
import re

from tests.grading.render.text import line, number

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MONTHS = ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre").split()
# Sur un téléphone, chaque ligne d'un tel tableau s'empile, et chaque case redit sa colonne.
STACKED = "stacked"
MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def code(text):
    """Un texte tel quel, où rien n'est un élément."""
    return html.escape(line(text))


def prose(text):
    """Une phrase : la ponctuation double et les guillemets ne sont jamais seuls en bout de ligne."""
    return re.sub(r" ([:;?!»])", r"&nbsp;\1", re.sub(r"« ", "«&nbsp;", code(text)))


def tag(name, content, **attributes):
    """Un élément ; « class_ » s'écrit class. Le contenu est déjà du HTML."""
    shown = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
                    for key, value in attributes.items() if value is not None)
    return f"<{name}{shown}>{content}</{name}>"


def paragraph(text, class_=None):
    """Un paragraphe."""
    return tag("p", prose(text), class_=class_)


def notice(*texts):
    """Ce qu'il ne faut pas manquer."""
    return tag("div", "".join(map(paragraph, texts)), class_="notice", role="note")


def listing(items):
    """Une liste, dont les éléments sont déjà du HTML."""
    return tag("ul", "\n".join(tag("li", item) for item in items)) if items else ""


def details(summary, content, is_open=False, class_=None):
    """Un volet."""
    shown = f' class="{class_}"' if class_ else ""
    return f"<details{shown}{' open' if is_open else ''}><summary>{summary}</summary>\n{content}\n</details>"


def table(caption, header, rows, class_=None):
    """Un tableau qui défile s'il est trop large. header : (titre, « n » pour un nombre) ; la première case nomme la ligne."""
    head = "".join(tag("th", prose(title), scope="col", class_=kind) for title, kind in header)
    labels = [title for title, _ in header] if STACKED in (class_ or "").split() else [None] * len(header)
    body = "\n".join(tag("tr", cells(row, header, labels)) for row in rows)
    return (f'<div class="scroll" tabindex="0" role="region" aria-label="{prose(caption)}">'
            + tag("table", f"<caption>{prose(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>",
                  class_=class_) + "</div>")


def cells(row, header, labels):
    """Les cases d'une ligne, déjà en HTML ; la première est son titre."""
    first, *rest = row
    return tag("th", first, scope="row", class_=header[0][1]) + "".join(
        tag("td", value, class_=kind, data_label=label) for value, (_, kind), label in zip(rest, header[1:], labels[1:]))


def bar(part, whole):
    """Une barre ; le nombre est toujours écrit à côté, elle n'ajoute rien pour qui ne la voit pas."""
    share = round(100 * part / whole) if whole else 0
    return f'<span class="bar" aria-hidden="true"><span style="width:{min(100, max(0, share))}%"></span></span>'


def over(value, most):
    """« 12,5 / 20 », qui ne se coupe pas."""
    return tag("span", f"{number(value)}&nbsp;/&nbsp;{number(most)}", class_="nowrap")


def date(text):
    """« 22 novembre 2026 »."""
    found = MOMENT.match(text or "")
    if not found or not 1 <= int(found.group(2)) <= 12:
        return ""
    year, month, day = map(int, found.groups())
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]} {year}"


def style():
    """La feuille de style, mise dans la page."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "style.css"), encoding="utf-8") as file:
        return file.read()


def document(title, head, body, foot):
    """La page entière."""
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>{code(title)}</title>
<style>
{style()}</style>
</head>
<body>
<header>
{head}
</header>
<main>
{body}
</main>
<footer>
{foot}
</footer>
</body>
</html>
"""

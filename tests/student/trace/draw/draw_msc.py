"""Le dessin pour mscgen, et le SVG que mscgen en fait, lisible sur fond clair comme sur fond sombre."""

import os
import re
import subprocess
import textwrap
from xml.sax.saxutils import escape

from tests.student.trace.draw import wording

# Des teintes que les daltoniens distinguent (Okabe et Ito), assombries pour se lire sur du blanc ;
# puis les mêmes, éclaircies, pour un fond sombre. La teinte 0 est neutre.
LIGHT = ["#000000", "#005a92", "#a83f00", "#00684c", "#8f3570", "#6b5a00", "#5a4fb0"]
DARK = ["#e8e8e8", "#6cc0f5", "#f5a06a", "#3fcf9f", "#eba4d0", "#e0cb4a", "#b9b0ff"]
PALE = ["#f3f3f3", "#e6f1fa", "#fbeadf", "#e0f4ec", "#f8e8f2", "#f6f2d6", "#ebe9fb"]
DEEP = ["#2b2e33", "#15303f", "#40281a", "#123a2e", "#3b2033", "#38330f", "#2a2750"]
PAPER = "#16181c"
# Le fond des noms répétés, et son jumeau sombre.
HEAD, DARK_HEAD = "#fcfdfe", "#1c2026"
# De combien de rangées en combien de rangées les noms reviennent ; jamais pour n'en coiffer que quelques-unes.
AGAIN, LEFT = 14, 6
# mscgen comprend « \n » dans un texte, et rien d'autre : une vraie barre oblique attend sous ce signe.
BACKSLASH = "\u29f5"
# De combien écarter les lignes, que mscgen serre.
STRETCH = 1.45
# Une flèche qui n'arrive pas : un trait, puis les deux bras d'une croix au bout.
CROSS = re.compile(r'<line x1="(?P<start>\d+)" y1="(?P<y>\d+)" x2="(?P<end>\d+)" y2="(?P=y)" stroke="(?P<ink>[^"]+)"/>\n'
                   r'<line x1="(?P<left>\d+)" y1="(?P<top>\d+)" x2="(?P<right>\d+)" y2="(?P<low>\d+)" stroke="(?P=ink)"/>\n'
                   r'<line x1="(?P=right)" y1="(?P=top)" x2="(?P=left)" y2="(?P=low)" stroke="(?P=ink)"/>')
# La largeur d'un acteur, en points ; celle d'une ligne de texte, en lettres ; et combien de lignes au plus.
COLUMN, LINE, MOST_LINES = 240, 33, 4


def tone(tint):
    """Le rang de la teinte : il y a des clients plus nombreux que les couleurs."""
    return 0 if not tint else 1 + (tint - 1) % (len(LIGHT) - 1)


def quote(text):
    """Un texte entre guillemets, pour mscgen."""
    return '"' + text.replace("\\", BACKSLASH).replace('"', '\\"') + '"'


def glued(text):
    """Un guillemet reste avec ce qu'il entoure, un nombre avec son unité, un résultat avec son signe égal."""
    return re.sub(r"(?<=«) | (?=»)|(?<==) (?=\S)| (?=[·=])|(?<=\d) (?=octets?\b|m?s\b)", "\u00a0", text)


def lines(*parts, width=LINE):
    """Plusieurs lignes dans un même texte. Nous coupons nous-mêmes : mscgen coupe au milieu d'un caractère."""
    cut = [line for part in parts if part
           for line in textwrap.wrap(glued(part), width, max_lines=MOST_LINES, placeholder=" …")]
    return "\\n".join(quote(line)[1:-1] for line in cut)


def attributes(row, text):
    color = LIGHT[tone(row.tint)]
    return f'label="{text}", linecolour="{color}", textcolour="{color}"'


def packet(row, ladder, names, timed):
    """Une flèche : pleine si un programme l'a fait partir, en tirets si c'est le noyau."""
    arrow = "-x" if row.lost else ">>" if row.kernel else "=>"
    text = f"{row.number} · {row.text}" if row.number else row.text
    if timed:
        text += f" · {(row.time - ladder.start) * 1000:.1f} ms".replace(".", ",")
    order = list(names)
    span = abs(order.index(row.source) - order.index(row.target)) or 1
    return f"{names[row.source]} {arrow} {names[row.target]} [{attributes(row, lines(text, width=LINE * span))}];"


def call(row, names):
    name = names[row.column]
    first = f"[{row.thread}] {row.text}" if row.thread else row.text
    shade = PALE[tone(row.tint)]
    return f'{name} box {name} [{attributes(row, lines(first, row.where))}, textbgcolour="{shade}"];'


def note(row, names):
    name = names[row.column]
    return f'{name} note {name} [{attributes(row, lines(row.text))}];'


def names_again(names):
    """Une rangée qui redit qui est chaque colonne : un long dessin ne se voit jamais en entier."""
    boxes = [f'{name} abox {name} [label="{lines(column.name)}", linecolour="{LIGHT[tone(column.tint)]}", '
             f'textcolour="{LIGHT[tone(column.tint)]}", textbgcolour="{HEAD}"]' for column, name in names.items()]
    return "  " + ", ".join(boxes) + ";"


def source(ladder, timed=True):
    """Le dessin dans la langue de mscgen."""
    names = {column: f"a{index}" for index, column in enumerate(ladder.columns)}
    heads = ",\n  ".join(f'{names[column]} [label="{lines(column.name, column.subtitle)}", '
                         f'textcolour="{LIGHT[tone(column.tint)]}"]' for column in ladder.columns)
    rows = [f'msc {{\n  width="{max(640, COLUMN * len(ladder.columns))}", wordwraparcs="1";\n  {heads};']
    for rank, row in enumerate(ladder.rows):
        if rank and rank % AGAIN == 0 and len(ladder.rows) - rank >= LEFT:
            rows.append(names_again(names))
        if row.kind == "packet":
            rows.append("  " + packet(row, ladder, names, timed))
        elif row.kind == "gap":
            rows.append(f'  ... [label="{lines(row.text)}"];')
        else:
            rows.append("  " + (call if row.kind == "call" else note)(row, names))
    return "\n".join(rows) + "\n}\n"


def style():
    """Ce qui change sur un fond sombre : chaque couleur du dessin y a sa jumelle."""
    rules = ["svg.echange text{font-family:Helvetica,Arial,\"DejaVu Sans\",sans-serif;font-size:11px}"]
    dark = ["svg.echange{background:" + PAPER + "}", f"svg.echange [fill=white]{{fill:{PAPER}}}",
            f"svg.echange [stroke=black]{{stroke:{DARK[0]}}}", f"svg.echange [fill=black]{{fill:{DARK[0]}}}"]
    for light, deep in zip(LIGHT + PALE + [HEAD], DARK + DEEP + [DARK_HEAD]):
        dark += [f'svg.echange [{name}="{light}" i]{{{name}:{deep}}}' for name in ("fill", "stroke")]
    return "\n".join(rules) + "\n@media screen and (prefers-color-scheme: dark){\n" + "\n".join(dark) + "\n}\n"


def air(drawing):
    """Donne de l'air : mscgen serre ses lignes, cache les soulignés, et impose une largeur à chaque texte."""
    # Un caractère que XML refuse n'a rien à faire ici.
    drawing = re.sub(r"&#x(?:[0-8bcef]|1[0-9a-f]|d[89a-f]..|fff[ef]);", "\ufffd", drawing)
    drawing = re.sub(r'<polygon fill="#[0-9a-fA-F]{6}" points="[^"]*"/>\n(?=<text)', "", drawing)
    drawing = re.sub(r'<text x="(\d+)"( y="\d+") textLength="(\d+)"([^>]*?)(?: text-anchor="middle")?>\n+(.*?)\n</text>',
                     centered, drawing, flags=re.S)
    drawing = CROSS.sub(crossed, drawing)
    drawing = re.sub(r'\b(y1|y2|y|cy|height)="(\d+)(px)?"', lambda found: f'{found[1]}="{tall(found[2])}"', drawing)
    drawing = re.sub(r'viewBox="0 0 (\d+) (\d+)"', lambda found: f'viewBox="0 0 {found[1]} {tall(found[2])}"', drawing)
    drawing = re.sub(r'points="([^"]*)"', lambda found: 'points="' + re.sub(
        r"(\d+),(\d+)", lambda point: f"{point[1]},{tall(point[2])}", found[1]) + '"', drawing)
    return re.sub(r' d="([^"]*)"', lambda found: ' d="' + re.sub(
        r"(M |0 0,1 )(\d+)([ ,])(\d+)", lambda point: f"{point[1]}{point[2]}{point[3]}{tall(point[4])}", found[1]) + '"', drawing)


def centered(found):
    """Un texte placé par son milieu : sa largeur dépend de la police, son milieu non."""
    x, y, length, more, content = found.groups()
    middle = int(x) if 'text-anchor="middle"' in found[0] else int(x) + int(length) // 2
    return f'<text x="{middle}"{y} dy="-2.5"{more} text-anchor="middle">{content}</text>'


def crossed(found):
    """Un paquet perdu : sa croix va là où il s'est perdu, hors du texte, et se voit."""
    start, y, end, ink = int(found["start"]), int(found["y"]), int(found["end"]), found["ink"]
    # mscgen s'arrête aux trois quarts du chemin, sous le texte.
    arrival = start + (end - start) * 4 // 3
    x = arrival + (14 if end < start else -14)
    arms = "".join(f'\n<line x1="{x - 5}" y1="{y - rise}" x2="{x + 5}" y2="{y + rise}" stroke="{ink}" stroke-width="2"/>'
                   for rise in (-4, 4))
    return f'<line x1="{start}" y1="{y}" x2="{x}" y2="{y}" stroke="{ink}"/>{arms}'


def tall(number):
    return str(round(int(number) * STRETCH, 1))


def svg(path, title):
    """Fait faire le SVG par mscgen ; rend le dessin seul, à mettre dans une page (le style à part)."""
    done = subprocess.run(["mscgen", "-T", "svg", "-i", path, "-o", "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        raise RuntimeError("mscgen n'a pas pu dessiner : " + done.stderr.decode("utf-8", "replace").strip()[:300])
    text = done.stdout.decode("utf-8", "replace")
    text = air(text[text.index("<svg"):].replace("&#x29f5;", "\\").replace(BACKSLASH, "\\"))
    return re.sub(r"<svg ([^>]*)>", lambda found: f'<svg class="echange" role="img" {found.group(1)}>\n'
                  f"<title>{escape(wording.plain(title))}</title>", text, count=1)


def standalone(drawing):
    """Le même dessin, avec son style : un fichier qui se suffit."""
    return drawing.replace("</title>", f"</title>\n<style>{style()}</style>", 1)

"""La page : le dessin, puis chaque paquet et chaque appel en détail. Un seul fichier, sans script, sans rien d'ailleurs."""

import base64
import hashlib
import os
from html import escape

from tests.student.trace.draw import draw_msc
from tests.student.trace.draw import wording

HERE = os.path.dirname(os.path.abspath(__file__))
POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def text(value):
    """Un texte venu d'ailleurs, sûr dans une page."""
    return escape(wording.plain(value))


def css():
    with open(os.path.join(HERE, "page.css"), encoding="utf-8") as file:
        base = file.read()
    tints = "".join(f".t{index}{{--tint:{light};--shade:{pale}}}\n"
                    for index, (light, pale) in enumerate(zip(draw_msc.LIGHT, draw_msc.PALE)))
    dark = "".join(f".t{index}{{--tint:{light};--shade:{pale}}}\n"
                   for index, (light, pale) in enumerate(zip(draw_msc.DARK, draw_msc.DEEP)))
    return base + tints + "@media screen and (prefers-color-scheme: dark){\n" + dark + "}\n" + draw_msc.style()


def instant(row, ladder):
    return f"{(row.time - ladder.start) * 1000:.1f} ms".replace(".", ",")


def details(row):
    """Ce que l'on sait de plus."""
    if not row.details:
        return ""
    items = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in row.details)
    return f"<dl>{items}</dl>"


def packet(row, ladder):
    kind = "perdu" if row.lost else "noyau" if row.kernel else "programme"
    who = f"{text(row.source.name)} → {text(row.target.name)}"
    number = f' id="p{row.number}" data-packet="{row.number}"' if row.number else ""
    label = f"<b>{row.number}</b> " if row.number else ""
    return (f'<li class="packet {kind} t{draw_msc.tone(row.tint)}"{number}><time>{instant(row, ladder)}</time>'
            f'<p class="head">{label}<span class="who">{who}</span> <span class="what">{text(row.text)}</span>{place(row)}</p>'
            f"{details(row)}</li>")


def packets(ladder):
    """La liste des paquets seuls : pour la documentation."""
    items = [packet(row, ladder) for row in ladder.rows if row.kind == "packet" and row.number]
    return '<ol class="packets">' + "\n".join(items) + "</ol>\n"


def place(row):
    """La ligne de l'étudiant dont vient un paquet ou un appel, si on la connaît."""
    return f' <span class="where">{text(row.where)}</span>' if row.where else ""


def call(row, ladder):
    thread = f" · {text(row.thread)}" if row.thread else ""
    bad = " bad" if row.bad else ""
    return (f'<li class="call{bad} t{draw_msc.tone(row.tint)}"><time>{instant(row, ladder)}</time>'
            f'<p class="head"><span class="who">{text(row.column.name)}{thread}</span> <code>{text(row.text)}</code>{place(row)}</p>'
            f"{details(row)}</li>")


def note(row, ladder):
    bad = " bad" if row.bad else ""
    return (f'<li class="note{bad} t{draw_msc.tone(row.tint)}"><time>{instant(row, ladder)}</time>'
            f'<p class="head"><span class="who">{text(row.column.name)}</span> {text(row.text)}</p>'
            f"{details(row)}</li>")


def gap(row, _):
    return f'<li class="gap">{text(row.text)}</li>'


DRAWERS = {"packet": packet, "call": call, "note": note, "gap": gap}


def legend(ladder):
    """Qui est qui : la couleur, et toujours le nom."""
    names = "".join(f'<li class="t{draw_msc.tone(column.tint)}">{text(column.name)}'
                    f'{" : " + text(column.subtitle) if column.subtitle else ""}</li>' for column in ladder.columns)
    threads = any(row.thread for row in ladder.rows)
    hint = "<p>Un thread du serveur a la couleur du client qu'il sert ; il est aussi nommé.</p>" if threads else ""
    return f'<ul class="legend">{names}</ul>{hint}'


def page(ladder, drawing, intro, outro):
    """La page entière. intro et outro : du HTML à nous."""
    sheet = css()
    policy = POLICY.format(base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode())
    remarks = "".join(f"<li>{text(remark)}</li>" for remark in ladder.remarks)
    rows = "\n".join(DRAWERS[row.kind](row, ladder) for row in ladder.rows)
    return f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(ladder.title)}</title>
<style>{sheet}</style>
</head>
<body>
<main>
<h1>{text(ladder.title)}</h1>
{intro}
{f'<ul class="remarks">{remarks}</ul>' if remarks else ''}
<h2>L'échange, dessiné</h2>
{legend(ladder)}
<p class="slide">Le dessin défile de gauche à droite ; la suite de la page dit la même chose, pas à pas.</p>
<div class="drawing" tabindex="0" role="region" aria-label="Le dessin de l'échange ; il défile de gauche à droite">
{drawing}
</div>
<h2>Pas à pas</h2>
<ol class="rows">
{rows}
</ol>
{outro}
</main>
</body>
</html>
"""

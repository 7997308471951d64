"""Les pages des passages proches : un classement, et une page par paire où les deux textes sont côte à côte.

Aucun script ; tout ce qu'un étudiant a écrit y entre par render.page, qui n'y laisse aucun élément.
"""

import re
import shutil

from tests.grading.render import files, html_page
from tests.grading.render.text import line, plural
from tests.grading.similar import similar_passages

PAIRS = "paires"
# Au-delà, les pages ne seraient pas lues, et le classement serait trop lourd pour un navigateur.
PAGES, LISTED = 60, 500
STRING_OR_COMMENT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
STYLE = """<style>
main { max-width: none; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin-bottom: 2rem; }
.pair > div { min-width: 0; }
.pair pre { overflow-x: auto; margin: 0; padding: .6rem; border: 1px solid #8886; border-radius: .4rem; font-size: .8rem; }
.pair .number { color: #777; user-select: none; }
@media (max-width: 50rem) { .pair { grid-template-columns: 1fr; } }
@media print { .pair pre { white-space: pre-wrap; } }
</style>"""
WARNING = ("Se ressembler n'est pas copier. Ces passages sont proches ; cette page ne dit pas pourquoi, et ne peut pas le "
           "savoir. Regardez-les vous-même, et parlez-en d'abord avec les personnes.")
REASONS = ("l'énoncé, le cours ou une page de manuel donnent le même modèle à tout le monde ;",
           "la question n'a qu'une bonne réponse courte, et chacun l'a trouvée ;",
           "ces personnes ont travaillé ensemble, ou se sont aidées, comme cela était peut-être permis ;",
           "l'une est partie d'un travail d'une autre année, d'un dépôt public ou d'un assistant, comme une autre avant elle ;",
           "un travail a été repris, avec ou sans l'accord de qui l'avait écrit.")


def how():
    """Comment lire ces nombres."""
    run = similar_passages.RUN
    return html_page.details(html_page.prose("Comment ces passages sont trouvés"), "".join(map(html_page.paragraph, (
        "De chaque source, les lignes du squelette sont ôtées : ce que tout le monde a reçu ne compte pas. Le reste est "
        "lu mot à mot (un nom, un signe, un nombre) sans regarder quels noms ont été choisis, ni les commentaires, ni la "
        "mise en page, ni l'ordre des fonctions.",
        f"Un passage est retenu à partir de {run} mots de suite, soit une quinzaine de lignes. Plus bas, deux programmes "
        "qui font la même chose se ressembleraient toujours ; plus haut, une copie coupée en morceaux passerait inaperçue.",
        "« Mots » : ce que les deux travaux ont de proche, en tout ; c'est ce qui les range. « Part » : ce que cela fait du "
        "plus court des deux. Une grande part d'un travail très court dit peu."))))


def explanations():
    """Ce qui peut expliquer."""
    return html_page.tag("h2", html_page.prose("Ce qui peut l'expliquer")) + html_page.listing(html_page.prose(text) for text in REASONS)


def name_of(work):
    """Le nom à montrer."""
    return line(work.student["name"])


def write(pairs, apart, students, out, hidden):
    """Toutes les pages, à neuf : celles d'un classement précédent montreraient des paires qui n'y sont plus."""
    shutil.rmtree(out / PAIRS, ignore_errors=True)
    files.put(index(pairs, apart, students), out, "index.html")
    for number, pair in enumerate(pairs[:PAGES], 1):
        files.put(one_pair(number, pair, hidden), out, PAIRS, f"{number:03d}.html")


def index(pairs, apart, students):
    """Le classement."""
    rows = []
    for number, pair in enumerate(pairs[:LISTED], 1):
        title = html_page.code(f"{name_of(pair.left)} · {name_of(pair.right)}")
        link = html_page.tag("a", title, href=f"{PAIRS}/{number:03d}.html") if number <= PAGES else title
        rows.append((link, html_page.code(pair.lab), str(pair.words), f"{round(100 * pair.share)}&nbsp;%", str(len(pair.passages))))
    header = (("Travaux", None), ("Lab", None), ("Mots", "n"), ("Part", "n"), ("Passages", "n"))
    body = html_page.notice(WARNING)
    body += html_page.table(f"{plural(len(pairs), 'paire')}, les plus proches d'abord", header, rows) if rows else \
        html_page.paragraph("Aucun passage proche n'a été trouvé.")
    if len(pairs) > LISTED:
        body += html_page.paragraph(f"Les {LISTED} premières paires sont listées ; les autres se ressemblent moins.")
    body += explanations() + how()
    if apart:
        body += html_page.tag("h2", html_page.prose("Pas comparés")) + html_page.listing(
            html_page.code(f"{line(student['name'])} : {line(reason)}") for student, reason in apart)
    head = html_page.tag("h1", html_page.prose("Passages proches")) + html_page.paragraph(f"{plural(len(students), 'rendu')} comparés deux à deux.")
    return html_page.document("Passages proches", head, body, html_page.paragraph("Pour qui enseigne. À ne pas publier."))


def one_pair(number, pair, hidden):
    """Une paire, passage par passage."""
    body = STYLE + html_page.notice(WARNING)
    for rank, (left, right, words) in enumerate(pair.passages, 1):
        body += html_page.tag("h2", html_page.prose(f"Passage {rank} : {words} mots"))
        body += html_page.tag("div", side(pair.left, left, hidden) + side(pair.right, right, hidden), class_="pair")
    title = f"{name_of(pair.left)} · {name_of(pair.right)}"
    head = (html_page.tag("p", html_page.tag("a", html_page.prose("← le classement"), href="../index.html")) + html_page.tag("h1", html_page.code(title))
            + html_page.paragraph(f"Paire {number}, {pair.lab} : {pair.words} mots proches, {round(100 * pair.share)} % du plus court des deux."))
    return html_page.document(f"Passages proches : {title}", head, body + explanations(), html_page.paragraph("Pour qui enseigne. À ne pas publier."))


def side(work, spans, hidden):
    """Un côté : le texte tel que rendu, ses numéros de ligne."""
    shown = html_page.tag("h3", html_page.code(name_of(work)))
    for name, first, last in spans:
        text = work.texts[name]
        if hidden:
            text = without_comments("\n".join(text)).split("\n")
        rows = "\n".join(f'<span class="number">{number:>4} </span>{html_page.code(expand(text[number - 1]))}'
                         for number in range(first, last + 1))
        shown += html_page.paragraph(f"{name}, lignes {first} à {last}") + html_page.tag("pre", rows, tabindex="0")
    return html_page.tag("div", shown)


def expand(text):
    """Les tabulations deviennent des espaces : montrées en \\x09, elles cacheraient la mise en page."""
    return text.expandtabs(4)


def without_comments(text):
    """Sous des pseudonymes, les commentaires sont blanchis : on y signe souvent son travail."""
    def erase(match):
        return match.group() if match.group()[0] in "\"'" else re.sub(r"[^\n]", " ", match.group())
    return STRING_OR_COMMENT.sub(erase, text)

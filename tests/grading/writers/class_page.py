"""index.html : la page de la classe, pour qui enseigne. Les notes, ce que la plupart ont raté, un lien vers chacun."""

from tests.grading.render import chart, files, lessons, view
from tests.grading.render.html_page import STACKED, bar, code, date, details, document, listing, notice, paragraph, prose, table, tag
from tests.grading.render.text import number, plural

NAME = "index.html"
# Ce qui se lit d'abord ; le reste se déplie.
FIRST = 8


def write(class_, out):
    """Écrit la page."""
    items = view.students(class_)
    labs = lessons.labs(items)
    about = " · ".join(filter(None, [class_.get("title"), date(class_.get("date")), plural(len(items), "travail rendu", "travaux rendus"),
                                     class_.get("edition") and f"édition {class_['edition']}"]))
    lessons_again = teach_again(labs)
    head = tag("h1", "Notes de la classe") + paragraph(about, "soft") + doors(bool(lessons_again))
    body = "\n".join(filter(None, [told_scale(class_), warnings(class_, items), spread(class_, items, labs), lessons_again, roll(class_, items)]))
    foot = paragraph("Page de l'enseignant. Chaque étudiant a la sienne, qui se remet seule ; les mêmes notes sont dans "
                     "notes.csv et dans les autres fichiers de ce dossier.")
    title = " — ".join(filter(None, ["Notes de la classe", class_.get("title")]))
    files.put(document(title, head, body, foot), out, NAME)


def told_scale(class_):
    """Le barème, s'il y en a un."""
    return paragraph(f"Noté d'après le barème « {class_['scale']} », sur {class_['out_of']} : les points sont les siens.") if class_["scale"] else ""


def doors(again):
    """Les parties de la page : la liste des étudiants vient après des tableaux qui peuvent être longs."""
    parts = [("notes", "Répartition"), *([("reprendre", "À reprendre en cours")] if again else []), ("etudiants", "Étudiants")]
    return tag("p", " · ".join(tag("a", prose(name), href="#" + anchor) for anchor, name in parts))


def link(item):
    """Le nom d'un étudiant, qui mène à sa page."""
    return tag("a", code(item["display_name"]), href=f"{files.STUDENTS}/{item['id']}/index.html")


def warnings(class_, items):
    """Ce qui demande quelqu'un : protections absentes, travaux non notés, travaux à regarder."""
    parts = []
    bare = [item for item in items if not view.is_protected(item)]
    if bare or not class_.get("protected", True):
        missing = ", ".join(class_.get("protections_missing") or [])
        parts.append(notice("Non protégé : " + plural(len(bare), "travail a été jugé", "travaux ont été jugés")
                            + " sans toutes les protections" + (f" (il manque : {missing})" if missing else "")
                            + ". Un programme hostile a pu changer une note ou lire les tests."))
    left = [item for item in items if view.raw(item) is None]
    if left:
        parts.append(tag("h2", prose(f"Non notés ({len(left)})"))
                     + paragraph("Le juge n'a pas pu travailler. Ce n'est pas un zéro : relancez la même commande.")
                     + listing([f"{link(item)}{prose(' : ' + (item['reason'] or 'raison inconnue'))}" for item in left]))
    hand = [item for item in items if view.is_by_hand(item)]
    if hand:
        parts.append(tag("h2", prose(f"À voir à la main ({len(hand)})"))
                     + listing([link(item) + (prose(" : " + " ".join(item["remarks"])) if item["remarks"] else "") for item in hand]))
    return "\n".join(parts)


def spread(class_, items, labs):
    """La répartition des notes, en tout puis par lab."""
    title = tag("h2", "Répartition des notes", id="notes")
    marks = [view.final(item)["over"] for item in items if view.final(item)]
    if not marks:
        return title + paragraph("Personne n'est encore noté.")
    late = any(view.is_penalised(item) for item in items)
    most = class_["out_of"]
    parts = [title, figures(marks), chart.histogram(marks, "Notes finales", most)]
    if late:
        parts.append(paragraph("Notes finales, pénalités de retard comprises ; les notes des labs sont brutes.", "soft small"))
    return "\n".join(parts) + tag("div", "\n".join(lab_spread(lab, most) for lab in labs), class_="charts")


def lab_spread(lab, most):
    """La répartition d'un lab."""
    absent = plural(lab.absent, "étudiant ne l'a pas rendu.", "étudiants ne l'ont pas rendu.") if lab.absent else ""
    body = figures(lab.marks) + chart.histogram(lab.marks, f"Notes de {lab.name}", most) if lab.marks else ""
    return tag("section", tag("h3", prose(f"{lab.name} · {lab.title}")) + body + (paragraph(absent, "soft small") if absent else ""))


def figures(marks):
    """Moyenne, médiane, étendue."""
    told = [f"{name} {number(value)}" for name, value in chart.summary(marks).items()]
    return paragraph(f"{plural(len(marks), 'note')} · " + " · ".join(told), "small")


def teach_again(labs):
    """Ce que la plupart ont raté, lab par lab."""
    parts = [section for section in map(missed, labs) if section]
    if not parts:
        return ""
    return (tag("h2", "À reprendre en cours", id="reprendre")
            + paragraph("Un défaut compte pour qui a échoué à l'un des tests qui le montrent. Un test « pas essayé » attend "
                        "qu'un autre, dont il dépend, réussisse.", "soft")
            + "\n".join(parts))


def missed(lab):
    """Les défauts et les tests d'un lab."""
    defects, tests, whole = lab.defects(), lab.tests(), len(lab.runs)
    if not tests and not lab.unbuilt:
        return ""
    parts = [tag("h3", prose(f"{lab.name} : {plural(whole, 'travail', 'travaux')}"))]
    if lab.unbuilt:
        parts.append(paragraph(f"{plural(lab.unbuilt, 'travail', 'travaux')} sur {whole} : un programme au moins ne se compile pas."))
    parts.append(folded(f"Défauts les plus répandus, {lab.name}", [("défaut", None), ("étudiants", None)],
                        [[prose(f"{defect} — {title}" if title else defect), share(count, whole)] for defect, title, count in defects]))
    parts.append(folded(f"Tests les plus échoués, {lab.name}",
                        [("test", None), ("échoué par", None), ("pas essayé", "n")],
                        [[test_name(test), share(failed, whole), str(waiting or "")] for test, failed, waiting in tests], STACKED))
    return "\n".join(filter(None, parts))


def test_name(test):
    """Un test : sa phrase, son étape, son nom."""
    about = f"étape {test['step']} · {test['name']}" if not test.get("private") else "réservé"
    return f"{prose(test['title'])}<br><span class=\"soft small\">{code(about)}</span>"


def share(part, whole):
    """« 12 sur 15 », et une barre."""
    return f'<span class="nowrap">{part} sur {whole}</span> {bar(part, whole)}'


def folded(caption, header, rows, class_=None):
    """Un tableau dont la suite se déplie."""
    if not rows:
        return ""
    first, rest = rows[:FIRST], rows[FIRST:]
    more = details(prose(f"Et {plural(len(rest), 'autre')}"), table(f"{caption} (suite)", header, rest, class_)) if rest else ""
    return table(caption, header, first, class_) + more


def roll(class_, items):
    """Tous les étudiants."""
    names = sorted({entry["lab"] for item in items for entry in item["labs"]})
    late = any(item.get("late") for item in items)
    header = [("étudiant", None), *((name, "n") for name in names), (f"{'brut' if late else 'total'} / {class_['out_of']}", "n"),
              *([(f"final / {class_['out_of']}", "n")] if late else []), ("à savoir", None)]
    rows = [row(item, names, late) for item in items]
    return tag("h2", "Étudiants", id="etudiants") + table("Notes de chaque étudiant", header, rows, f"roll {STACKED}")


def row(item, names, late):
    """La ligne d'un étudiant ; la note brute est toujours à côté de la finale."""
    raw, final = view.raw(item), view.final(item)
    badges = " ".join(tag("span", prose(text), class_="badge") for text in view.warnings(item))
    if raw is None:
        blank = ["–"] * (len(names) + 1) + (["–"] if late else [])
        return [link(item), *blank, tag("span", prose("non noté"), class_="badge") + " " + badges]
    entries = {entry["lab"]: entry for entry in item["labs"]}
    marks = [lab_mark(entries.get(name)) for name in names]
    after = [tag("strong", number(final["over"]))] if late else []
    told = tag("span", prose(view.late_text(item)), class_="small") if view.late_text(item) else ""
    return [link(item), *marks, number(raw["over"]), *after, f"{told} {badges}".strip()]


def lab_mark(entry):
    """La note d'un lab."""
    if entry is None:
        return "–"
    return number(entry["mark"]) if view.is_judged(entry) else tag("span", "absent", class_="soft")

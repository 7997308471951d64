"""etudiants/*/index.html : ce que l'étudiant aurait lu dans son terminal, à lire tranquillement.

Elle se remet seule : elle ne mène pas à la page de la classe.
"""

from tests.judge.report import results, story
from tests.judge.report.results import by_weight
from tests.grading.render import exchange, files, view
from tests.grading.render.html_page import bar, code, date, details, document, listing, notice, over, paragraph, prose, table, tag
from tests.grading.render.text import number

NAME = "index.html"
# On ne corrige qu'une chose à la fois : les premiers échecs sont ouverts, les autres attendent.
OPENED = 3
SIGNS = {"passed": ("✓", "good", "réussi"), "failed": ("✗", "bad", "échoué"), "not_run": ("–", "soft", "pas essayé"),
         "skipped": ("○", "soft", "sauté"), "broken": ("?", "soft", "interrompu")}


def write(class_, out):
    """Écrit la page de chacun, noté ou non."""
    items = view.students(class_)
    for item in items:
        files.put_student(page(class_, item), out, item, NAME)
    files.leftovers(items, out, NAME)


def page(class_, item):
    """La page d'un étudiant."""
    about = " · ".join(filter(None, [class_.get("title"), date(class_.get("date"))]))
    head = tag("h1", code(item["display_name"])) + paragraph(about, "soft")
    body = "\n".join([warnings(item), grade(item), remarks(item), *map(lab, item["labs"])])
    foot = paragraph("« À relire » renvoie à NOTES.fr.md, dans le dossier du lab. « make test », tapé dans ce dossier, "
                     "refait les mêmes tests chez vous.")
    return document(f"{item['display_name']} — {class_.get('title', '')}", head, body, foot)


def warnings(item):
    """Ce qui doit être lu avant la note."""
    told = []
    if view.raw(item) is None:
        told.append(notice(f"Non noté : {item['reason'] or 'raison inconnue'}.",
                           "Cela ne vient pas de votre travail, et n'est pas un zéro : il sera jugé à nouveau."))
    if not view.is_protected(item):
        told.append(notice("Non protégé : ce travail a été jugé sans toutes les protections prévues."))
    if view.is_by_hand(item):
        told.append(notice("À voir à la main : quelqu'un regardera aussi ce travail."))
    return "\n".join(told)


def grade(item):
    """La note, la brute à côté de la finale, et celle de chaque lab."""
    raw, final = view.raw(item), view.final(item)
    if raw is None:
        return ""
    beside = f" <small>{prose('note brute :')} {over(raw['over'], raw['out_of'])}</small>" if view.is_penalised(item) else ""
    parts = [tag("p", over(final["over"], final["out_of"]) + beside, class_="grade")]
    if view.scale_text(item):
        parts.append(paragraph(f"Noté d'après le {view.scale_text(item)} : les points sont les siens."))
    if view.late_text(item):
        parts.append(paragraph(view.late_text(item) + "."))
    rows = [[tag("a", code(entry["lab"]), href="#" + anchor(entry)) + prose(" · " + entry["title"]),
             (over(entry["mark"], entry["max"]) if view.is_judged(entry) else "absent") + prose(view.coefficient(entry))]
            for entry in item["labs"]]
    parts.append(table("La note de chaque lab", [("lab", None), ("note", "n")], rows))
    return "\n".join(parts)


def remarks(item):
    """Ce que la collecte et le juge ont remarqué."""
    told = [prose(remark) for remark in item["remarks"]]
    return tag("h2", "Remarques") + listing(told) if told else ""


def anchor(entry):
    """Le repère d'un lab dans la page."""
    return "lab-" + entry["lab"]


def lab(entry):
    """Tout ce qu'il y a à dire d'un lab."""
    title = tag("h2", prose(f"{entry['lab']} · {entry['title']}"), id=anchor(entry))
    if not view.is_judged(entry):
        return title + paragraph("Ce lab n'est pas dans le travail rendu : il compte pour zéro.")
    run = entry["results"]
    return "\n".join(filter(None, [title, tag("p", f"{prose('Note :')} <strong>{over(entry['mark'], entry['max'])}</strong>"),
                                   steps(run), build(run), failures(run), waiting(run), reserved(run), done(run)]))


def steps(run):
    """Une ligne par étape : points, et un signe par test."""
    rows = []
    for step in run["steps"]:
        tests = [test for test in run["tests"] if test["step"] == step["number"]]
        if tests and not step.get("private"):
            part = {"tests": tests}
            got, most = results.earned(part), results.available(part)
            points = f"{over(got, most)} {bar(got, most)}" if most else prose(results.score(part))
            rows.append([prose(f"{step['number']} · {step['title']}"), points, signs(tests)])
    return table("Les étapes de l'énoncé", [("étape", None), ("points", None), ("tests", None)], rows)


def signs(tests):
    """Un signe par test pour l'œil, et des mots pour qui écoute."""
    drawn = "".join(tag("span", SIGNS[test["status"]][0], class_=SIGNS[test["status"]][1]) for test in tests)
    words = [test["status"] for test in tests]
    told = ", ".join(f"{words.count(status)} {word}{'s' if words.count(status) > 1 and not word.startswith('pas') else ''}"
                     for status, (_, _, word) in SIGNS.items() if status in words)
    return f'<span class="marks" role="img" aria-label="{code(told)}">{drawn}</span>'


def build(run):
    """La première erreur de compilation de chaque programme ; une même erreur n'est dite qu'une fois."""
    programs = {}
    for one in run["build"]:
        if not one["ok"]:
            programs.setdefault((one["message"] or "").strip("\n"), []).append(one["program"])
    told = [tag("p", prose(f"{', '.join(names)} : ne se compile pas.")) + tag("pre", "\n".join(map(code, message.split("\n"))))
            for message, names in programs.items()]
    return tag("h3", "Compilation") + "".join(told) if told else ""


def failures(run):
    """Les tests échoués : ceux qui expliquent les autres, puis dans l'ordre de l'énoncé."""
    failed = by_weight(test for test in run["tests"] if test["status"] in ("failed", "broken") and not view.is_masked(run, test))
    if not failed:
        return ""
    told = [exchange.failure(run, test, rank < OPENED) for rank, test in enumerate(failed)]
    return tag("h3", prose(f"Ce qui a échoué ({len(failed)})")) + "\n".join(told)


def waiting(run):
    """Les tests dont le terrain manque, rangés sous l'échec qui les retient."""
    tests = {test["name"]: test for test in run["tests"]}
    groups = {}
    for test in run["tests"]:
        if test["status"] == "not_run" and not view.is_masked(run, test):
            groups.setdefault(story.held_by(test, tests), []).append(prose(test["title"]))
    told = [paragraph(f"Il faut d'abord « {tests[name]['title']} » :" if name else f"{reason} :") + listing(titles)
            for (name, reason), titles in groups.items()]
    if not told:
        return ""
    count = sum(map(len, groups.values()))
    return tag("h3", prose(f"Ce qui n'est pas encore essayé ({count})")) + "".join(told)


def reserved(run):
    """Les tests réservés : leur catégorie, leurs points, et rien d'autre."""
    rows = [[prose(category), over(got, most)] for category, got, most in view.by_category(run)]
    if not rows:
        return ""
    return tag("h3", "Tests réservés") + paragraph("Seuls leur catégorie et leurs points sont montrés.") + \
        table("Points des tests réservés", [("catégorie", None), ("points", "n")], rows)


def done(run):
    """Ce qui a réussi, et ce que la machine n'a pas permis d'essayer."""
    passed = [test for test in run["tests"] if test["status"] == "passed" and not view.is_masked(run, test)]
    skipped = [test for test in run["tests"] if test["status"] == "skipped" and not view.is_masked(run, test)]
    parts = []
    if passed:
        titles = [f"{prose(test['title'])} <span class=\"soft small\">({prose(results.worth(test)) if test.get('optional') else number(test['points'])})</span>"
                  for test in passed]
        parts.append(tag("h3", prose(f"Ce qui a réussi ({len(passed)})")) + details("Voir la liste", listing(titles)))
    if skipped:
        reasons = [prose(f"{test['title']} : {test.get('reason') or 'cette machine ne le permet pas'}") for test in skipped]
        parts.append(tag("h3", prose("Ce qui a été sauté, et ne compte pas")) + listing(reasons))
    return "\n".join(parts)

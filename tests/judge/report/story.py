"""Raconter un échec : ce que le juge a fait, ce qu'il attendait, ce qu'il a vu, où relire."""

import re

from tests.judge.report import compiler
from tests.judge.report.crowd import LEAST_SPARED, folded, gathered, weight
from tests.judge.report.paint import columns, pieces
from tests.judge.report.reserved import revealed
from tests.judge.report.results import by_weight, format_number, worth

LABEL = 11
# Au-delà, un échange est résumé : son début et sa fin disent l'essentiel.
LONG_TRANSCRIPT = 30
BEGINNING = 10
# Un événement dont la fin compte (« 3 fois de suite… », un message d'erreur) a droit à ces lignes.
EVENT_LINES = 3
# Des octets échangés se devinent à leur début ; tout le reste est une phrase, qui se lit jusqu'au bout.
BYTES = re.compile(r"(envoie|reçoit|affiche|tape) (\d+ octets : )?«")
REPEATED = re.compile(r"\(\d+ fois de suite[^()]*\)$")


def tell_build(paper, run):
    """La première erreur de compilation de chaque programme ; une même erreur n'est dite qu'une fois."""
    programs = {}
    for build in run["build"]:
        if not build["ok"]:
            programs.setdefault((build["message"] or "").strip("\n"), []).append(build["program"])
    for message, names in programs.items():
        paper.blank()
        what = "ne peut pas être construit" if len(names) == 1 else "ne peuvent pas être construits"
        paper.line("  " + paper.paint(f"✗ {', '.join(names)} {what}", "red", "bold"))
        for line in message.split("\n"):
            paper.line("    " + line)


def tell_failures(paper, run, request, limit):
    """Les premiers échecs en entier, les autres en une ligne, les tests pas encore essayés en un mot."""
    failures = by_weight(test for test in run["tests"] if test["status"] in ("failed", "broken") and not is_masked(test))
    # L'étape 0 ne vaut aucun point : qui n'a qu'elle n'a encore qu'une chose à lire.
    if not any(test["status"] == "passed" and test["points"] for test in run["tests"]):
        limit = 1
    shown = failures if len(failures) <= limit else failures[:limit]
    for test in shown:
        tell(paper, run, test, request, compiler.suspicion(run, test) if test is shown[0] else "")
    rest = failures[len(shown):]
    if rest:
        paper.blank()
        paper.line("  Ensuite :")
        for test in rest:
            paper.line("  " + paper.paint("✗", "red") + f" {test['title']}  "
                       + paper.paint(f"TEST={test['name']}", "dim"))
        paper.line("  Pour en lire un en entier : " + request.command(run, f"TEST={rest[0]['name']}"))
    tell_waiting(paper, run)
    tell_skipped(paper, run)
    tell_reserved(paper, run)
    paper.blank()


def tell(paper, run, test, request, suspicion=""):
    """L'histoire complète d'un test échoué ; « suspicion » : ce que le compilateur en avait dit."""
    failure = test.get("failure") or {}
    about = [f"étape {test['step']}", *([] if is_borrowed(test, request) else [worth(test)]), *test["defects"]]
    paper.blank()
    paper.line("  " + paper.paint("✗ " + test["title"], "red", "bold"))
    paper.line("    " + paper.paint(" · ".join(about), "dim"))
    if is_borrowed(test, request):
        paper.line("    " + paper.paint("Montré parce que ce qui est demandé en a besoin ; "
                                        "ses points ne comptent pas ici.", "dim"))
    summary = failure.get("summary") or test.get("reason")
    start = len(paper.lines)
    if summary:
        paper.wrapped(summary, indent=4)
    tell_difference(paper, failure)
    told = tell_backslash(paper, start)
    start = len(paper.lines)
    tell_transcript(paper, folded(gathered(test.get("transcript") or [])))
    if not told:
        tell_backslash(paper, start)
    for label, text in (("Le compilateur prévenait : ", suspicion), ("Cause probable : ", failure.get("cause")), ("Votre ligne : ", source_line(failure)),
                        ("À relire : ", chapter(run, test))):
        if text:
            paper.wrapped(paper.paint(label, "cyan") + text, indent=4, hanging=6)
    paper.line("    " + paper.paint("Ce test seul : " + request.command(run, f"TEST={test['name']}"), "dim"))


def source_line(failure):
    """« votre serveur dort dans recv (…), server.c:87, serve_client », ou rien."""
    line = failure.get("line")
    if not line:
        return ""
    place = f"{line['file']}:{line['number']}" + (f", {line['function']}" if line["function"] else "")
    return f"{line['what']}, {place}"


def chapter(run, test):
    """« NOTES.fr.md, étape 3, « Le serveur dialogue » ; piège D09 » : où relire, le titre du chapitre compris ; ou rien."""
    advice = (test.get("failure") or {}).get("advice")
    title = next((step["title"] for step in run["steps"] if step["number"] == test["step"]), None)
    step = f"étape {test['step']}"
    return re.sub(rf"\b{step}\b", lambda _: f"{step}, « {title} »", advice, count=1) if advice and title else advice


def is_borrowed(test, request):
    """Ce test n'a pas été demandé, mais un test demandé en a besoin : le juge le rend à zéro point."""
    return request.narrowed and test.get("borrowed", False)


def tell_backslash(paper, start):
    """Dit une fois comment se lit une barre doublée, si une ligne écrite depuis en montre une."""
    if not any("\\\\" in line for line in paper.lines[start:]):
        return False
    paper.line(" " * (4 + LABEL) + paper.paint("\\\\ se lit \\ : une seule barre oblique inverse", "dim"))
    return True


def tell_difference(paper, failure):
    """Attendu et reçu l'un sous l'autre, et un accent circonflexe sous la première différence."""
    expected, received = failure.get("expected"), failure.get("received")
    if not expected and not received:
        return
    caret = failure.get("caret")
    caret = caret if isinstance(caret, int) and caret >= 0 else None
    room = max(20, paper.width - 4 - LABEL)
    for label, text in (("attendu", expected), ("reçu", received)):
        if text is not None:
            paper.line(f"    {label:<{LABEL}}" + window(text, caret, room)[0])
    if caret is not None and received is not None:
        shift = window(received, caret, room)[1]
        paper.line(" " * (4 + LABEL + shift) + paper.paint("^", "red", "bold"))


def window(text, caret, room):
    """La partie du texte qui tient sur la ligne, et la colonne du point de différence."""
    position = min(caret if caret is not None else 0, len(text))
    start = max(0, position - room // 2) if len(text) > room else 0
    if start == 0:
        piece = text if len(text) <= room else text[:room - 1] + "…"
    else:
        piece = "…" + text[start + 1:start + room - 1] + ("…" if start + room - 1 < len(text) else "")
    return piece, columns(piece[:position - start])


def tell_transcript(paper, transcript):
    """L'échange tel que le juge l'a vu : le temps, qui, dans quel sens, quoi."""
    if not transcript:
        return
    entries, hidden = shortened(transcript)
    actors = max(columns(entry["actor"]) for entry in entries)
    for number, entry in enumerate(entries):
        if hidden and number == BEGINNING:
            paper.line(f"      … ({hidden} lignes)")
        if "spared" in entry:
            length, times = entry["spared"]
            paper.line(f"      … ({'cette ligne' if length == 1 else f'ces {length} lignes'}, {times} fois de plus)")
            continue
        time = f"{entry['ms']:.1f}".replace(".", ",")
        head = f"    {time:>8} ms  {paper.pad(entry['actor'], actors)}  {entry['verb']} "
        first, *rest = event_lines(entry["text"], paper.width - columns(head))
        paper.line(paper.paint(head, "dim") + first)
        for line in rest:
            paper.line(" " * columns(head) + line)


def shortened(transcript):
    """(ce qui est montré, combien de lignes manquent après le début) : cacher deux ou trois lignes n'abrège rien."""
    end = len(transcript) - (LONG_TRANSCRIPT - BEGINNING - 1)
    hidden = sum(weight(entry) for entry in transcript[BEGINNING:end])
    if len(transcript) <= LONG_TRANSCRIPT or hidden < LEAST_SPARED:
        return transcript, 0
    return transcript[:BEGINNING] + transcript[end:], hidden


def event_lines(text, room):
    """Un événement sur une ligne, coupé à droite si ce sont des octets ; sinon sur autant qu'il en faut."""
    room = max(room, 20)
    repeated = REPEATED.search(text)
    if len(text) <= room:
        return [text]
    if not repeated and BYTES.match(text):
        return [text[:room - 1] + "…"]
    end = repeated.group() if repeated else ""
    lines = break_text(text, room)
    if len(lines) > EVENT_LINES and (repeated or text.startswith("écrit sur stderr")):
        lines = lines[:EVENT_LINES]
        lines[-1] = lines[-1][:room - len(end) - 2] + "… " + end if end else lines[-1][:room - 1] + "…"
    return lines


def break_text(text, room):
    """Coupe un texte à cette largeur, entre deux mots quand il y en a."""
    lines, current = [], ""
    for piece in pieces(text):
        if current and len(current) + 1 + len(piece) > room:
            lines.append(current)
            current = piece
        else:
            current = f"{current} {piece}" if current else piece
        while len(current) > room:
            lines.append(current[:room])
            current = current[room:]
    return lines + [current]


def tell_waiting(paper, run):
    """Les tests dont le terrain manque, rangés sous l'échec qui les retient : ils viendront d'eux-mêmes."""
    tests = {test["name"]: test for test in run["tests"]}
    groups = {}
    for test in run["tests"]:
        if test["status"] == "not_run" and not is_masked(test):
            groups.setdefault(held_by(test, tests), []).append(test)
    if groups:
        paper.blank()
    for (name, reason), waiting in groups.items():
        many = len(waiting) > 1
        what = f"– {len(waiting)} tests ne sont pas encore essayés" if many else f"– « {waiting[0]['title']} » n'est pas encore essayé"
        why = f"il faut d'abord « {tests[name]['title']} » ({name})" if name else reason
        paper.wrapped(f"{what} : {why}", indent=2, hanging=4)


def held_by(test, tests):
    """(nom du premier échec dont ce test dépend, raison donnée par le juge)."""
    for name in test["needs"]:
        needed = tests.get(name)
        if needed and needed["status"] == "not_run":
            return held_by(needed, tests)
        if needed and needed["status"] != "passed":
            return name, ""
    return "", test.get("reason") or "ce qu'il demande manque"


def tell_skipped(paper, run):
    """Les tests que cette machine ne permet pas : ils ne coûtent rien."""
    for test in run["tests"]:
        if test["status"] == "skipped":
            paper.wrapped(f"○ {test['title']} : sauté, et ne compte pas "
                          f"({test.get('reason') or 'cette machine ne le permet pas'})",
                          indent=2, hanging=4)


def is_masked(test):
    """Un test réservé dont rien n'est montré que la catégorie et les points."""
    return bool(test.get("private")) and not revealed()


def tell_reserved(paper, run):
    """Les tests réservés, par catégorie : les points gagnés, et rien d'autre."""
    groups = {}
    for test in run["tests"]:
        if is_masked(test):
            groups.setdefault(test["category"], []).append(test)
    if not groups:
        return
    paper.blank()
    paper.wrapped("Tests réservés : seuls leur catégorie et leurs points sont montrés.", indent=2)
    for category, tests in groups.items():
        won = sum(test["points"] for test in tests if test["status"] == "passed")
        total = sum(test["points"] for test in tests if test["status"] != "skipped")
        paper.line(f"    {category} : {format_number(won)} / {format_number(total)}")

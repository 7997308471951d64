"""L'histoire d'un test échoué, en HTML : la même que celle du terminal, sans sa largeur."""

from tests.judge.report import results, story
from tests.grading.render.html_page import code, details, paragraph, prose, table, tag
from tests.grading.render.text import plural

# Un échange plus court se lit d'un coup d'œil ; un plus long se déplie.
SHORT = 12
LONGEST, HEAD = 120, 40
ROOM = 400
EVENT = 1000


def failure(run, test, is_open):
    """Le volet d'un test échoué."""
    told = test.get("failure") or {}
    summary = told.get("summary") or test.get("reason")
    parts = [paragraph(summary) if summary else "", difference(told), transcript(test.get("transcript") or [])]
    for label, text in (("Cause probable", told.get("cause")), ("Votre ligne", story.source_line(told)), ("À relire", story.chapter(run, test))):
        if text:
            parts.append(f"<p><strong>{prose(label + ' :')}</strong> {prose(text)}</p>")
    parts.append(f'<p class="soft small">{prose("Pour ne refaire que ce test, dans le dossier du lab :")} '
                 f"{tag('code', code('make test TEST=' + test['name']))}</p>")
    return details(heading(test), "\n".join(filter(None, parts)), is_open, "test")


def heading(test):
    """Le titre du volet : ce qui est demandé, ce qu'il vaut, les pièges qu'il montre."""
    about = [f"étape {test['step']}", results.worth(test), *test["defects"]]
    return (f'<h4><span class="bad" aria-hidden="true">✗</span> {prose(test["title"])}</h4>'
            f'<span class="soft">{prose(" · ".join(about))}</span>')


def difference(told):
    """Attendu et reçu, la première différence soulignée."""
    expected, received = told.get("expected"), told.get("received")
    if not expected and not received:
        return ""
    caret = told.get("caret") if isinstance(told.get("caret"), int) and told["caret"] >= 0 else None
    lines = "".join(f"<dt>{label}</dt><dd class=\"bytes\">{marked(text, caret)}</dd>"
                    for label, text in (("attendu", expected), ("reçu", received)) if text is not None)
    return tag("dl", lines)


def marked(text, caret):
    """Le texte autour du point de différence ; un texte qui finit là montre un blanc souligné."""
    if caret is None:
        return code(story.window(text, None, ROOM)[0])
    start = max(0, min(caret, len(text)) - ROOM // 2) if len(text) > ROOM else 0
    before, at, after = text[start:caret], text[caret:caret + 1] or " ", text[caret + 1:start + ROOM]
    return (("…" if start else "") + code(before) + tag("mark", code(at).replace(" ", "&nbsp;"), title="première différence")
            + code(after) + ("…" if start + ROOM < len(text) else ""))


def transcript(entries):
    """L'échange tel que le juge l'a vu : le temps, qui, dans quel sens, quoi."""
    if not entries:
        return ""
    kept = entries
    if len(entries) > LONGEST:
        kept = entries[:HEAD] + [None] + entries[HEAD - LONGEST:]
    rows = [event(entry, len(entries) - LONGEST) for entry in kept]
    header = [("qui", None), ("ms", "n"), ("sens", None), ("quoi", None)]
    caption = "Ce que le juge a vu"
    return details(prose(f"L'échange ({plural(len(entries), 'ligne')})"),
                   table(caption, header, rows, "exchange small"), len(entries) <= SHORT)


def event(entry, left_out):
    """Une ligne de l'échange."""
    if entry is None:
        return ["…", "", "", prose(f"({plural(left_out, 'ligne')} de plus)")]
    text = entry["text"] if len(entry["text"]) <= EVENT else entry["text"][:EVENT] + "…"
    return [prose(entry["actor"]), f"{entry['ms']:.1f}".replace(".", ","), code(entry["verb"]), prose(text)]

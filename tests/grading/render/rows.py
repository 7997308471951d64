"""Les tests d'un étudiant mis à plat, comme Gradescope, GitHub et VPL les veulent : un nom, des points, un texte."""

from tests.grading.render import terminal_text, view

BUILD = "compilation"
MASKED = "Test réservé : seuls sa catégorie et ses points sont montrés."


def flat(item):
    """Chaque test de chaque lab : {"name", "number", "score", "max", "passed", "text", "tags", "lab", "optional"}."""
    for position, entry in enumerate(item["labs"], 1):
        yield from absent(entry, position) if not view.is_judged(entry) else judged(entry, position)


def absent(entry, position):
    """Un lab qui n'a pas été rendu compte pour zéro, et le dit."""
    yield row(entry, f"{position}", f"{entry['lab']} : absent", 0.0, entry["share"], False,
              "Ce lab n'est pas dans le travail rendu : il compte pour zéro.", [])


def judged(entry, position):
    """Les tests d'un lab jugé, les réservés à la fin."""
    run = entry["results"]
    broken = terminal_text.build(run)
    if broken:
        yield row(entry, f"{position}.0", f"{entry['lab']} : compilation", None, None, False, broken, [BUILD])
    for rank, test in enumerate(run["tests"], 1):
        counts, passed = test["status"] != "skipped", test["status"] == "passed"
        masked = view.is_masked(run, test)
        name = f"{entry['lab']} : {test['title']}" if masked else f"{entry['lab']}, étape {test['step']} : {test['title']}"
        yield row(entry, f"{position}.{rank}", name,
                  (test["points"] * entry["unit"] if passed else 0.0) if counts else None,
                  test["points"] * entry["unit"] if counts else None, passed or not counts,
                  MASKED if masked else terminal_text.outcome(run, test), test["defects"], test.get("optional", False))


def row(entry, rank, name, score, most, passed, text, tags, optional=False):
    """Une ligne."""
    return {"lab": entry["lab"], "number": rank, "name": name + (", facultatif" if optional else ""), "score": score, "max": most,
            "passed": passed, "text": text, "tags": tags, "optional": optional}


def preface(item):
    """Ce qui vaut pour tout le travail : la note, le retard, les remarques."""
    lines = [view.marks_text(item)]
    if not view.is_protected(item):
        lines.append("Jugé sans toutes les protections (« non protégé »).")
    if view.is_by_hand(item):
        lines.append("Ce travail sera aussi regardé à la main.")
    return lines + ["Remarque : " + remark for remark in item["remarks"]]

"""Ce qu'une écriture a le droit de montrer d'un étudiant : textes rendus visibles, tests réservés repliés.

Chaque écriture passe par students(). Rien de ce qu'elle écrit ne peut donc dévoiler un test réservé. Les pseudonymes
(ALIASES=) ont déjà remplacé les noms : voir roster/classroom_object.py.
"""

from tests.judge.report import reserved
from tests.judge.report import results
from tests.grading.render.text import line, number

BY_HAND = "a_voir"


def students(class_):
    """Les étudiants de la classe, dans l'ordre des noms montrés."""
    shown = [student(item, class_.get("reveal", False)) for item in class_["items"]]
    return sorted(shown, key=lambda item: (item["display_name"].casefold(), item["id"]))


def student(item, reveal):
    """Un étudiant, tel qu'il peut être montré."""
    item = results.clean(item)
    item["labs"] = [lab(entry, reveal) for entry in item.get("labs") or []]
    item.setdefault("display_name", item["name"])
    item["remarks"] = item.get("remarks") or []
    item["reason"] = item.get("reason") or ""
    return item


def lab(entry, reveal):
    """Un lab ; ses tests réservés, sauf REVEAL=1, ne sont plus que des catégories et des points."""
    if not is_judged(entry):
        return entry
    run = entry["results"] if reveal else reserved.hide(entry["results"])
    run.setdefault("remarks", [])
    available = results.available(run)
    # Des tests sautés ne coûtent rien : ceux qui restent valent d'autant plus.
    return {**entry, "results": run, "unit": entry["share"] / available if available else 0.0}


def is_masked(run, test):
    """Un test dont rien ne peut être montré que la catégorie et les points."""
    return any(step.get("private") and step["number"] == test["step"] for step in run["steps"])


def by_category(run):
    """Les tests réservés que l'on ne montre pas : (catégorie, points gagnés, points en jeu)."""
    groups = {}
    for test in run["tests"]:
        if is_masked(run, test):
            groups.setdefault(test["category"], []).append(test)
    return [(category, results.earned({"tests": tests}), results.available({"tests": tests}))
            for category, tests in groups.items()]


def is_judged(entry):
    """Cet étudiant, ou ce lab, a-t-il été jugé ?"""
    return entry["status"] == "judged"


def is_by_hand(item):
    """Quelqu'un doit-il y regarder ?"""
    return BY_HAND in (item.get("flags") or [])


def importable(class_):
    """Ceux qu'une plateforme peut recevoir : notés, et, avec HOLD=1, que personne n'a à regarder d'abord."""
    return [item for item in students(class_) if final(item) is not None and not (class_.get("hold") and is_by_hand(item))]


def feedback(item):
    """La note en une phrase, et ce qui doit l'accompagner partout."""
    return " · ".join([marks_text(item), *warnings(item)])


def is_protected(item):
    """A-t-il été jugé derrière toutes les protections ?"""
    return item.get("protected", True) or not is_judged(item)


def raw(item):
    """Le total avant pénalité, ou None pour qui n'est pas noté."""
    total = item.get("total") or {}
    return total if is_judged(item) and total.get("mark") is not None else None


def final(item):
    """Le total après pénalité, ou None pour qui n'est pas noté."""
    if raw(item) is None:
        return None
    last = item.get("final") or {}
    return last if last.get("mark") is not None else raw(item)


def is_penalised(item):
    """La note finale est-elle autre que la note brute ?"""
    return raw(item) is not None and abs(final(item)["mark"] - raw(item)["mark"]) > 1e-9


def late_text(item):
    """Le retard et ce qu'il coûte, en une phrase."""
    late = item.get("late")
    if not late:
        return ""
    return late.get("text") or f"{number(late.get('minutes'))} min de retard"


def mark_of(entry):
    """« 12,5 / 20 », « absent » ; et le coefficient que donne un barème."""
    told = f"{number(entry['mark'])} / {number(entry['max'])}" if is_judged(entry) else "absent"
    return told + coefficient(entry)


def coefficient(entry):
    """« (coefficient 2) », quand un barème le donne à ce lab."""
    return f" (coefficient {number(entry['weight'])})" if entry["weight"] != 1 else ""


def scale_text(item):
    """Le barème d'après lequel cette note est faite, ou rien."""
    return f"barème « {line(item['scale'])} », sur {raw(item)['out_of']}" if item.get("scale") and raw(item) else ""


def marks_text(item):
    """La note en une phrase : chaque lab, puis le total, le retard, la note brute à côté de la finale."""
    if raw(item) is None:
        return f"Non noté : {item['reason'] or 'raison inconnue'}."
    parts = [f"{line(entry['lab'])} : {mark_of(entry)}" for entry in item["labs"]]
    out_of = raw(item)["out_of"]
    parts.append(f"Total : {number(raw(item)['mark'])} / {number(raw(item)['max'])}, soit {number(raw(item)['over'])} / {out_of}")
    if scale_text(item):
        parts.append(scale_text(item))
    if late_text(item):
        parts.append(late_text(item))
    if is_penalised(item):
        parts.append(f"Note brute {number(raw(item)['over'])} / {out_of}, après pénalité {number(final(item)['over'])} / {out_of}")
    return " · ".join(parts)


def warnings(item):
    """Ce qui doit accompagner une note partout où elle est lue."""
    return (["non protégé"] if not is_protected(item) else []) + (["à voir à la main"] if is_by_hand(item) else [])

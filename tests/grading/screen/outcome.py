"""Ce que l'enseignant lit à la fin d'une notation : le tableau, ce qui a été écrit, ce qui manque, la vitesse."""

import os
import sys

from tests.grading.door import naming
from tests.grading.run import plans
from tests.grading.screen import counter, table


def show(class_, out, lists, last):
    """Le tableau, puis ce qui a été écrit, ce qui manque et la vitesse."""
    paper = table.paint.Paper(sys.stdout)
    paper.blank()
    table.draw(paper, class_)
    paper.blank()
    if class_["scale"]:
        paper.wrapped(f"Barème « {class_['scale']} » : notes sur {class_['out_of']}{coefficients(lists.scale)}. Les points sont les siens ; "
                      "rien n'est à juger de nouveau quand il change.")
    for note in lists.notes:
        paper.wrapped(naming.visible(note))
    left = [item for item in class_["items"] if item["status"] != "judged"]
    if left:
        paper.wrapped(f"Non notés : {', '.join(item['display_name'] for item in left)}. Relancez la même commande pour "
                      "les reprendre ; les autres ne seront pas jugés à nouveau.")
    held = [item["display_name"] for item in class_["items"] if class_["hold"] and item["flags"]]
    if held:
        paper.wrapped(f"Retenus par HOLD=1, et absents des fichiers qu'une plateforme importe : {', '.join(held)}. Sans HOLD=1, ils y sont.")
    if not class_["protected"]:
        paper.wrapped("Notes obtenues sans protection (non protégé) : " + ", ".join(class_["protections_missing"]) + ".")
    if class_["edition"]:
        paper.wrapped(f"Notés avec l'édition {class_['edition']} : c'est celle que doit nommer le fichier « edition » de l'archive remise.")
    written = sorted(name for name in os.listdir(out) if name not in ("verrou", plans.PLAN))
    paper.wrapped(f"Écrit dans {naming.visible(os.path.relpath(out))} : " + ", ".join(map(naming.visible, written)))
    paper.line(last)
    paper.flush()


def coefficients(own):
    """Les labs qui ne comptent pas comme les autres."""
    told = [f"{lab} : coefficient {table.number(weight)}" for lab, weight in own.labs.items() if weight != 1]
    return f" ({', '.join(told)})" if told else ""


def speed(count, before, elapsed, engine):
    """Combien de rendus jugés, par minute et par cœur, et combien l'étaient avant."""
    cores = engine.cores() if hasattr(engine, "cores") else len(os.sched_getaffinity(0))
    already = f" ; {before} déjà à jour" if before else ""
    if not count:
        return f"Rien n'a été jugé{already}."
    rate = f"{60 * count / max(elapsed, 0.001) / cores:.1f}".replace(".", ",")
    return f"{count} jugé{'s' if count > 1 else ''} en {counter.spell(elapsed)} : {rate} par minute et par cœur{already}."

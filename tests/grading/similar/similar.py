"""« make similar WORK=rendus/ » : les travaux d'une classe qui se ressemblent, à regarder soi-même.

Les rendus passent par la porte (door/), comme pour être notés. De chaque source, les lignes du squelette sont
ôtées (diff) ; ce qui reste est comparé par sim_c, qui ne voit ni les noms, ni les commentaires, ni la mise en page.
Rien n'est compilé ni lancé.
"""

import os
import pathlib
import shutil
import sys
import tempfile

from tests.grading.door import door, limits, naming
from tests.grading.roster import roster
from tests.grading.run import plans
from tests.grading.run import students as roll
from tests.judge.command import lab_reader
from tests.grading.similar import similar_page
from tests.grading.similar import similar_passages as passages
from tests.judge.report.paint import Paper, visible

OUT = "build/similaires"
SHOWN = 20


class Refusal(Exception):
    """La demande n'a pas de sens, ou rien ne peut être comparé."""


def show(text):
    """Un texte de l'utilisateur, sur une ligne."""
    return naming.visible(text)


def read_class(folder, labs, chosen):
    """Les étudiants : [{id, name, folder, ids, sources: {lab: [(fichier, octets)]}}], et ce qui n'est pas comparé."""
    found, _ = roll.find(folder, labs, False)
    plan = {"work": plans.encode(os.path.abspath(folder)), "labs": chosen}
    students, apart = [], []
    for one in found:
        student = {"id": one["id"], "name": one["name"], "folder": one["folder"], "ids": one["ids"], "sources": {}}
        students.append(student)
        try:
            admission = plans.admit(plan, one, labs)
        except (door.Refused, OSError) as error:
            apart.append((student, str(error)))
            continue
        for lab in labs:
            if lab.name in chosen:
                student["sources"][lab.name] = [(source, admission.taken[lab.name, source].data or b"")
                                                for source in lab.sources if (lab.name, source) in admission.taken
                                                and admission.taken[lab.name, source].kind == "file"]
    return students, apart


def rename(students):
    """ALIASES= remplace chaque nom, partout ; rend les phrases à dire."""
    path = os.environ.get("ALIASES", "")
    if not path:
        return []
    names, notes = roster.aliases(path, students)
    for student in students:
        student["name"] = naming.visible(names[student["id"]])
    return notes


def compare(students, apart, labs, chosen):
    """Toutes les paires de tous les labs, les plus proches d'abord."""
    pairs = []
    with tempfile.TemporaryDirectory(prefix="similaires-") as scratch:
        for lab in labs:
            if lab.name not in chosen:
                continue
            works = []
            for student in students:
                work = passages.own_part(student, lab, scratch)
                if work.trouble:
                    apart.append((student, f"{lab.name} : {work.trouble}"))
                elif work.lines:
                    works.append(work)
            pairs += passages.find(lab.name, works, os.path.join(scratch, lab.name))
    return sorted(pairs, key=lambda pair: (-pair.words, -pair.share, pair.lab, pair.left.student["id"], pair.right.student["id"]))


def tell(pairs, apart, students, out):
    """Le classement, dans le terminal."""
    paper = Paper(sys.stdout)
    paper.blank()
    if not pairs:
        paper.wrapped(f"Passages proches : aucun, entre {len(students)} rendus.")
    else:
        paper.line(paper.paint(f"Passages proches : {len(pairs)} paire{'s' if len(pairs) > 1 else ''}, entre {len(students)} rendus", "bold"))
        paper.blank()
        paper.line(paper.paint("   mots  part  lab              ", "dim"))
    for pair in pairs[:SHOWN]:
        names = f"{visible(pair.left.student['name'])} · {visible(pair.right.student['name'])}"
        paper.line(f"  {pair.words:>5}  {round(100 * pair.share):>3}%  {paper.pad(pair.lab, 16)} {names}")
    if len(pairs) > SHOWN:
        paper.line(f"  … {len(pairs) - SHOWN} de plus sur la page")
    for student, reason in apart:
        paper.wrapped(f"Pas comparé : {visible(student['name'])} ({visible(reason)})", indent=2, hanging=4)
    paper.blank()
    paper.wrapped(f"Un passage compte à partir de {passages.RUN} mots du C de suite ; les lignes du squelette sont ôtées. "
                  "Se ressembler n'est pas copier : l'énoncé, le cours, une page de manuel, une aide permise l'expliquent "
                  "souvent. Regardez vous-même, et parlez-en d'abord avec les personnes.")
    paper.line(f"À regarder : {visible(out)}/index.html")
    paper.flush()


def run():
    """Le déroulement."""
    labs = lab_reader.every_lab()
    chosen = lab_reader.chosen_names()
    work = os.environ.get("WORK", "")
    out = os.environ.get("OUT", "") or OUT
    if not chosen:
        raise Refusal(f"LAB={show(os.environ.get('LAB', ''))} : ce lab n'existe pas (il y a : {' '.join(lab.name for lab in labs)})")
    if not work:
        raise Refusal("dites quelle classe : make similar WORK=rendus/")
    if not os.path.isdir(work) and not (os.path.isfile(work) and naming.archive_suffix(work)):
        raise Refusal(f"WORK={show(work)} : ce n'est ni un dossier, ni une archive")
    students, apart = read_class(work, labs, chosen)
    if len(students) < 2:
        raise Refusal(f"WORK={show(work)} : il faut au moins deux rendus à comparer")
    for note in rename(students):
        print(visible(note), file=sys.stderr)
    pairs = compare(students, apart, labs, chosen)
    similar_page.write(pairs, apart, students, pathlib.Path(out), hidden=bool(os.environ.get("ALIASES")))
    tell(pairs, apart, students, out)
    return 0


def main():
    for command in ("sim_c", "diff"):
        if not shutil.which(command):
            print(f"similar : {command} est absent : make deps GROUP=similar", file=sys.stderr)
            return 2
    try:
        return run()
    except (Refusal, roster.Mistake, passages.Trouble, limits.TooMuch, OSError) as error:
        print(f"similar : {naming.visible(str(error))}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

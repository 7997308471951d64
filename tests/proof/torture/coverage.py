"""La couverture des solutions par les tests et par les pannes : lignes et branches, d'après gcov.

Les tests arrêtent les serveurs en ordre (settle.c), sans quoi leurs comptes seraient perdus. Chaque branche
que rien n'emprunte est justifiée dans tests/NN/torture/coverage.md, ou dans celui d'ici pour ce qui est commun.
Réglages, par l'environnement : LAB=
"""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess

from tests.judge.command.call import JUDGE
from tests.proof.torture import torture

from tests.proof.programs import judged
from tests.proof.programs.judged import Trouble

BASE = pathlib.Path("build/work/solutions+coverage")
COMMON = pathlib.Path("build/given/cc+coverage")
REASONS = [pathlib.Path("tests/proof/torture/coverage.md"), *sorted(pathlib.Path("tests").glob("*/torture/coverage.md"))]
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \| (?P<tick>``?) ?(?P<line>.+?) ?(?P=tick) \| (?P<untaken>\d+) \| (?P<reason>.+) \|$",
                 re.M)

Line = collections.namedtuple("Line", "count branches")


def judge(lab):
    """Juge un lab ; rend la dernière ligne du juge."""
    done = subprocess.run(JUDGE, env=os.environ | {"LAB": lab, "COUNT": "1", "JUDGE_SLOWNESS": "5", "JUDGE_BASE": str(BASE)},
                          capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1):
        raise Trouble((done.stderr or done.stdout).strip())
    return done.stdout.strip().splitlines()[-1]


def measure(labs):
    """Juge, puis torture, les solutions ainsi construites."""
    for folder in (BASE, COMMON):
        for path in folder.rglob("*.gcda"):
            path.unlink()
    for lab in labs:
        print(f"{lab}, jugé : {judge(lab)}")
    torture.main()


def origin(path):
    """La source dont celle-ci est la copie."""
    path = pathlib.Path(path)
    if path.parts[0] == "common":
        return path
    lab = path.parts[path.parts.index(BASE.name) + 1]
    found = sorted(pathlib.Path("solutions").glob(f"*/{path.name}"))
    own = pathlib.Path("solutions", lab, path.name)
    return own if own in found else found[0]


def read_counts(labs):
    """{source: {numéro: Line}}, tous les programmes mis ensemble."""
    counts = collections.defaultdict(dict)
    # Le compilateur donne à ses notes le nom de l'objet qu'il écrit, « display.o.new ».
    notes = [COMMON / f"{path.stem}.o.gcno" for path in sorted(pathlib.Path("common").glob("*.c"))]
    for lab in labs:
        notes += [path for path in sorted((BASE / lab).rglob("*.gcno")) if "driver" not in path.name]
    for note in notes:
        done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", note], check=True,
                              capture_output=True, text=True)
        for file in json.loads(done.stdout)["files"]:
            if not file["file"].startswith("/") and file["file"].endswith(".c"):
                add(counts[origin(file["file"])], file["lines"])
    return counts


def add(lines, found):
    for line in found:
        branches = [branch["count"] for branch in line["branches"]]
        known = lines.get(line["line_number"])
        if known is not None:
            branches = [one + other for one, other in zip(branches, known.branches)]
        lines[line["line_number"]] = Line(line["count"] + (known.count if known else 0), branches)


def share(part, whole):
    return f"{part}/{whole} ({100 * part / whole:.1f} %)" if whole else "0/0"


def read_reasons():
    """{(source, texte de la ligne): combien de ses branches sont justifiées}"""
    text = "".join(path.read_text(encoding="utf-8") for path in REASONS)
    return {(row["file"], row["line"]): int(row["untaken"]) for row in ROW.finditer(text)}


def untaken(lines, text):
    """{texte: (numéros, nombre de branches jamais prises)}, des lignes exécutées qui ont ce texte."""
    found = {}
    for number, line in sorted(lines.items()):
        missed = line.branches.count(0) if line.count > 0 else 0
        if missed:
            numbers, total = found.get(text[number - 1].strip(), ([], 0))
            found[text[number - 1].strip()] = (numbers + [number], total + missed)
    return found


def report(counts):
    """Écrit la table ; rend les plaintes, et le nombre de fichiers et de branches justes."""
    reasons, used, complaints, passed = read_reasons(), set(), [], 0
    totals = collections.Counter()
    print(f"{'source':<36} {'lignes':>18} {'branches':>18}")
    for source, lines in sorted(counts.items()):
        text = source.read_text(encoding="utf-8").splitlines()
        dark = [number for number, line in lines.items() if line.count == 0]
        branches = [count for line in lines.values() for count in line.branches]
        taken = sum(1 for count in branches if count > 0)
        print(f"{str(source):<36} {share(len(lines) - len(dark), len(lines)):>18} {share(taken, len(branches)):>18}")
        totals += collections.Counter(lines=len(lines), lit=len(lines) - len(dark), branches=len(branches), taken=taken)
        complaints += [f"{source}:{number} : jamais exécutée : {text[number - 1].strip()}" for number in sorted(dark)]
        for line, (numbers, missed) in untaken(lines, text).items():
            justified = reasons.get((str(source), line), 0)
            if missed <= justified:
                used.add((str(source), line))
            else:
                where = ", ".join(f"{source}:{number} {lines[number].branches}" for number in numbers)
                complaints.append(f"{where} : {missed} branches jamais prises, {justified} justifiées : {line}")
        passed += not dark
    print(f"{'ensemble':<36} {share(totals['lit'], totals['lines']):>18} {share(totals['taken'], totals['branches']):>18}")
    # Une branche qui dépend d'un instant est parfois prise : sa justification reste bonne.
    complaints += [f"coverage.md : cette ligne n'existe plus : {file} : {line}" for file, line in reasons
                   if line not in map(str.strip, pathlib.Path(file).read_text(encoding="utf-8").splitlines())]
    print(f"lignes dont une branche n'est jamais prise, et justifiée : {len(used)}")
    return complaints, passed + len(used)


def main():
    if shutil.which("gcov") is None:
        raise Trouble("il manque gcov, qui vient avec gcc (make deps GROUP=check)")
    labs = judged.labs()
    os.environ.update(SANITIZE="coverage", WORK="solutions", TEST="", STEP="")
    measure(labs)
    counts = read_counts(labs)
    if os.environ.get("LAB"):
        # Un lab seul n'exerce pas tout ce qui est commun.
        counts = {source: lines for source, lines in counts.items() if source.parts[1] in labs}
    complaints, passed = report(counts)
    for complaint in complaints:
        print(f"✗ {complaint}")
    return judged.conclude(passed, len(complaints))


if __name__ == "__main__":
    judged.run_main(main)

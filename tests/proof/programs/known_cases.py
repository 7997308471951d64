"""Les cas : des erreurs que des gens font, et des programmes justes que l'on accuserait à tort, jugés comme un travail rendu.

Un cas est un fichier NOM.patch, une altération d'un programme juste ; ou un dossier NOM, un travail entier (NOM/01-tcp/server.c…),
ou sa seule altération (NOM/change.diff). expected.toml, à côté, dit de chacun ce qui est attendu :

- « about » : l'erreur, ou ce qui est juste ;
- « lab », et « base » : la variante du lab qui est altérée (sans « base », la solution) ;
- « renamed », « empty », « added », « skeleton » : un autre nom, un fichier vide, un fichier de plus, un fichier encore à écrire ;
- « expected » : « seen » (il manque des points), ou « acquitted » (20/20) ;
- « first » : des mots que le premier échec doit dire ; « least » : la note au-dessous de laquelle un seul défaut coûte trop ;
- « wrong » : ce qui n'est pas encore ainsi. Le jour où tout est comme attendu, la vérification échoue : cette ligne est à ôter.

Réglages, par l'environnement : CASES= (un autre dossier ; ce que sa table ne dit pas vient de la nôtre) LAB= TEST= (nom d'un
cas, avec *) DETAIL=1 (le premier message de chacun).
"""

import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import tomllib

from tests.bench import slowest
from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.proof.programs import judged, mutants
from tests.proof.programs.judged import Trouble

OURS = pathlib.Path("tests/proof/cases")
TABLE, CHANGE = "expected.toml", "change.diff"
PLACE = judged.BUILD / "cases"
KEYS = {"about", "lab", "base", "renamed", "empty", "added", "skeleton", "expected", "first", "least", "wrong"}
ONE_BASE = threading.Lock()
# Dans le rapport, le premier échec commence par cette marque, et finit où commence le suivant, ou la suite.
FIRST = re.compile(r"^  ✗ .*?(?=^  (?:✗|–|○|Ensuite :|Remarque :)|^(?:Note|Moyenne) :|\Z)", re.M | re.S)


class Case:
    """Un travail, et ce qui en est attendu."""

    def __init__(self, name, place, told):
        self.name, self.place, self.told = name, place, told
        strangers = told.keys() - KEYS
        if strangers or told.get("expected", "seen") not in ("seen", "acquitted"):
            raise Trouble(f"{TABLE}, {name} : « {' '.join(strangers) or told['expected']} » ne veut rien dire")
        self.words = [told["first"]] if isinstance(told.get("first"), str) else told.get("first", [])
        # Le même nom, dans deux dossiers, n'est pas le même cas.
        root = PLACE / (place.parent.name if place.parent == OURS else place.parent.resolve().as_posix().strip("/").replace("/", "+"))
        self.work, self.built = root / name / "work", root / name / "built"

    def lab(self):
        """Le lab jugé : celui de la table, sinon le dernier dont le dossier a une part (03 apporte aussi le cadrage de 01)."""
        parts = sorted(name for name in lab_reader.names() if (self.place / name).is_dir())
        found = self.told.get("lab") or (parts[-1] if parts else None)
        if found not in lab_reader.names():
            raise Trouble(f"{self.name} : quel lab ? « lab » manque dans {TABLE}")
        return found

    def key(self):
        return f"{self.lab()}/cases/{self.name}"

    def programs(self):
        """Le dossier où ses programmes sont compilés."""
        return self.built / self.lab() / "bin"

    def sources(self):
        """{lab/fichier: texte} de tout le travail."""
        if any((self.place / name).is_dir() for name in lab_reader.names()):
            return {path.relative_to(self.place).as_posix(): path.read_text(encoding="utf-8", errors="replace")
                    for path in sorted(self.place.rglob("*.[ch]"))}
        lab = self.lab()
        sources = base_of(lab, self.told.get("base"))
        patch = self.place / CHANGE if self.place.is_dir() else self.place
        own = {pathlib.PurePath(path).name: text for path, text in sources.items() if path.startswith(lab)}
        if patch.is_file():
            own = mutants.altered(own, patch)
        for before, after in self.told.get("renamed", {}).items():
            own[after] = own.pop(before)
        own |= dict.fromkeys(self.told.get("empty", []), "") | self.told.get("added", {})
        sources = {path: text for path, text in sources.items() if not path.startswith(lab)} | {f"{lab}/{name}": text for name, text in own.items()}
        return {path: self.written(path, text) for path, text in sources.items()}

    def written(self, path, text):
        """Ce fichier, ou celui du squelette s'il est encore à écrire."""
        return pathlib.Path("labs", path).read_text(encoding="utf-8") if pathlib.PurePath(path).name in self.told.get("skeleton", []) else text

    def prepare(self):
        """Pose le travail, et ce que le programme juste a déjà fait compiler : le juge n'en refait que ce qui change."""
        lay_out(self.work, self.sources())
        if not self.built.is_dir():
            shutil.copytree(built_base(self.lab(), self.told.get("base")), self.built, copy_function=os.link)

    def judge(self, **environment):
        """Juge ce travail comme celui d'un étudiant ; rend (résultats, rapport)."""
        lab = self.lab()
        results = self.built / lab / "results.json"
        results.unlink(missing_ok=True)
        done = run_judge(self.work, lab, self.built, **environment)
        if done.returncode not in (0, 1) or not results.is_file():
            raise Trouble(f"{self.name} : le juge n'a pas pu faire son travail :\n{done.stdout}{done.stderr}")
        return json.loads(results.read_text(encoding="utf-8")), done.stdout

    def complaints(self, mark, first):
        """Ce qui n'est pas comme attendu."""
        if self.told["expected"] == "acquitted":
            if mark < 20:
                yield f"accusé à tort : {mark:.2f}/20"
            return
        if mark >= 20:
            yield "acquitté à tort : 20/20"
            return
        said = told_by(first).lower()
        for words in self.words:
            if words.lower() not in said:
                yield f"le premier échec ne dit pas « {words} »"
        if mark < self.told.get("least", 0):
            yield f"un seul défaut, et {mark:.2f}/20 : au moins {self.told['least']:g} sont attendus"


def told_by(first):
    """Ce que dit un échec, sans le récit, ni la commande à taper, où est le nom du cas."""
    lines = [line for line in first.splitlines() if not re.match(r" +[\d,]+ ms  | +Ce test seul : ", line)]
    return " ".join(" ".join(lines).split())


def run_judge(work, lab, built, *arguments, **environment):
    """Lance judge.sh comme « make test » ; rend ce qui en est revenu."""
    asked = {key: value for key, value in os.environ.items()
             if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "TEST", "STEP", "DETAIL", "UPDATE")}
    asked |= {"WORK": str(work), "LAB": lab, "NO_COLOR": "1", "JUDGE_BASE": str(built)} | environment
    return subprocess.run([*JUDGE, *arguments], env=asked, capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace")


def lay_out(folder, sources):
    """Pose des sources dans ce dossier ; rien d'autre n'y reste, et ce qui n'a pas changé garde sa date."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in sources:
            path.unlink()
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            path.write_text(text, encoding="utf-8")


@functools.lru_cache(None)
def build_base(lab, variant):
    place = PLACE / "bases" / f"{lab}+{variant}"
    lay_out(place / "work", base_of(lab, variant))
    done = run_judge(place / "work", lab, place / "built", "--build")
    if done.returncode != 0:
        raise Trouble(f"{lab}, {variant} : ne peut pas être construit :\n{done.stdout}{done.stderr}")
    return place / "built"


def built_base(lab, variant):
    """Le dossier où un programme juste est compilé, une fois pour tous ceux qui en sont faits."""
    with ONE_BASE:
        return build_base(lab, variant)


def base_of(lab, variant):
    """{lab/fichier: texte} d'un programme juste : une variante du lab et, du lab qui lui prête, celle du même nom."""
    sources = {}
    for name in filter(None, (lab, lab_reader.Lab(lab).lender)):
        place = pathlib.Path("tests", name, "variants", variant or "")
        if variant and not place.is_dir() and name == lab:
            raise Trouble(f"{TABLE} : {lab} n'a pas de variante « {variant} »")
        given = [pathlib.Path("labs", name, header) for header in lab_reader.Lab(name).headers]
        for path in [*given, *pathlib.Path("solutions", name).glob("*.[ch]"), *(place.glob("*.[ch]") if variant else ())]:
            sources[f"{name}/{path.name}"] = path.read_text(encoding="utf-8")
    return sources


def read_table(folder):
    path = folder / TABLE
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def is_case(path):
    return path.suffix == ".patch" or path.is_dir() and ((path / CHANGE).is_file() or any((path / lab).is_dir() for lab in lab_reader.names()))


def read_cases(folder):
    """Les cas de ce dossier que LAB= et TEST= choisissent."""
    if not folder.is_dir():
        raise Trouble(f"CASES={folder} : ce dossier n'existe pas")
    table = read_table(folder)
    known = read_table(OURS) | table
    places = {path.stem if path.suffix == ".patch" else path.name: path for path in sorted(folder.iterdir()) if is_case(path)}
    places |= {name: folder / name for name in table if name not in places}
    cases = [Case(name, place, known.get(name, {})) for name, place in sorted(places.items()) if judged.selected(name)]
    if folder == OURS:
        for case in cases:
            missing = {"about", "lab", "expected"} - case.told.keys()
            if missing:
                raise Trouble(f"{OURS / TABLE} : de {case.name}, « {' '.join(sorted(missing))} » manque")
    return [case for case in cases if case.lab() in lab_reader.chosen_names()]


def try_case(case):
    """Juge un cas ; rend (cas, note, premier échec, plaintes, secondes)."""
    try:
        case.prepare()
        run, report = case.judge()
    except Trouble as trouble:
        return case, None, "", [str(trouble)], 0
    mark, first = judged.mark(run), FIRST.search(report)
    first = first.group() if first else ""
    found = list(case.complaints(mark, first)) if "expected" in case.told else []
    return case, mark, first, found, run["duration_ms"] / 1000


def tell(case, mark, first, found, seconds):
    """Dit d'un cas ce qui en a été dit ; rend (réussites, échecs)."""
    wrong = case.told.get("wrong")
    failed = bool(found) and (not wrong or mark is None) or bool(wrong and not found)
    sign = "✗" if failed else "!" if wrong else "✓" if "expected" in case.told else "?"
    shown = "" if mark is None else f"{mark:5.2f}/20 en {seconds:4.1f} s"
    print(f"{sign} {case.name:<28} {shown}" + (f"  encore faux : {wrong}" if wrong and found else ""))
    if failed and not found:
        print(f"    tout est maintenant comme attendu : « wrong » ({wrong}) est à ôter de {TABLE}")
    for complaint in found if failed or os.environ.get("DETAIL") else []:
        print("    " + complaint.replace("\n", "\n    "))
    if first and (failed or sign == "?" or os.environ.get("DETAIL")):
        print("    " + told_by(first))
    return (0, 1) if failed else (int(sign == "✓"), 0)


def main():
    folder = pathlib.Path(os.environ.get("CASES") or OURS)
    outcomes = judged.in_parallel(try_case, judged.in_brief(read_cases(folder), 5))
    slowest.note("cases", {case.key(): (seconds, case.programs()) for case, mark, _, _, seconds in outcomes if mark is not None})
    totals = [tell(*outcome) for outcome in outcomes]
    wrong = sum(1 for case, _, _, found, _ in outcomes if case.told.get("wrong") and found)
    if wrong:
        print(f"note : {wrong} cas sur {len(outcomes)} encore faux, marqués « ! » dans build/check/cases.log")
    return judged.conclude(sum(passed for passed, _ in totals), sum(failed for _, failed in totals))


if __name__ == "__main__":
    judged.run_main(main)

"""Les mutants : des solutions où une seule chose est fausse. Chacun doit être tué par le test qui nomme
son défaut, avec le message que la fin de son fichier garde. Qu'aucun test et qu'aucun défaut ne soit
sans mutant, c'est le catalogue (catalogue.py) qui le vérifie : il n'a besoin de rien lancer.

Réglages, par l'environnement : LAB= TEST= (nom d'un mutant ou d'un test, avec *) UPDATE=1 (réécrit les
textes de référence) FULL=1 (tous les tests sur chaque mutant, et la matrice dans build/mutants/)
BRIEF=1 (un seul mutant par test, toujours le même : chaque test sait encore échouer).
"""

import json
import os
import pathlib
import re

from tests.bench import slowest
from tests.proof.programs import judged
from tests.proof.programs import lines
from tests.proof.programs.judged import Trouble

# Ce que juger chacun a demandé la dernière fois, en secondes ; le compiler n'y compte pas.
DURATIONS = judged.BUILD / "mutants" / "durations.json"
READING = "=== Ce que l'étudiant lit ===\n"
HUNK = re.compile(r"^@@ .*?@@.*$")
# Ce qui change d'une fois à l'autre : les ports, ce qui est passé d'un long envoi coupé, et si les
# derniers octets du juge sont arrivés avant ou après la fermeture ; et où dort, à cet instant, qui se réveille souvent.
CHANGING = re.compile(r"(?<=127\.0\.0\.\d:)\d+|(?<=::1\]:)\d+|(?<=%4278124286\]:)\d+|(?<=::1:)\d+|(?<=localhost:)\d+|(?<=port )\d+"
                      r"|(?<=\[::\]:)\d+|(?<=a reçu )\d{5,}(?= octets sur)"
                      r"|(?<=part )\d+(?= ms)|(?<=renonce )\d+(?= ms)|(?<=tient )\d+(?= Kio)"
                      r"|(?<=127\.0\.0\.1)\d{4,5}(?=\\n)|\d+(?= Kio ; après| Kio :| Kio de plus| octets de plus par client)"
                      r"|(?<=il en occupe )\d+"
                      r"|\d+(?= octets, en | morceaux)"
                      r"|(?<=ThreadSanitizer : ).*(?= ; rien n'ordonne)"
                      r"|^(?:dis)?connected (?:to|from) (?=127\.0\.0\.1:\d+$)"
                      r"|(?<=le juge renonce, il dort dans l'appel ).*(?= : qu'attend-il, et)"
                      r"|(?<=getaddrinfo nom\.\.inconnu:12345 : ).*(?=\\n »)"
                      r"|(?<=^…)\d+(?=: )"
                      r"|^(?:arrivée|départ)(?= de .* juste avant était)|(?<=juste avant était )\d+|(?<=ThreadNumber )\d{2,}")
CUT = ", en laissant des octets non lus : elle a été coupée net (RST)"


class Mutant:
    """Une altération de la solution. Un fichier .patch : qui elle est, le diff, et ce que l'étudiant en lit."""

    def __init__(self, lab, path):
        self.lab, self.path, self.name = lab, path, path.stem
        head, diff, self.reading = parts_of(path)
        head = head.split("\n")
        killers = [line.split(":", 1)[1].strip() for line in head if line.startswith("Tué par :")]
        if len(killers) != 1 or killers[0] not in lab.tests:
            raise Trouble(f"{path} : une ligne « Tué par : nom_du_test » est attendue avant le diff, et le nom de l'un de ceux-ci : "
                          + ", ".join(lab.tests))
        self.killer = killers[0]
        self.defect = head[0].removeprefix("Défaut : ") if head[0].startswith("Défaut : ") else None
        self.changes = list(read_changes(diff, path))
        self.check_head(head[0])

    def check_head(self, first):
        """Un mutant d'un défaut du catalogue est tué par un test qui dit montrer ce défaut."""
        if self.defect is None and first != "Erreur d'étudiant":
            raise Trouble(f"{self.path}:1 : « {first} » ; est attendu « Défaut : Dnn » ou « Erreur d'étudiant »")
        if not self.name.startswith((self.defect or "E") + "-"):
            raise Trouble(f"{self.path} : d'après sa première ligne, « {first} », ce nom de fichier devrait commencer par {self.defect or 'E'}-")
        if self.defect and self.defect not in self.lab.tests[self.killer]["defects"]:
            raise Trouble(f"{self.path} : {self.killer} n'a pas {self.defect} dans son .defects")

    def sources(self):
        """Les sources de la solution, altérées."""
        return altered(self.lab.solution, self.path)

    @property
    def key(self):
        return f"{self.lab.name}/{self.name}"

    def expect(self, text):
        """Récrit ce que l'étudiant lit."""
        kept = self.path.read_text(encoding="utf-8").partition(READING)[0]
        self.path.write_text(kept + READING + text, encoding="utf-8")


def parts_of(path):
    """(l'en-tête, le diff, ce que l'étudiant lit ou None) d'un fichier de mutant."""
    told, mark, reading = path.read_text(encoding="utf-8").partition(READING)
    start = re.search(r"^--- ", told, re.M)
    if not start:
        raise Trouble(f"{path} : aucun diff ; après une ligne vide sont attendus « --- a/server.c », « +++ b/server.c », puis ses morceaux")
    return told[:start.start()], told[start.start():], reading if mark else None


def altered(solution, path):
    """Ces sources, {nom: texte}, avec l'altération de ce mutant."""
    sources = dict(solution)
    for name, before, after in read_changes(parts_of(path)[1], path):
        if sources.get(name, "").count(before) != 1:
            raise Trouble(f"{path} : ne s'applique plus à {name} (attendu une fois) :\n{before}")
        sources[name] = sources[name].replace(before, after)
    return sources


def read_changes(text, path):
    """(fichier, avant, après) pour chaque morceau d'un diff unifié. Le numéro des lignes ne compte pas."""
    name, before, after = None, [], []
    for line in text.splitlines() + ["@@ fin @@"]:
        if HUNK.match(line) or line.startswith(("--- ", "+++ ")):
            if before or after:
                yield name, "".join(before), "".join(after)
                before, after = [], []
            if line.startswith("+++ "):
                name = pathlib.PurePath(line[4:].split("\t")[0]).name
        elif line[:1] in ("", " ", "-", "+"):
            if line[:1] != "+":
                before.append(line[1:] + "\n")
            if line[:1] != "-":
                after.append(line[1:] + "\n")
        else:
            raise Trouble(f"{path} : ligne inattendue dans le diff : {line}")


def plain(text, caret=None):
    """Le texte sans ce qui change d'une fois à l'autre, et la nouvelle place de l'accent circonflexe."""
    if text is None:
        return "", caret
    text = text.replace(CUT, "")
    pieces, last, moved = [], 0, caret
    for match in CHANGING.finditer(text):
        pieces += [text[last:match.start()], "…"]
        last = match.end()
        if caret is not None and caret >= match.start():
            inside = caret < match.end()
            moved = moved - (caret - match.start()) if inside else moved + 1 - len(match.group())
    return "".join(pieces) + text[last:], moved


def reading(test):
    """Ce qu'un étudiant lit de cet échec, sans ce qui change d'une fois à l'autre."""
    failure = test["failure"]
    lines = [test["title"], "", plain(failure["summary"])[0]]
    if failure["expected"] is not None:
        caret = failure["caret"] if failure["caret"] is not None and failure["caret"] >= 0 else None
        received, caret = plain(failure["received"], caret)
        lines += ["attendu : " + plain(failure["expected"])[0], "reçu    : " + received]
        if caret is not None:
            lines.append(" " * (10 + caret) + "^")
    lines += ["Cause probable : " + plain(failure["cause"])[0]] if failure["cause"] else []
    lines += ["À relire : " + failure["advice"]]
    return "".join(line.rstrip() + "\n" for line in lines)


def compare_reading(mutant, test):
    """Compare avec le texte gardé, ou le réécrit ; rend une plainte ou None."""
    now, before = reading(test), mutant.reading
    if now == before:
        return None
    if os.environ.get("UPDATE"):
        mutant.expect(now)
        return None
    if before is None:
        return f"{mutant.path} ne dit pas ce que l'étudiant lit (UPDATE=1 l'écrit) :\n{now}"
    return f"le message a changé (UPDATE=1 l'accepte).\n--- {mutant.path}\n{before}+++ maintenant\n{now}"


def complaint_about(mutant, run):
    """Ce que le test nommé dit de ce mutant : None s'il le tue comme prévu."""
    test = next(test for test in run["tests"] if test["name"] == mutant.killer)
    if test["status"] == "passed":
        return f"survit à {mutant.killer}"
    if test["status"] != "failed":
        return f"{mutant.killer} n'a pas pu le juger ({test['status']} : {test['reason']})"
    return compare_reading(mutant, test)


def bench_of(mutant):
    return judged.Bench(mutant.lab, judged.BUILD / "mutants" / mutant.lab.name / mutant.name, mutant.lab.base)


def try_mutant(mutant, measured, shown):
    """Construit et juge un mutant, dont « measured » retient la durée et « shown » la ligne montrée ; rend (mutant, tests échoués, plainte ou None)."""
    bench = bench_of(mutant)
    try:
        whole = bool(os.environ.get("FULL"))
        errors = bench.build(mutant.sources(), () if whole else mutant.lab.programs_for(mutant.killer))
        if errors:
            return mutant, [], "ne compile pas : " + next(iter(errors.values()))
        run = bench.judge(None if whole else mutant.killer)
    except Trouble as trouble:
        return mutant, [], str(trouble)
    measured[mutant.key] = round(run["duration_ms"] / 1000, 1)
    failed = [test["name"] for test in run["tests"] if test["status"] == "failed"]
    killer = next(test for test in run["tests"] if test["name"] == mutant.killer)
    if killer["failure"]:
        shown.append(lines.Shown(mutant, killer["failure"]))
    return mutant, failed, complaint_about(mutant, run)


def write_matrix(lab, outcomes):
    """La matrice mutants × tests, et les tests qu'aucun mutant n'a fait échouer."""
    lines = []
    for mutant, failed, _ in outcomes:
        others = [name for name in failed if name != mutant.killer]
        lines.append(f"{mutant.name:<44} {mutant.killer}" + "".join(f" {name}" for name in others))
    killed = {name for _, failed, _ in outcomes for name in failed}
    idle = [name for name in lab.tests if name not in killed]
    path = judged.BUILD / "mutants" / f"{lab.name}.matrix"
    path.write_text("\n".join(lines + ["", "sans mutant : " + (" ".join(idle) or "aucun")]) + "\n",
                    encoding="utf-8")
    print(f"{lab.name} : matrice dans {path}")
    return idle


def known_durations():
    """Ce qui a été mesuré la dernière fois ; un fichier abîmé ne vaut rien de plus qu'un fichier absent."""
    try:
        return {key: float(seconds) for key, seconds in json.loads(DURATIONS.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def slowest_first(mutants):
    """Un long mutant commencé le dernier serait attendu seul, tous les autres finis."""
    durations = known_durations()
    return sorted(mutants, key=lambda mutant: -durations.get(mutant.key, 0))


def keep_durations(measured):
    """Retient ce qui vient d'être mesuré ; jugé par tous les tests (FULL=1), un mutant dure tout autre chose."""
    if measured and not os.environ.get("FULL"):
        DURATIONS.write_text(json.dumps(known_durations() | measured, indent=1, sort_keys=True), encoding="utf-8")


def try_all(mutants, shown):
    """Éprouve tous ces mutants, ceux de tous les labs ensemble ; rend {mutant: ce que rend try_mutant}."""
    measured = {}
    outcomes = judged.in_parallel(lambda mutant: try_mutant(mutant, measured, shown), slowest_first(mutants))
    keep_durations(measured)
    slowest.note("mutants FULL=1" if os.environ.get("FULL") else "mutants", {mutant.key: (measured[mutant.key], bench_of(mutant).programs) for mutant in mutants if mutant.key in measured})
    return {outcome[0]: outcome for outcome in outcomes}


def read_mutants(lab):
    """Les mutants d'un lab, tels que le dossier les range."""
    return [Mutant(lab, path) for path in sorted(pathlib.Path("tests", lab.name, "mutants").glob("*.patch"))]


def chosen(mutants):
    wanted = [mutant for mutant in mutants if judged.selected(mutant.name) or judged.selected(mutant.killer)]
    if os.environ.get("BRIEF"):
        return list({mutant.killer: mutant for mutant in reversed(wanted)}.values())
    return wanted


def conclude_lab(lab, everything, outcomes):
    """Dit ce que les mutants d'un lab ont donné ; rend (réussites, échecs)."""
    complaints = [f"{mutant.name} : {complaint}" for mutant, _, complaint in outcomes if complaint]
    whole = len(outcomes) == len(everything)
    if not everything:
        complaints.append(f"aucun mutant dans tests/{lab.name}/mutants : rien ne prouve que ses tests sachent échouer")
    if os.environ.get("FULL"):
        idle = write_matrix(lab, outcomes)
        complaints += [f"{name} : aucun mutant ne fait échouer ce test" for name in idle if whole]
    for complaint in complaints:
        print(f"✗ {lab.name} : {complaint}")
    killed = sum(1 for _, _, complaint in outcomes if not complaint)
    print(f"{lab.name} : {killed} mutants tués sur {len(outcomes)}")
    return killed, len(complaints)


def main():
    labs = [judged.Lab(name) for name in judged.labs()]
    everything = {lab: read_mutants(lab) for lab in labs}
    tried, shown = [mutant for lab in labs for mutant in chosen(everything[lab])], []
    outcomes = try_all(tried, shown)
    totals = [conclude_lab(lab, everything[lab], [outcomes[mutant] for mutant in chosen(everything[lab])])
              for lab in labs]
    complaints = lines.conclude(shown, len(tried) == sum(map(len, everything.values())))
    for complaint in complaints:
        print(f"✗ {complaint}")
    return judged.conclude(sum(killed for killed, _ in totals), sum(failed for _, failed in totals) + len(complaints))


if __name__ == "__main__":
    judged.run_main(main)

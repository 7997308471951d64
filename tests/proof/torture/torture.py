"""Chaque appel échoue à son tour : les solutions y survivent-elles ?

Pour chaque programme, un dialogue sans panne compte les appels ; puis chacun échoue, à chaque fois qu'il est
fait, de chaque façon que sa page de manuel annonce : une panne par exécution, dans un réseau à part. Après
chacune : ni plantage, ni blocage, ni fuite, le statut et le message prévus, et le service qui continue. Un
serveur reçoit aussi SIGTERM juste avant, puis juste après chacun de ses appels : il doit s'arrêter en ordre.
Réglages, par l'environnement : WORK= LAB= TEST= (partie du nom d'une panne, avec *) SANITIZE=coverage
(mesure la couverture au lieu de chercher les fuites) JUDGE_NETWORK=shared (pas de réseau à part).
"""

import collections
import dataclasses
import importlib
import multiprocessing
import os
import pathlib
import re
import signal
import subprocess
import sys

from tests.judge.command import lab_reader
from tests.judge.command.call import JUDGE
from tests.proof.programs import judged
from tests.proof.programs.judged import Trouble
from tests.proof.torture import expectations
from tests.proof.torture import usual
from tests.proof.torture.expectations import ALIVE, BENIGN, FATAL, LOST, QUIET, REFUSED, STOPPED, TOLD
from tests.proof.torture.ordeal import Hang, Network, Ordeal, normalize

FAULT_LIBRARY = os.path.abspath("build/torture/fault.so")
SHORT_LIBRARY = os.path.abspath("build/judge/inject.so")
ENOUGH = 1000
SHORT_SIZES = range(1, 8)
SECONDS = 20

# « scene » est un rang dans SCENES : une scène contient des fonctions, que les processus ne s'échangent pas.
Try = collections.namedtuple("Try", "scene faults inject allowed variant")
Result = collections.namedtuple("Result", "hung ready status out err received counts injected left")


# --- Les scènes ----------------------------------------------------------------------------------

def scenes_of(name):
    """Les scènes d'un lab : les siennes, ou celles qu'on joue à tous."""
    lab, rules = lab_reader.Lab(name), None
    if pathlib.Path("tests", name, "torture", "scenes.py").is_file():
        rules = importlib.import_module(f"tests.{name}.torture.scenes")
    for scene in rules.SCENES if rules else usual.scenes(lab):
        yield dataclasses.replace(scene, lab=lab, rules=rules)


# --- Une exécution -------------------------------------------------------------------------------

def spell(fault):
    """La panne telle que la bibliothèque la lit : des nombres."""
    call, manner, error = fault.split(":")
    return f"{call}:{manner}:{expectations.number(error)}"


SCENES = []
NETWORK = None


def enter_network(wanted):
    global NETWORK
    NETWORK = Network(wanted)


def play(attempt):
    """Joue une scène avec ses pannes ; rend ce qui s'est passé."""
    scene = SCENES[attempt.scene]
    port, folder = NETWORK.fresh_port(), PROGRAMS[attempt.variant, scene.lab.name]
    with Ordeal(folder, port, SECONDS) as ordeal:
        words = [str(port) if word == "@" else word for word in scene.arguments]
        settings = {"TORTURE_FAULTS": ",".join(map(spell, attempt.faults))}
        libraries = FAULT_LIBRARY
        if attempt.inject:
            settings["JUDGE_INJECT"] = attempt.inject
            libraries += ":" + SHORT_LIBRARY

        def start():
            ordeal.start([folder / scene.program] + words, libraries, settings,
                         scene.typed.replace(b"@", str(port).encode()))
        ordeal.signals_itself = attempt.allowed == {STOPPED}
        received, hung = [], ""
        try:
            received = scene.play(ordeal, start)
        except Hang:
            hung = ordeal.doing()
        counts = {name: int(count) for name, count in ordeal.events("count")}
        left = ordeal.events("left")
        return Result(hung, bool(ordeal.events("ready")), None if hung else ordeal.process.returncode,
                      normalize(ordeal.streams["out"]), ordeal.streams["err"], received, counts, len(ordeal.events("fault")),
                      [int(word) for word in left[0]] if left else None)


def one_line(scene, text):
    return re.fullmatch(rb"%s: [^\n]+\n" % scene.program.encode(), text) is not None


def differing(clean, result):
    """Les correspondants qui n'ont pas eu tout ce qu'ils devaient, puis ceux de trop qui ne l'ont pas eu non plus."""
    late = [data for data in result.received[len(clean.received):] if data not in clean.received]
    missing = len(result.received) < len(clean.received)
    return [(want, got) for want, got in zip(clean.received, result.received) if want != got], bool(late) or missing


def follows(outcome, scene, clean, result):
    """Ce qui s'est passé est-il bien cette suite-là ?"""
    if outcome == STOPPED:
        # Le client que l'arrêt abandonne peut être nommé.
        return result.status == 0 and (result.err == b"" or one_line(scene, result.err))
    if outcome == ALIVE:
        return result.status == 0 or result.status == 1 and result.err != b""
    if outcome == FATAL:
        return result.status == 1 and one_line(scene, result.err)
    others, late = differing(clean, result)
    refusal = getattr(scene.rules, "REFUSAL", None)
    # La place du client perdu ou refusé va à celui qui aurait été de trop.
    if outcome in (LOST, REFUSED):
        others = [pair for pair in others if pair != refusal]
    if result.status != clean.status or late:
        return False
    if outcome in (BENIGN, TOLD):
        said = normalize(result.err) == normalize(clean.err) if outcome == BENIGN else one_line(scene, result.err)
        return not others and said and result.out == clean.out
    if outcome == REFUSED:
        return [got for _, got in others] == [refusal[0]] and one_line(scene, result.err)
    said = result.err == b"" if outcome == QUIET else one_line(scene, result.err)
    return said and len(others) <= 1 and all(want.startswith(got) for want, got in others)


def complaint(attempt, clean, result):
    """Ce qui ne va pas après cette panne ; None si tout va bien."""
    if result.hung:
        return f"ne finit pas en {SECONDS} s : {result.hung}"
    scene = SCENES[attempt.scene]
    if result.status == -signal.SIGTERM and (scene.lenient or attempt.allowed == {STOPPED} and not result.ready):
        return None
    if result.status < 0:
        return f"tué par le signal {-result.status}"
    if not any(follows(outcome, scene, clean, result) for outcome in attempt.allowed):
        return (f"attendu : {' ou '.join(sorted(attempt.allowed))} ; statut {result.status}, stderr {result.err!r}, "
                f"stdout {result.out!r}, reçu {result.received!r}")
    if attempt.variant != "coverage" and result.left != [0, 0]:
        return "rien n'est dit à la fin" if result.left is None else \
            f"oubliés à la fin : {result.left[0]} descripteurs, {result.left[1]} blocs de mémoire"
    return None


def attempt_once(item):
    """Joue une panne ; une panne qui n'a pas eu lieu (les threads n'ont pas d'ordre, et qui lit d'abord n'attend pas toujours) est rejouée."""
    attempt, clean = item
    for _ in range(5):
        result = play(attempt)
        happened = result.injected >= len(attempt.faults)
        if happened or result.hung:
            break
    if not happened:
        attempt = attempt._replace(allowed=attempt.allowed | {ALIVE if SCENES[attempt.scene].lenient else BENIGN})
    return happened, complaint(attempt, clean, result)


# --- Le plan -------------------------------------------------------------------------------------

def plan_scene(place, counts):
    """Toutes les pannes d'une scène."""
    scene = SCENES[place]
    unchanged = {ALIVE} if scene.lenient else {BENIGN}
    for call, count in sorted(counts.items()):
        if scene.calls is not None and call not in scene.calls:
            continue
        for rank in range(1, count + 1):
            for manner, error, _ in expectations.faults_of(call, scene.lab.protocol):
                allowed = expectations.expected(scene, call, rank, error)
                yield Try(place, [f"{call}={rank}:{manner}:{error}"], "", allowed, "plain")
            if call in ("read", "recv", "send", "write") and scene.lab.protocol == "tcp":
                for size in SHORT_SIZES:
                    yield Try(place, [f"{call}={rank}:short:{size}"], "", unchanged, "plain")
            for manner in expectations.stops_of(call) if scene.program == scene.lab.server else ():
                yield Try(place, [f"{call}={rank}:{manner}:SIGTERM"], "", {STOPPED}, "plain")
    for first, second, outcome in scene.pairs:
        yield Try(place, [first, second], "", {outcome}, "plain")
    for inject in [f"short={size}" for size in SHORT_SIZES] + ["eintr=1", "eintr=2", "eintr=3", "short=1,eintr=2"]:
        # L'injecteur du juge interrompt aussi le poll de connect, sans commencer de connexion : cela revient au même.
        yield Try(place, [], inject, unchanged, "plain")


def sanitized(tries):
    """Le premier échec de chaque appel, rejoué sous ASan et LSan : toute la mémoire est alors comptée."""
    seen = set()
    for attempt in tries:
        call = (attempt.scene, attempt.faults[0].partition(":")[0]) if len(attempt.faults) == 1 else None
        if call is None or call[1].startswith("libc.") or call in seen:
            continue
        seen.add(call)
        yield attempt._replace(variant="address")


def title(attempt):
    what = " puis ".join(attempt.faults) or attempt.inject
    sanitizer = ", sous ASan" if attempt.variant == "address" else ""
    return f"{SCENES[attempt.scene].title} : {what}{sanitizer}"


# --- Le déroulement ------------------------------------------------------------------------------

PROGRAMS = {}


def build(variant):
    """Construit les solutions par les règles du juge ; note où sont les programmes."""
    environment = os.environ | {"WORK": os.environ.get("WORK") or "solutions", "TEST": "",
                                "SANITIZE": "" if variant == "plain" else variant}
    done = subprocess.run([*JUDGE, "--build"], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Trouble(done.stderr.strip())
    base, *found = done.stdout.split()
    for lab in found:
        PROGRAMS[variant, lab] = pathlib.Path(base, lab, "bin").absolute()


def forgotten_calls(lab, program):
    """Les appels du système que le programme fait, et que ce banc d'essai ne connaît pas."""
    listing = subprocess.run(["nm", "-D", "--undefined-only", PROGRAMS["plain", lab] / program], check=True,
                             capture_output=True, text=True).stdout
    used = {line.split()[-1].partition("@")[0] for line in listing.splitlines()}
    known = expectations.ERRNO.keys() | expectations.RETURN.keys() | expectations.EAI.keys() \
        | expectations.AFTER.keys() | expectations.SPARED.keys()
    return sorted(name for name in used - known - expectations.COMPUTE if not name.startswith("_"))


def unknown_calls(lenient):
    """Les appels que rien ne met en panne, faute de les connaître."""
    programs = sorted({(scene.lab.name, scene.program) for scene in SCENES if scene.lenient == lenient})
    return [f"{lab}/{program} appelle {call}, que tests/proof/torture/expectations.py ne connaît pas : il n'échoue jamais ici"
            for lab, program in programs for call in forgotten_calls(lab, program)]


def idle_programs():
    """Les programmes où rien n'échoue."""
    played = {(scene.lab.name, scene.program) for scene in SCENES}
    for lab in map(lab_reader.Lab, judged.labs()):
        for program in lab.programs:
            if (lab.name, program) not in played:
                yield f"{lab.name}/{program} n'a pas de scène : il lui faut un rôle dans tests/{lab.name}/scene.txt, ou torture/scenes.py"


def clean_run(pool, place):
    """Le dialogue sans panne ; deux fois, pour savoir quels appels sont toujours faits."""
    scene = SCENES[place]
    first, second = pool.map(play, 2 * [Try(place, [], "", {BENIGN}, "plain")])
    for result in (first, second):
        if result.status == -signal.SIGTERM:
            raise Trouble(f"{scene.title} : SIGTERM tue ce programme, et ses appels ne sont comptés que s'il s'arrête en ordre")
        if result.hung or result.status != scene.status or (result.err and not scene.status) or result.left != [0, 0]:
            raise Trouble(f"{scene.title} : le dialogue sans panne échoue déjà : {result}")
    if first.received != second.received or first.out != second.out:
        raise Trouble(f"{scene.title} : le dialogue sans panne n'est pas toujours le même : {first} {second}")
    return first._replace(counts={call: min(count, second.counts.get(call, 0)) for call, count in first.counts.items()})


def plan(pool, coverage):
    """Toutes les pannes, chacune avec son dialogue sans panne."""
    items = []
    for place in range(len(SCENES)):
        clean = clean_run(pool, place)
        tries = list(plan_scene(place, clean.counts))
        tries = [attempt._replace(variant="coverage") for attempt in tries] if coverage else tries + list(sanitized(tries))
        items += [(attempt, clean) for attempt in tries if judged.selected(title(attempt))]
    return items


def run_all(pool, items):
    """Joue toutes les pannes, et montre l'avancement."""
    results = []
    for result in pool.imap(attempt_once, items):
        results.append(result)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{len(results)}/{len(items)}" + ("\n" if len(results) == len(items) else ""))
    return results


def summarize(items, outcomes):
    """Une ligne par programme : combien de pannes surmontées, de quels appels ; rend leur nombre."""
    programs = collections.defaultdict(collections.Counter)
    for (attempt, _), (happened, trouble) in zip(items, outcomes):
        if happened and not trouble:
            scene = SCENES[attempt.scene]
            call = attempt.faults[0].partition("=")[0] if attempt.faults else "partout"
            programs[f"{scene.lab.name}/{scene.program}"][call] += 1
    for program, calls in sorted(programs.items()):
        detail = ", ".join(f"{call} {count}" for call, count in sorted(calls.items()))
        print(f"{program} : {calls.total()} pannes surmontées ({detail})")
    return sum(calls.total() for calls in programs.values())


def conduct(pool, problems, coverage):
    """Joue tout ; rend le statut."""
    items = plan(pool, coverage)
    outcomes = run_all(pool, items)
    problems += [f"{title(attempt)} : {trouble}" for (attempt, _), (_, trouble) in zip(items, outcomes) if trouble]
    for problem in problems:
        print(f"✗ {problem}")
    survived = summarize(items, outcomes)
    idle = sum(1 for happened, trouble in outcomes if not happened and not trouble)
    print(f"{len(items) - idle} pannes injectées, {survived} surmontées"
          + (f" ; {idle} n'ont pas trouvé leur appel" if idle else ""))
    if not (os.environ.get("LAB") or os.environ.get("TEST")) and len(items) - idle < ENOUGH:
        problems.append(f"moins de {ENOUGH} pannes")
    return judged.conclude(survived, len(problems))


def main():
    coverage = os.environ.get("SANITIZE") == "coverage"
    for variant in ("plain", "coverage" if coverage else "address"):
        build(variant)
    SCENES.extend(scene for name in judged.labs() for scene in scenes_of(name))
    problems = [*expectations.contradictions(), *idle_programs(), *unknown_calls(lenient=False)]
    # Les scènes que nous jouons à tous n'en demandent pas tant : c'est seulement dit.
    for remark in unknown_calls(lenient=True):
        print(f"note : {remark}")
    wanted = os.environ.get("JUDGE_NETWORK") != "shared"
    # Plus de scènes que de processeurs : beaucoup ne font qu'attendre.
    with multiprocessing.get_context("fork").Pool(4 * judged.JOBS, enter_network, (wanted,)) as pool:
        return conduct(pool, problems, coverage)


if __name__ == "__main__":
    judged.run_main(main)

"""Une démonstration : les programmes d'un lab jouent sa scène (scenario.py), sous vos yeux.

demo.py PROGRAMMES LAB

Elle montre, et ne juge pas : statut 0 quand la scène est allée au bout. Un serveur que SIGTERM tue à la fin n'y change
rien, et c'est dit ; s'arrêter en ordre est une autre étape que dialoguer. Tout ce qui donne le statut 1 est dit aussi.
"""

import os
import signal
import sys

from tests.judge.command import lab_reader
from tests.judge.report import options
from tests.judge.report.editor_lines import folder_of
from tests.judge.report.paint import STYLES, is_plain, plain, visible
from tests.student import scenario
from tests.student import stage

STYLE_OF = ("cyan", "green", "yellow", "red")
SHOWN = {"écrit": "{}", "dit": "{}", "tape": "⌨ {}", "finit": "⌨ Ctrl-D", "perd": "✗ la réponse {} est perdue"}


class Demo(stage.Play):
    """La scène, montrée comme elle vient."""

    colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    plain = is_plain(sys.stdout)

    def note(self, kind, name, text):
        # La question posée par un programme se montre avant qu'on y réponde.
        if kind in ("tape", "finit"):
            self.cast[name].flush()
        if kind in SHOWN:
            self.say(name, visible(SHOWN[kind].format(text)))

    def say(self, name, text):
        label = f"{name:>9} │"
        if self.plain:
            label, text = plain(label), plain(text)
        if self.colored and name in self.cast:
            label = f"\x1b[{STYLES[STYLE_OF[list(self.cast).index(name) % len(STYLE_OF)]]}m{label}\x1b[0m"
        print(label, text, flush=True)

    def failures(self):
        """Dit comment finissent ceux qui finissent mal ; leur nombre, sans ceux que SIGTERM seul arrête."""
        found = 0
        for actor in self.cast.values():
            status = actor.process.returncode if isinstance(actor, stage.Program) else 0
            if status == -signal.SIGTERM and actor.name == "serveur":
                self.say(actor.name, "tué par SIGTERM : il ne s'arrête pas encore en ordre")
            elif status not in (0, -signal.SIGTERM):
                self.say(actor.name, f"fini : statut {status}" if status > 0 else f"fini : tué par le signal {-status}")
                found += 1
        return found


def asked_work():
    """Le travail montré : celui qui est demandé, sinon les corrigés, s'ils sont là."""
    return os.environ.get("WORK") or ("solutions" if os.path.isdir("solutions") else "labs")


def unfinished(lab):
    """Un programme a mal fini : il est peut-être encore à écrire, et le juge en dit davantage."""
    return f"\nLa scène n'est pas allée au bout : « {options.command('test', asked_work(), lab.name)} » dit ce qui manque."


def main():
    folder, lab = sys.argv[1], lab_reader.Lab(sys.argv[2])
    work = folder_of(asked_work(), lab.name)
    # Un programme qui n'est pas encore écrit est joué par nous ; un autre, qui ne compile pas, est à corriger.
    absent = [program for program in lab.programs if program != lab.server and not os.path.exists(os.path.join(work, program + ".c"))]
    for program in lab.programs:
        if program not in absent and not os.path.exists(os.path.join(folder, program)):
            print(f"demo : {program} n'a pas pu être construit ; « make test » dit pourquoi.")
            return 1
    # Le client que nous jouons ne redemande pas : rien ne se perd de ce qu'il attend.
    actions = [action for action in scenario.load(lab) if not absent or action.verb != "perd"]
    whose = "les vôtres, dans ce dossier" if os.environ.get("FROM_LAB") == lab.name else f"ceux de {visible(work)}"
    for program in absent:
        lab.programs.remove(program)
        whose += f" ; {program} n'y est pas, et c'est nous qui le jouons"
    heading = f"\n{lab.name} · {lab.title}\nLes programmes joués : {whose}\n"
    print(plain(heading) if Demo.plain else heading, flush=True)
    demo = Demo(lab, folder, stage.free_port(lab.protocol, lab.port))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        demo.play(actions, needs_server=True)
    except KeyboardInterrupt:
        return 130
    failed = demo.failures()
    remarks = demo.remarks + ([unfinished(lab)] if failed else [])
    for remark in remarks:
        print(plain(remark) if Demo.plain else remark, flush=True)
    return 1 if failed or demo.remarks else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (lab_reader.Malformed, stage.NotListening) as reason:
        print(f"demo : {reason}", file=sys.stderr)
        sys.exit(2)

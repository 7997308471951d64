"""Joue la scène d'un lab et garde tout : les paquets, les appels système, ce qui est tapé et affiché.

record.py PROGRAMMES LAB SORTIE      (dans le réseau à part que donne isolation.py)

Écrit dans SORTIE : capture.pcap, un journal strace par thread, et record.json.
"""

import glob
import json
import os
import subprocess
import sys
import time

from tests.judge.command import lab_reader
from tests.student import scenario
from tests.student import stage
from tests.student.trace import capture
from tests.student.trace import isolation

TRACED = ("%network,read,write,readv,writev,close,dup,dup2,dup3,poll,ppoll,select,pselect6,"
          "epoll_wait,epoll_pwait,sendfile,clone,clone3,fork,vfork")
# -D : le programme reste notre enfant, à qui un signal va tout droit. -ff : un journal par thread.
STRACE = ["strace", "-D", "-ff", "-q", "-ttt", "-T", "-yy", "-s", "64", "-e", "trace=" + TRACED]
MOST_LINES, LOG_BYTES = 200, 8 << 20


class Traced(stage.Program):
    """Un programme lancé sous strace."""

    def __init__(self, play, name, command, log):
        self.program, self.arguments, self.log = command[0], command[1:], log
        stack = ["-k"] if play.stacks else []
        super().__init__(play, name, [*STRACE, *stack, "-o", log, *command], stderr=subprocess.PIPE, start_new_session=True)

    def logs(self):
        return glob.glob(glob.escape(self.log) + ".*")


class Record(stage.Play):
    """La scène, sous les yeux de strace et de tcpdump."""

    def __init__(self, lab, folder, output):
        super().__init__(lab, folder, lab.port)
        self.output, self.notes = output, []
        self.stacks = knows_stacks()
        self.capture = capture.Capture(os.path.join(output, "capture.pcap"))

    def note(self, kind, name, text):
        # Une réponse perdue se voit déjà sur son paquet.
        if len(self.notes) < MOST_LINES and kind != "perd":
            self.notes.append({"time": time.time(), "kind": kind, "actor": name, "text": text})

    def watched(self, name, command):
        return Traced(self, name, command, os.path.join(self.output, name.replace(" ", "") + ".strace"))

    def world(self):
        """Tous les processus d'ici : ni nous, ni la capture, qui se réveille d'elle-même."""
        here = {int(folder.split("/")[2]) for folder in glob.glob("/proc/[0-9]*")}
        return here - {os.getpid(), self.capture.process.pid}

    def logs(self):
        return [path for actor in self.cast.values() if isinstance(actor, Traced) for path in actor.logs()]

    def check(self):
        super().check()
        if self.capture.full:
            raise stage.Cut(f"plus de {capture.MOST_PACKETS} paquets ont été échangés")
        if sum(map(os.path.getsize, self.logs())) > LOG_BYTES:
            raise stage.Cut("un programme fait des appels système sans fin")

    def told(self):
        """strace a-t-il fini d'écrire la vie de chacun ?"""
        return all(map(ends, self.logs()))

    def report(self, lost):
        """Tout ce qu'il faut pour dessiner, outre les paquets et les journaux."""
        return {"format": 1, "protocol": self.protocol, "host": stage.HOST, "port": self.port, "stacks": self.stacks,
                "actors": [summary(actor) for actor in self.cast.values()], "notes": self.notes, "remarks": self.remarks,
                "relay": {"ports": self.relay.ports(), "lost": self.relay.events} if self.relay else None,
                "packets": self.capture.count, "lost_by_capture": lost}


def summary(actor):
    """Ce que le dessinateur doit savoir d'un acteur ; d'un client que nous jouons, son port."""
    if isinstance(actor, stage.StandIn):
        return {"name": actor.name, "program": None, "port": actor.port, "status": 0}
    return {"name": actor.name, "program": actor.program, "arguments": actor.arguments, "log": os.path.basename(actor.log),
            "pid": actor.process.pid, "status": actor.process.returncode}


def ends(path):
    """Ce journal finit-il par la mort du thread ?"""
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 200))
        return b"+++" in file.read().rstrip(b"\n").rpartition(b"\n")[2]


def knows_stacks():
    """Ce strace sait-il dire d'où vient un appel (-k) ?"""
    done = subprocess.run(["strace", "-k", "-o", os.devnull, "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def main():
    folder, name, output = sys.argv[1:]
    try:
        lab = lab_reader.Lab(name)
        actions = scenario.load(lab)
        isolation.raise_loopback()
        capture.repeat_less()
        record = Record(lab, folder, output)
        record.play(actions)
        lost = record.capture.finish()
    except (capture.Trouble, lab_reader.Malformed, OSError) as reason:
        print(f"trace : {reason}", file=sys.stderr)
        return 2
    with open(os.path.join(output, "record.json"), "w", encoding="utf-8") as file:
        json.dump(record.report(lost), file, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Un vrai Slurm d'une seule machine, sur la boucle locale, dans un dossier à lui, pour les essais.

local_cluster.py [--nodes N] COMMANDE…     lance la commande avec ce Slurm, l'arrête, et rend son statut

Ni systemd, ni comptabilité, ni réglage de la machine : munged, slurmctld et les slurmd ont leurs propres clés, sockets,
journaux et ports, et appartiennent à qui les lance. Tout finit avec la commande, et rien ne reste.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from tests.grading.run import with_parent
from tests.proof.grading import children

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo", "scancel")
# Ce n'est pas le temps d'un démarrage, mais celui au bout duquel il n'aura pas lieu.
PATIENCE = 60
PORTS = range(20000, 32000)

SETTINGS = """\
ClusterName=essai
SlurmctldHost={host}({address})
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
{binding}StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000
ReturnToService=2
SlurmdTimeout={silence}
InactiveLimit=0
KillWait=1
MinJobAge=30
SlurmdParameters=config_overrides
"""
NODE = "NodeName={node} NodeHostname={host} NodeAddr={address} Port={port} CPUs={cpus} State=UNKNOWN\n"


class Failure(Exception):
    """Ce Slurm n'a pas pu servir ; le texte dit pourquoi, en français."""


def find_program(name):
    """Le chemin d'un programme ; ceux de l'administrateur ne sont pas dans le PATH de chacun."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin:/sbin")


def missing_programs():
    """Les programmes de Slurm qui manquent à cette machine."""
    return [name for name in PROGRAMS if not find_program(name)]


def own_address():
    """L'adresse où Slurm écoutera : celle du nom de la machine, qu'il prend toujours, ou la boucle locale."""
    try:
        return socket.gethostbyname(socket.gethostname()), "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny\n"
    except OSError:
        # Sans adresse pour ce nom, Slurm écoute partout ; munge reste seul à ouvrir la porte.
        return "127.0.0.1", ""


def free_ports(address, count):
    """Des ports libres à cette adresse, tous différents, et que le système ne donne à personne de lui-même."""
    held = []
    try:
        for port in random.sample(PORTS, len(PORTS)):
            if len(held) == count:
                break
            one = socket.socket()
            held.append(one)
            try:
                one.bind((address, port))
            except OSError:
                held.pop().close()
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


class Cluster:
    """Un Slurm privé. S'emploie avec « with »."""

    def __init__(self, nodes=1, cpus=None, silence=5):
        self.nodes = [f"noeud{number}" for number in range(1, nodes + 1)]
        self.cpus = cpus or os.cpu_count() or 1
        self.silence = silence
        self.folder = None
        self.running = {}

    def __enter__(self):
        missing = missing_programs()
        if missing:
            raise Failure(f"il manque {', '.join(missing)} : tapez « make deps GROUP=slurm »")
        children.adopt_orphans()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slurm-"))
        # munged l'exige : le chemin de sa socket est praticable par tous.
        self.folder.chmod(0o711)
        try:
            self.configure()
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """Tout s'arrête, quoi qu'il soit arrivé, et le dossier disparaît."""
        children.kill_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def configure(self):
        """Écrit la clé et la configuration."""
        (address, binding), host = own_address(), socket.gethostname().partition(".")[0]
        ports = free_ports(address, 1 + len(self.nodes))
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        (self.folder / "state").mkdir()
        text = SETTINGS.format(host=host, address=address, binding=binding, controller_port=ports[0], silence=self.silence,
                               user=os.getuid(), folder=self.folder)
        for node, port in zip(self.nodes, ports[1:]):
            (self.folder / node).mkdir()
            text += NODE.format(node=node, host=host, address=address, port=port, cpus=self.cpus)
        text += "PartitionName=essai Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        (self.folder / "slurm.conf").write_text(text)
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")

    def environment(self):
        """L'environnement avec lequel sbatch et les siens s'adressent à ce Slurm."""
        return dict(os.environ, SLURM_CONF=str(self.folder / "slurm.conf"))

    def launch(self, name, *command):
        """Lance un démon, au premier plan : il est notre enfant, et sa sortie a son journal."""
        with open(self.folder / f"{name}.out", "ab") as log:
            self.running[name] = with_parent.start([find_program(command[0]), *command[1:]], stdin=subprocess.DEVNULL,
                                                   stdout=log, stderr=log, env=self.environment(), cwd=str(self.folder))

    def start_all(self):
        """Lance les démons, et attend que chaque nœud attende du travail."""
        folder = self.folder
        self.launch("munged", "munged", "--foreground", "--num-threads=2", f"--key-file={folder}/munge.key",
                    f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid",
                    f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed")
        self.wait(lambda: (folder / "munge.socket").exists(), "munged")
        self.launch("slurmctld", "slurmctld", "-D", "-c", "-f", f"{folder}/slurm.conf")
        for node in self.nodes:
            self.start_node(node)
        self.wait(lambda: all(self.state(node) == "idle" for node in self.nodes), "un nœud libre")

    def start_node(self, node):
        """Lance un nœud."""
        options = ["-N", node] if len(self.nodes) > 1 else []
        self.launch(node, "slurmd", "-D", "-c", *options, "-f", f"{self.folder}/slurm.conf")

    def kill_node(self, node):
        """Tue un nœud d'un coup, comme une panne de courant : le démon, puis ses travaux et tous leurs processus."""
        jobs = self.ask("squeue", "--noheader", "--states=all", f"--nodelist={node}", "--format=%A").split()
        children.kill(self.running.pop(node).pid)
        titles = tuple(f"slurmstepd: [{job}." for job in jobs)
        for pid in children.descendants(os.getpid()):
            if children.title(pid).startswith(titles):
                children.kill_tree(pid)

    def state(self, node):
        """L'état d'un nœud (« idle », « mixed », « allocated », « down »…), ou rien si slurmctld ne répond pas."""
        return self.ask("sinfo", "--noheader", "--format=%t", f"--nodes={node}")

    def ask(self, *command):
        """Ce qu'une commande de Slurm répond, ou rien."""
        done = subprocess.run([find_program(command[0]), *command[1:]], env=self.environment(), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout.decode(errors="replace").strip()

    def wait(self, condition, what):
        """Attend une condition ; un démon qui meurt entre-temps, ou l'attente trop longue, est une panne dite."""
        def come():
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Failure(f"{name} s'est arrêté (statut {process.returncode}) :\n{self.logs(name)}")
            return condition()
        try:
            children.wait_until(come, PATIENCE, what)
        except TimeoutError as trouble:
            raise Failure(f"{trouble}\n{self.logs('slurmctld')}{self.logs(self.nodes[0])}") from None

    def logs(self, name):
        """La fin de ce qu'un démon a dit."""
        text = ""
        for path in (self.folder / f"{name}.out", self.folder / f"{name}.log"):
            if path.exists():
                text += "".join(path.read_text(errors="replace").splitlines(keepends=True)[-15:])
        return text


def main():
    parser = argparse.ArgumentParser(description="Lance une commande avec un Slurm privé.")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    # Être arrêté, c'est finir proprement.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Cluster(options.nodes) as cluster:
            return with_parent.start(options.command or ["sinfo"], env=cluster.environment()).wait()
    except Failure as trouble:
        print(f"slurm : {trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

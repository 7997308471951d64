"""Parler à Slurm : soumettre, regarder la file, annuler. Aucune comptabilité (« sacct ») n'est nécessaire."""

import os
import re
import shlex
import subprocess
import time

COMMANDS = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")
# Une tâche qui n'est plus dans l'un de ces états est finie, bien ou mal.
ALIVE = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT",
         "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD"}
# La taille d'un tableau de travaux quand Slurm ne la dit pas : celle de son réglage d'origine.
ARRAY_SIZE = 1001
CANCELLING = 60


def options():
    """SLURM_OPTIONS= : ce que l'enseignant ajoute à sbatch (partition, temps, mémoire, compte…)."""
    try:
        return shlex.split(os.environ.get("SLURM_OPTIONS", ""))
    except ValueError as error:
        raise RuntimeError("SLURM_OPTIONS : un guillemet n'est pas fermé") from error


def ask(*command):
    """(statut, sortie, erreurs) d'une commande de Slurm."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          env=dict(os.environ, LC_ALL="C", SLURM_TIME_FORMAT="standard"))
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace").strip()


def submit(name, count, excluded, script, *words):
    """Soumet un tableau de « count » travaux, et rend son numéro."""
    together = os.environ.get("JOBS", "")
    command = ["sbatch", "--parsable", "--no-requeue", f"--job-name={name}", "--chdir=/", "--output=/dev/null",
               "--ntasks=1", "--cpus-per-task=1", *options(),
               f"--array=0-{count - 1}" + (f"%{together}" if together else "")]
    if excluded:
        command.append("--exclude=" + ",".join(sorted(excluded)))
    status, said, complaint = ask(*command, script, *words)
    if status != 0:
        raise RuntimeError("Slurm a refusé le travail : " + (complaint.splitlines() or ["sans dire pourquoi"])[-1])
    return said.strip().split(";")[0]


class Unreachable(Exception):
    """Slurm ne répond pas en ce moment."""


def tasks(job):
    """Ce que Slurm sait encore d'un travail : {numéro dans le tableau: (état, nœud, raison, statut)}."""
    status, said, complaint = ask("scontrol", "--oneliner", "show", "job", job)
    if status != 0:
        if "Invalid job id" in complaint:
            return {}
        raise Unreachable(complaint)
    found = {}
    for line in said.splitlines():
        fields = dict(re.findall(r"(?:^|\s)(\w+)=(\S*)", line))
        told = (fields.get("JobState", ""), fields.get("BatchHost", ""), fields.get("Reason", ""), fields.get("ExitCode", ""))
        found.update({number: told for number in numbers(fields.get("ArrayTaskId", ""))})
    return found


def numbers(text):
    """« 0,3-5%2 » : 0, 3, 4 et 5."""
    for piece in filter(None, text.partition("%")[0].split(",")):
        first, _, last = piece.partition("-")
        if first.isdigit() and (last or first).isdigit():
            yield from range(int(first), int(last or first) + 1)


def alive(told):
    """Parmi ces tâches, celles qui attendent ou travaillent encore."""
    return {number: task for number, task in told.items() if task[0] in ALIVE}


def named(name):
    """Nos travaux de ce nom qui sont encore dans la file."""
    status, said, _ = ask("squeue", "--noheader", f"--user={os.getuid()}", f"--name={name}", "--format=%A")
    return said.split() if status == 0 else []


def cancel(name):
    """Annule tous nos travaux de ce nom, et attend leur départ : rien ne jugera plus derrière nous."""
    end = time.monotonic() + CANCELLING
    while named(name) and time.monotonic() < end:
        ask("scancel", f"--user={os.getuid()}", f"--name={name}")
        # La file vide est la seule fin ; ceci n'est que le pas de la lecture.
        time.sleep(0.2)


def largest_array():
    """Le plus grand tableau de travaux que ce Slurm accepte."""
    _, said, _ = ask("scontrol", "show", "config")
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)", said, re.M)
    return max(1, int(found.group(1)) if found else ARRAY_SIZE)


def processors(job):
    """Combien de cœurs servent aux travaux comme celui-ci : ceux de sa partition, libres ou occupés ; 1 si l'on ne sait."""
    _, said, _ = ask("scontrol", "--oneliner", "show", "job", job)
    partition = re.search(r"\sPartition=([^\s,]+)", said)
    _, said, _ = ask("sinfo", "--noheader", "--format=%C", *([f"--partition={partition.group(1)}"] if partition else []))
    # « utilisés/libres/autres/total », une ligne par groupe de nœuds.
    counts = [line.split("/") for line in said.split() if re.fullmatch(r"\d+/\d+/\d+/\d+", line)]
    return max(1, sum(int(used) + int(idle) for used, idle, _, _ in counts))

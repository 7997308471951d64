"""Un échantillon : un serveur neuf, un générateur, ce qu'il a compté. Et les tours qui en font des séries."""

import json
import random
import subprocess

from tests.bench import building
from tests.bench import servers

SLACK_S = 120


class Wrong(Exception):
    """Une réponse manque ou est fausse : ce n'est plus une question de vitesse."""


def generator_command(row, name, point, port, seconds):
    """La ligne de commande du générateur."""
    load = row.servers[name].get("load")
    arguments = row.values["arguments"] + point["arguments"]
    if load:
        # Un serveur d'un autre protocole reçoit ses messages à lui, de la même taille.
        arguments = load + [word for word in arguments if word == "--datagrams"] + point["arguments"]
    return [building.generator(row.values["generator"]), "--port", str(port), "--seconds", str(seconds), *arguments]


def read(process, told):
    """La ligne de JSON qu'écrit le générateur."""
    line = process.stdout.readline()
    if not line:
        process.wait()
        raise Wrong(f"{told} : {process.stderr.read().strip() or 'le générateur s’est arrêté'}")
    return json.loads(line)


def measure(row, name, point, seconds):
    """Lance ce serveur, le mesure une fois."""
    told = f"{row.id}, {point['label']}, {row.servers[name]['label']}"
    with servers.running(row, name) as (process, port):
        before = servers.resident_kib(process)
        command = generator_command(row, name, point, port, seconds)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
            try:
                values = read(load, told)
                if "entered" in values:
                    values["kib"] = (servers.resident_kib(process) - before) / max(1, values["entered"])
                    load.stdin.write("\n")
                    load.stdin.flush()
                    values.update(read(load, told))
                    values["unanswered"] = values["entered"] - values["answered"]
                load.wait(SLACK_S)
            finally:
                load.kill()
        if load.returncode != 0:
            raise Wrong(f"{told} : le générateur a rendu {load.returncode}")
    return values


def rounds(row, count, seconds, progress):
    """count tours ; à chacun, tous les serveurs, dans un ordre tiré au sort : {point: {serveur: [valeurs]}}."""
    taken = {point["label"]: {name: [] for name in row.servers} for point in row.values["points"]}
    for number in range(1, count + 1):
        progress(number, count)
        for point in row.values["points"]:
            for name in random.sample(list(row.servers), len(row.servers)):
                taken[point["label"]][name].append(measure(row, name, point, seconds))
    return taken

"""L'entente avec un autre langage : chaque serveur en C sert un client en Python, et l'inverse.

Usage : interop.py LAB…    (programmes en C dans build/work/solutions/LAB/bin)

Un lab a ses programmes en Python dans tests/LAB/interop, et dialogue.json à côté : ce que le client
reçoit en arguments et sur son entrée, et ce qu'il doit montrer, en Python et en C.
"""
import json
import pathlib
import signal
import socket
import subprocess
import sys
import time

DEADLINE_S = 20
LINES = "bonjour\n\nété € 😀\n"

def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(table, port):
    """Le port est-il pris ? On regarde les tables du noyau : se connecter serait déjà un client."""
    wanted = f":{port:04X}"
    for line in pathlib.Path(table).read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(wanted) and fields[3] in ("0A", "07"):
            return True
    return False


def wait_until_open(server, table, port):
    deadline = time.monotonic() + DEADLINE_S
    while not is_open(table, port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("le serveur n'écoute pas")
        time.sleep(0.002)


def converse(dialogue, server_command, client_command, expected):
    datagrams = dialogue["transport"] == "udp"
    port = free_port(socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM)
    place = ["127.0.0.1", str(port)]
    with subprocess.Popen(server_command + place, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_open(server, "/proc/net/udp" if datagrams else "/proc/net/tcp", port)
            answer = subprocess.run(
                client_command + place + dialogue["arguments"],
                input=dialogue["input"],
                capture_output=True,
                text=True,
                timeout=DEADLINE_S,
                check=False,
            )
        finally:
            server.send_signal(signal.SIGTERM)
    wanted = expected.replace("{port}", str(port))
    if answer.returncode != 0:
        return f"code {answer.returncode} : {answer.stderr.strip()}"
    return None if answer.stdout == wanted else f"attendu {wanted!r}, reçu {answer.stdout!r}"


def check(lab):
    here = pathlib.Path("tests") / lab / "interop"
    dialogue = json.loads((here / "dialogue.json").read_text("utf-8"))
    built = pathlib.Path("build/work/solutions") / lab / "bin"
    python = [sys.executable, "-I"]
    pairs = [
        ("serveur en C, client en Python", [str(built / "server")],
         python + [str(here / "client.py")], dialogue["python"]),
        ("serveur en Python, client en C", python + [str(here / "server.py")],
         [str(built / "client")], dialogue["c"]),
    ]
    failures = 0
    for name, server, client, expected in pairs:
        try:
            problem = converse(dialogue, server, client, expected)
        except (RuntimeError, subprocess.TimeoutExpired, OSError) as error:
            problem = str(error)
        print(f"{'✗' if problem else '✓'} {lab} : {name}{' : ' + problem if problem else ''}")
        failures += problem is not None
    return len(pairs) - failures, failures


def main():
    passed = failed = 0
    for lab in sys.argv[1:]:
        if not pathlib.Path("tests", lab, "interop").is_dir():
            continue
        lab_passed, lab_failed = check(lab)
        passed += lab_passed
        failed += lab_failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())

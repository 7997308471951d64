"""La machine : un réseau à part, un seul cœur, et ce qu'il faut dire d'elle à côté des chiffres."""

import os
import platform
import shutil
import time

from tests.student.trace import isolation

INSIDE = "BENCH_INSIDE"


def isolated_prefix():
    """Ce qu'il faut mettre devant une commande pour qu'elle ait son propre réseau ; rien si le système le refuse."""
    return isolation.prefix() if isolation.available() else []


def raise_loopback():
    """Un réseau neuf a son interface locale éteinte."""
    if os.environ.get(INSIDE) == "1":
        isolation.raise_loopback()


def pin():
    """Tout ce qui est lancé ensuite partage un seul cœur avec nous : le placement ne compte plus."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def python():
    """Le Python des serveurs mesurés : celui du système, s'il y est."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else shutil.which("python3")


def processor():
    """Le nom du processeur."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def described():
    """La machine, telle qu'elle est dite à côté des chiffres."""
    return {"cores": os.cpu_count(), "processor": processor(), "kernel": platform.release(),
            "load": round(os.getloadavg()[0], 1), "isolated": os.environ.get(INSIDE) == "1"}


def today():
    """L'instant, en temps universel."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

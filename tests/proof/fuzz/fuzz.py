"""Des entrées au hasard, dirigées par la couverture (libFuzzer), contre des modèles : le cadrage des
solutions, l'affichage et la ligne de commande. Sous ASan et UBSan ; la durée est bornée.
Une entrée qui fait échouer est gardée dans build/fuzz/.
Réglages, par l'environnement : SECONDS= (durée de l'ensemble, 20 par défaut) TEST= (nom d'une cible).
"""

import os
import pathlib
import re
import shutil
import subprocess

from tests.proof.programs import judged
from tests.proof.programs.judged import Trouble

FOLDER = pathlib.Path("tests/proof/fuzz")
BUILD = pathlib.Path("build/fuzz")
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
         "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=undefined", "-Icommon", "-Isolutions/01-tcp"]

# Chaque cible : ce qu'elle éprouve, et par quoi les appels du système y sont remplacés.
TARGETS = {
    "read_line": ["-Dread=scripted_read", "solutions/01-tcp/framing.c"],
    "send_all": ["-Dsend=scripted_send", "solutions/01-tcp/framing.c"],
    "print_escaped": ["common/display.c"],
    "parse_number": ["common/cmdline.c", "common/report.c", "common/display.c"],
}


def find_compiler():
    """clang, s'il sait faire des programmes pour libFuzzer."""
    compiler = shutil.which("clang")
    if compiler is None:
        raise Trouble("il manque clang (make deps GROUP=check)")
    runtime = subprocess.run([compiler, "-fsanitize=fuzzer,address", "-x", "c", "-o", "/dev/null", "-"], capture_output=True,
                             input="int LLVMFuzzerTestOneInput(void);\nint LLVMFuzzerTestOneInput(void) { return 0; }", text=True)
    if runtime.returncode != 0:
        raise Trouble("il manque libFuzzer, que clang va chercher dans compiler-rt (make deps GROUP=check)")
    return compiler


def build(compiler, name):
    program = BUILD / f"{name}_fuzz"
    command = [compiler, *FLAGS, *TARGETS[name], FOLDER / f"{name}_fuzz.c", "-o", program]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Trouble(f"{name} ne compile pas : {done.stderr.strip()}")
    return program


def essence(text):
    """Le rapport, sans le progrès de libFuzzer ni les chemins de cette machine."""
    text = text.replace(f"{os.getcwd()}/", "")
    return "\n".join(line for line in text.splitlines() if not re.match(r"#\d+\t|INFO:|stat::", line))[:4000]


def explore(program, name, seconds):
    """Une cible, un temps donné ; rend (nombre d'essais, ce qui ne va pas)."""
    found = BUILD / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    command = [program, f"-max_total_time={seconds}", "-max_len=1024", "-timeout=10", "-rss_limit_mb=1024",
               "-print_final_stats=1", f"-artifact_prefix={BUILD}/{name}-", found, FOLDER / "corpus" / name]
    # Le temps de libFuzzer est le sien ; celui-ci n'arrête que ce qui ne s'arrêterait pas.
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds + 60)
    except subprocess.TimeoutExpired:
        return 0, "ne finit pas"
    tries = re.search(r"stat::number_of_executed_units: +(\d+)", done.stderr)
    return int(tries.group(1)) if tries else 0, essence(done.stderr) if done.returncode else ""


def main():
    text = os.environ.get("SECONDS") or "20"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 86400:
        raise Trouble(f"SECONDS={text} : un nombre de secondes est attendu, de 1 à 86400")
    compiler = find_compiler()
    BUILD.mkdir(parents=True, exist_ok=True)
    names = [name for name in TARGETS if judged.selected(name)]
    programs = judged.in_parallel(lambda name: build(compiler, name), names)
    # Elles vont de front, une par processeur : à chacune sa part du temps de l'ensemble.
    share = max(1, int(text) * min(judged.JOBS, len(names)) // max(1, len(names)))
    outcomes = judged.in_parallel(lambda pair: explore(*pair, share), list(zip(programs, names)))
    for name, (tries, trouble) in zip(names, outcomes):
        print(f"✗ {name}\n{trouble}" if trouble else f"✓ {name} : {tries} essais en {share} s")
    failed = sum(1 for _, trouble in outcomes if trouble)
    return judged.conclude(len(outcomes) - failed, failed)


if __name__ == "__main__":
    judged.run_main(main)

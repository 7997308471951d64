"""Compile un programme de l'étudiant pour le déboguer : sans optimisation, à partir de ses propres fichiers.

Ce que montrent gdb et les messages est ainsi le fichier qu'il a sous les yeux, et non la copie du juge.
"""

import os
import shutil
import subprocess
from glob import glob

from tests.student import student_work

FLAGS = "-std=c11 -D_GNU_SOURCE -O0 -g -Wall -Wextra -Icommon".split()
# Ce qu'une source où il reste un TODO a le droit d'avoir (common/lab.mk).
UNFINISHED = ["-Wno-unused-parameter", "-Wno-unused-function"]


def unfinished(source):
    """Les options de plus d'une source qui n'est pas finie."""
    with open(source, "rb") as file:
        return UNFINISHED if b"TODO" in file.read() else []


def libraries(lab):
    """Les sources partagées par les programmes : celles du lab ou de celui qu'il emprunte, les siennes en plus, puis common/."""
    programs = {program + ".c" for program in lab.described.programs}
    expected = lab.described.sources + lab.described.lent
    found = [source for source in lab.sources if source.endswith(".c") and lab.known_as[source] not in programs and os.path.exists(source)]
    # Les fichiers attendus d'abord, comme devant le juge.
    return sorted(found, key=lambda source: os.path.basename(lab.known_as[source]) not in expected) + sorted(glob("common/*.c"))


def source_of(lab, name):
    """La source de ce programme : celle que le juge prend, même si son nom n'est que presque juste."""
    return next((path for path, known in lab.known_as.items() if known == name + ".c"), os.path.join(lab.folder, name + ".c"))


def program(command, lab, name):
    """Construit le programme et rend son chemin ; s'il ne compile pas, le compilateur l'a dit, et tout s'arrête."""
    if name not in lab.described.programs:
        student_work.die(command, f"{lab.name} n'a pas de programme « {name} » (il y a : {', '.join(lab.described.programs)})")
    source = source_of(lab, name)
    if not os.path.isfile(source):
        student_work.die(command, f"{source} manque")
    folder = os.path.join(lab.room, "debug")
    os.makedirs(folder, exist_ok=True)
    includes = ["-Ilabs/" + folder_ for folder_ in (lab.name, lab.settings.get("BORROW", "")) if folder_]
    flags = FLAGS + includes + lab.settings.get("LAB_CFLAGS", "").split()
    compiler = os.environ.get("CC") or "cc"
    for tool in (compiler.split()[0], "ar"):
        if not shutil.which(tool):
            student_work.die(command, f"{tool} n'est pas installé. Pour l'avoir : make deps")
    # Une archive : un programme qui définit lui-même une de ces fonctions s'en passe.
    archive, target = os.path.join(folder, "library.a"), os.path.join(folder, name)
    objects = [os.path.join(folder, f"{number}-{os.path.basename(path)[:-2]}.o") for number, path in enumerate(libraries(lab))]
    commands = [[compiler, *flags, *unfinished(path), "-c", "-o", made, path] for path, made in zip(libraries(lab), objects)]
    if os.path.exists(archive):
        os.unlink(archive)
    commands += [["ar", "rcs", archive, *objects], [compiler, *flags, *unfinished(source), "-o", target, source, archive]]
    for words in commands:
        if subprocess.call(words) != 0:
            student_work.die(command, f"{name} ne compile pas : corrigez d'abord la première erreur ci-dessus")
    return target


def arguments(lab, name):
    """Les arguments du programme : ceux d'ARGS, sinon l'adresse et le port de l'énoncé."""
    import shlex
    given = os.environ.get("ARGS", "")
    try:
        return shlex.split(given) if given else ["127.0.0.1", str(lab.described.port)]
    except ValueError:
        student_work.die(name, "ARGS : il y manque un guillemet ou une apostrophe")

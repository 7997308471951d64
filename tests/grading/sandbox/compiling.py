"""Ce qu'un texte hostile ne doit pas pouvoir faire faire au compilateur. Mêmes règles que running.py."""

import os

from tests.grading.sandbox.attempts import TOP, registry
from tests.grading.sandbox.running import complain, expect_refusals

ALL, protection = registry()


@protection("compiler", "un programme ordinaire se compile")
def ordinary(ground):
    outcome, size = ground.compiled('#include <stdio.h>\nint main(void)\n{\n    puts("bonjour");\n    return 0;\n}\n')
    return None if size > 0 and outcome.errors == "" else "la compilation a échoué : " + outcome.errors.strip()[:200]


def expect_unreadable(ground, paths, form):
    """Aucun de ces fichiers ne peut entrer dans ce qui est compilé, ni dans les messages."""
    for path in paths:
        outcome, size = ground.compiled(form.format(path=path), "lire")
        if size >= 0:
            return f"obtenu : {path}"
        if "No such file" not in outcome.errors and "file not found" not in outcome.errors:
            return f"{path} : {outcome.errors.strip()[:160]}"
    return None


def private_files(ground):
    """Des fichiers qu'aucun étudiant ne doit lire."""
    solution = sorted(TOP.glob("solutions/*/*.c")) or sorted(TOP.glob("tests/*/*.c"))
    relative = os.path.relpath(solution[0], ground.folder / "x")
    return ["/etc/passwd", solution[0], relative, TOP / "tests/judge/library/run/judge.h", ground.other, "/proc/self/environ"]


@protection("include", "inclure un fichier de la machine (#include)")
def inclusion(ground):
    return expect_unreadable(ground, private_files(ground), '#include "{path}"\nint main(void) {{ return 0; }}\n')


@protection("incbin", "avaler un fichier de la machine (.incbin)")
def swallowing(ground):
    for path in private_files(ground)[:3]:
        _, size = ground.compiled(f'__asm__(".incbin \\"{path}\\"");\nint main(void) {{ return 0; }}\n', "avaler")
        if size >= 0:
            return f"obtenu : {path}"
    return None


@protection("sans-fin", "lire un fichier sans fin (/dev/zero)")
def endless(ground):
    return expect_unreadable(ground, ["/dev/zero", "/dev/random", "/dev/stdin"],
                             '#include "{path}"\nint main(void) {{ return 0; }}\n')


@protection("compile-ecriture", "écrire ou lire ailleurs en compilant")
def elsewhere(ground):
    return (expect_refusals(ground.while_compiling("read", "/etc/passwd", "/proc/self", "/dev/zero", "/home", str(ground.other)))
            or expect_refusals(ground.while_compiling("write", "/", "/usr", "/app", "/etc", "/dev", str(ground.folder))))


@protection("compile-reseau", "le réseau en compilant")
def network(ground):
    return expect_refusals(ground.while_compiling("connect", "192.0.2.1", "80", "8.8.8.8", "53"))


@protection("compile-processus", "se multiplier en compilant")
def forks(ground):
    count = ground.while_compiling("forks").number()
    return None if count <= ground.limits["COMPILE_TASKS"] else f"{count} processus à la fois"


@protection("compile-droits", "gagner des droits en compilant")
def privileges(ground):
    return expect_refusals(ground.while_compiling("privileges"))


@protection("compile-environnement", "lire l'environnement en compilant")
def environment(ground):
    outcome = ground.while_compiling("environment")
    if not any(line.startswith("PATH=") for line in outcome.lines):
        return "la sonde n'a rien dit"
    extra = [line.split("=")[0] for line in outcome.lines
             if not line.startswith(("PATH=", "LC_ALL=", "TMPDIR=", "PWD=", "OLDPWD=", "SHLVL=", "_="))]
    return complain(extra)


@protection("compile-taille", "produire un résultat démesuré")
def size_limit(ground):
    # Moins que le disque prêté : c'est bien la taille du résultat qui est éprouvée.
    wide = ground.limits["COMPILE_FILE"] + (8 << 20)
    _, size = ground.compiled(f"char wide[{wide}] = {{1}};\nint main(void) {{ return wide[0]; }}\n", "taille")
    return f"{size >> 20} Mio ont été produits" if size >= 0 else None

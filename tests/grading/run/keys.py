"""La clef d'un résultat : tout ce dont une note dépend. Même clef, même note : il est inutile de juger à nouveau."""

import glob
import hashlib
import os
import subprocess

# Ce qui juge, compile et protège. Le reste du dépôt (notes, rapports, pages) ne change pas une note.
GROUND = ("build/tests/*/judge", "build/judge/*.so", "tests/*/lab.mk", "tests/judge/command/judge.sh", "tests/judge/command/compile.sh",
          "tests/judge/command/work.mk", "tests/judge/command/folder.py", "tests/judge/command/*.c", "tests/*/*_driver.c", "common/*.[ch]",
          "common/lender.mk", "labs/*/*.[ch]", "solutions/*/*.[ch]", "tests/judge/report/results.py", "tests/grading/sandbox/*",
          "tests/grading/door/*", "tests/grading/door/platforms/*",
          "tests/grading/submission.py", "tests/grading/run/keys.py", "tests/judge/command/lab_reader.py")
SETTINGS = ("CC", "LABS", "LAB", "STEP", "TEST", "FRAMING", "SANITIZE", "COMPILE_WRAPPER", "JUDGE_WRAPPER")


def file_digest(path):
    """L'empreinte d'un fichier."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            total.update(piece)
    return total.hexdigest()


def settings_of(environment):
    """Les réglages dont une note dépend."""
    names = SETTINGS + tuple(sorted(name for name in environment if name.startswith("JUDGE_") and name not in SETTINGS))
    return {name: environment[name] for name in names if environment.get(name)}


def compiler_version(environment):
    """Ce que le compilateur dit de lui-même."""
    words = (environment.get("CC") or "cc").split()
    done = subprocess.run([*words, "--version"], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").split("\n")[0]


def ground_key(environment, protections_missing):
    """L'empreinte de tout ce qui est commun à la classe : le juge, les tests, les réglages, les protections."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in GROUND for path in glob.glob(pattern)}):
        if os.path.isfile(path):
            total.update(f"{path} {file_digest(path)}\n".encode("utf-8", "surrogateescape"))
    for name, value in settings_of(environment).items():
        total.update(f"{name}={value}\n".encode("utf-8", "surrogateescape"))
    total.update(f"{compiler_version(environment)}\n{sorted(protections_missing)}\n".encode())
    return total.hexdigest()


def submission_key(plan, digest):
    """La clef d'un rendu, d'après l'empreinte de ce qui en est entré."""
    return hashlib.sha256(f"{plan['ground']} {digest}".encode()).hexdigest()


def is_current(record, key):
    """Ce résultat vaut-il encore ? Un étudiant non noté est toujours à reprendre."""
    return bool(record) and record.get("format") == 1 and record.get("status") == "judged" and record.get("key") == key

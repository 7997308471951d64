"""Où est écrit ce dont une plainte parle : « fichier:ligne »."""

import pathlib
import re


def line_of(text, position):
    """Le numéro de la ligne où est cette position."""
    return text.count("\n", 0, max(position, 0)) + 1


def in_file(path, fragment):
    """La première ligne de ce fichier où ce fragment est ; la première, s'il n'y est pas."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    return f"{path}:{line_of(text, text.find(fragment))}"


def of_test(lab, test):
    """Le LESSON de ce test."""
    for path in sorted(pathlib.Path("tests", lab).glob("*.c")):
        text = path.read_text(encoding="utf-8")
        found = re.search(rf"\bLESSON\(\s*{test}\b", text)
        if found:
            return f"{path}:{line_of(text, found.start())}"
    return f"tests/{lab}"


def of_setting(lab, name):
    """La ligne de lab.mk qui dit cela."""
    return in_file(f"tests/{lab}/lab.mk", f"{name} :=")

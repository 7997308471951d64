"""Écrit compile_commands.json, pour les éditeurs : comment chaque source C se compile."""

import json
import pathlib

from tests.student import build

# Criterion est là quand deps.sh l'a déballé plutôt qu'installé.
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Icommon",
         "-isystem", "build/packages/usr/include"]


def flags(source):
    """Les options d'une source : le juge a ses en-têtes, un lab peut prendre ceux d'un autre."""
    if source.parts[0] == "tests":
        headers = [*sorted(str(path) for path in pathlib.Path("tests/judge/library").iterdir() if path.is_dir()), "tests/shared",
                   *sorted({str(path.parent) for path in pathlib.Path("labs").glob("*/*.h")})]
    else:
        headers = sorted({str(path.parent) for path in pathlib.Path(source.parts[0]).glob("*/*.h")})
    return FLAGS + build.unfinished(source) + [f"-I{header}" for header in headers]


def main():
    root = str(pathlib.Path.cwd())
    sources = [path for top in ("common", "labs", "solutions", "tests") for path in sorted(pathlib.Path(top).rglob("*.c"))]
    entries = [{"directory": root, "file": str(source), "arguments": ["cc", *flags(source), "-c", str(source)]}
               for source in sources]
    pathlib.Path("compile_commands.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"compile_commands.json : {len(entries)} sources")


if __name__ == "__main__":
    main()

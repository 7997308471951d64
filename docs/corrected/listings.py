"""Les pages des sources corrigées, que Doxygen lira : listings.py DOSSIER. Il les numérote et les colore ; reading.py les finit."""
import functools
import pathlib
import sys

SOLUTIONS = pathlib.Path("solutions")
INTRODUCTION = """# Les sources corrigées {#les-sources}

Ligne à ligne, à côté du squelette : de quoi les lire, ou les projeter (« Projeter », en haut de chacune).

"""


@functools.lru_cache(maxsize=None)
def sources():
    """Les sources des corrigés, lab par lab, les en-têtes après le C."""
    return tuple(sorted(SOLUTIONS.glob("*/*.[ch]"), key=lambda path: (path.parent.name, path.suffix, path.stem)))


def anchor(path):
    """Le nom de la page d'une source."""
    return f"corrige-{path.parent.name}-{path.name.replace('.', '-')}"


def skeleton(path):
    """La même source, dans le squelette, si elle y est autre."""
    given = pathlib.Path("labs", path.parent.name, path.name)
    return given if given.is_file() and given.read_bytes() != path.read_bytes() else None


def page(path):
    """Le texte de la page d'une source."""
    given = skeleton(path)
    text = f"# {path.parent.name}/{path.name} {{#{anchor(path)}}}\n\n@includelineno {path}\n"
    return text + (f"\n@includelineno {given}\n" if given else "")


def main(folder):
    for path in sources():
        pathlib.Path(folder, anchor(path) + ".md").write_text(page(path), encoding="utf-8")
    links = "".join(f"- @subpage {anchor(path)}\n" for path in sources())
    pathlib.Path(folder, "les-sources.md").write_text(INTRODUCTION + links, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

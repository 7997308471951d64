"""« make platform PLATFORM=… » : ce qu'un enseignant dépose sur une plateforme qui lance elle-même le juge.

Réglages, par l'environnement : PLATFORM=, LAB= (un seul lab : une plateforme a un devoir par lab) et SCALE= (un barème). Tout va dans
build/platforms/PLATEFORME. Un dossier de tests/grading/hosted/ est une plateforme : ses fichiers y sont copiés, où @LAB@ et
@LABS@ sont remplacés ; RECIPES dit ce qu'ils deviennent, et ce qu'il reste à faire.
Statut : 0 ; 2 si la demande est mal écrite, ou si rien n'a pu être écrit.
"""

import os
import pathlib
import shutil
import sys

from tests.handout import contents, handout
from tests.judge.command import lab_reader
from tests.judge.report import scale

HERE = pathlib.Path("tests", "grading", "hosted")
OUT = pathlib.Path("build", "platforms")
# Ce qui juge, tel qu'il est dans le dépôt : sans preuve, sans documentation, et du corrigé, ce seul qu'un lab prête à un autre :
# qui ne le remet pas est jugé avec lui, comme partout.
NEEDED = ("Makefile", "common/", "labs/", "tests/shared/", "tests/judge/", "tests/student/", "tests/grading/", "tests/handout/")
# Ce qui est déjà construit ici : une plateforme qui repart de rien à chaque rendu n'a pas à le refaire, s'il y démarre.
BUILT = ("build/tests/LAB/judge", "build/judge/*.so*", "build/sandbox/start", "build/packages")


# Le barème de l'enseignant, que hosted/judge.sh suit s'il est là.
SCALE = "bareme.txt"


class Mistake(Exception):
    """La demande ne peut pas être faite ; le texte dit pourquoi."""


def needed(name, labs):
    """Ce fichier du dépôt sert-il à juger ?"""
    parts = pathlib.PurePath(name).parts
    return name.startswith(NEEDED) or (parts[0] == "tests" and parts[1] in labs and len(parts) == 3)


def tree(built, lab=""):
    """{nom: (octets, droits)} de ce qui juge, tests réservés compris ; avec ce qui est construit pour ce lab, si on le demande."""
    labs = set(lab_reader.names())
    names = [name for name in contents.tracked() if needed(name, labs)]
    names += [path.as_posix() for path in sorted(pathlib.Path("tests").glob("*/private/*.[ch]"))]
    lenders = {lender.name: lender for lender in (lab_reader.Lab(one.lender) for one in lab_reader.every_lab() if one.lender)}
    names += [f"solutions/{lender.name}/{name}" for lender in lenders.values() for name in lender.library + lender.headers]
    if built:
        names += built_files(lab or "*")
    files = {name: (pathlib.Path(name).read_bytes(), os.stat(name).st_mode & 0o777) for name in names}
    # Le Makefile compare les deux : une archive neuve n'a rien de périmé à effacer.
    edition = (handout.current_edition() + "\n").encode()
    files.update({"edition": (edition, 0o644), "build/edition": (edition, 0o644)})
    if os.environ.get("SCALE"):
        files[SCALE] = pathlib.Path(os.environ["SCALE"]).read_bytes(), 0o644
    return {f"{contents.NAME}/{name}": value for name, value in files.items()}


def built_files(lab):
    """Les fichiers construits, les liens suivis."""
    found = []
    for pattern in BUILT:
        for path in sorted(pathlib.Path().glob(pattern.replace("LAB", lab))):
            found += [inner.as_posix() for inner in ([path] if path.is_file() else sorted(path.rglob("*"))) if inner.is_file()]
    if not any(name.endswith("/judge") for name in found):
        raise Mistake("rien n'est construit : tapez d'abord « make judges »")
    return found


def names_of_labs():
    """Les noms des labs."""
    return " ".join(lab_reader.names())


def out_of():
    """La note la plus haute : 20, ou celle du barème."""
    own = scale.given()
    return own.out_of if own else 20


def one_lab(lab):
    """Ce lab, sans lequel cette plateforme ne peut rien : elle lance aussi les programmes à la main."""
    if not lab:
        raise Mistake(f"LAB= est attendu : une activité par lab (il y a : {names_of_labs()})")
    return lab


def templates(platform, lab):
    """{nom: (octets, droits)} des fichiers d'une plateforme, pour ce lab."""
    labs = lab or names_of_labs()
    found = {}
    for path in sorted((HERE / platform).iterdir()):
        text = path.read_text(encoding="utf-8").replace("@LABS@", labs).replace("@LAB@", lab)
        found[path.name] = (text.encode(), os.stat(path).st_mode & 0o777)
    return found


def packed(lab):
    """Le .tar.gz de ce qui juge, avec ce qui est construit pour ce lab."""
    return handout.gzipped(handout.tarred(tree(True, lab), handout.date()))


def gradescope(lab):
    """Le zip d'un devoir de programmation."""
    return {"autograder.zip": handout.zipped({**tree(False), **templates("gradescope", lab)}, handout.date())}, [
        "Dans le devoir de programmation, Configure Autograder : déposez autograder.zip, image de base Ubuntu 22.04 ou plus.",
        f"Autograder Points : {out_of()} par lab. Puis Test Autograder, avec le dossier d'un lab."]


def vpl(lab):
    """Les fichiers d'exécution d'une activité VPL."""
    return {**templates("vpl", one_lab(lab)), "sockets-en-c.tar.gz": packed(lab)}, [
        "Dans l'activité VPL, Fichiers d'exécution : déposez ces cinq fichiers ; rien n'est à garder pendant l'exécution.",
        "Limites d'exécution : 4 minutes, 1 Gio, 64 Mio par fichier, 500 processus. Options : évaluer, note automatique ; "
        f"note maximale {out_of()}."]


def autolab(lab):
    """Les deux fichiers d'un devoir d'Autolab."""
    return {**templates("autolab", lab), "autograde.tar": handout.tarred(tree(True, lab), handout.date())}, [
        "Dans le devoir, Edit Autograder : déposez-y les deux fichiers ; délai 300 s.",
        f"Edit Assessment, nom du rendu : handin.zip ; Problems : un par lab ({lab or names_of_labs()}), {out_of()} points."]


def inginious(lab):
    """Le dossier d'une tâche d'INGInious."""
    files = templates("inginious", lab)
    return {**{f"tâche/{name}": value for name, value in files.items() if name != "Dockerfile"}, "Dockerfile": files["Dockerfile"],
            "tâche/sockets-en-c.tar.gz": packed(lab)}, [
        "Construisez l'environnement, une fois : docker build -t sockets-en-c build/platforms/inginious",
        "Copiez le dossier « tâche » dans celui du cours, sous le nom de la tâche."]


def from_handout(name, lab):
    """Un fichier que l'archive des étudiants contient déjà, pour ce lab."""
    text = pathlib.Path(contents.ROOT, name).read_text(encoding="utf-8")
    return {name: text.replace('LAB: ""', f'LAB: "{lab}"').encode()}


def github(lab):
    """Le déroulement de GitHub Classroom."""
    return from_handout(".github/workflows/classroom.yml", lab), [
        "L'archive des étudiants (make handout) le contient, pour tous les labs : faites-en le dépôt modèle du devoir, et donnez-lui ce fichier.",
        "Devoir, tests automatiques : « Custom YAML ». Les points sont indicatifs : ce fichier est aux étudiants."]


def gitlab(lab):
    """Le déroulement de GitLab."""
    return from_handout(".gitlab-ci.yml", lab), [
        "L'archive des étudiants (make handout) le contient, pour tous les labs : faites-en le projet à copier (fork), et donnez-lui ce fichier.",
        "Les points sont indicatifs : ce fichier est aux étudiants."]


# Les forges laissent l'étudiant récrire le déroulement même : rien n'y est fermé, ni joint, et la note est indicative.
OPEN = ("github", "gitlab")
RECIPES = {"gradescope": gradescope, "vpl": vpl, "github": github, "gitlab": gitlab, "autolab": autolab, "inginious": inginious}


def write(platform, lab):
    """Écrit le dossier d'une plateforme, d'un coup ; rend ce qu'il reste à faire."""
    files, steps = RECIPES[platform](lab)
    draft, place = OUT / f"{platform}.{os.getpid()}", OUT / platform
    shutil.rmtree(draft, ignore_errors=True)
    for name, value in files.items():
        data, rights = value if isinstance(value, tuple) else (value, 0o644)
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(rights)
    shutil.rmtree(place, ignore_errors=True)
    draft.replace(place)
    return steps


def request():
    """La plateforme et le lab demandés."""
    platform, lab = os.environ.get("PLATFORM", ""), os.environ.get("LAB", "")
    if platform not in RECIPES:
        raise Mistake(f"PLATFORM={platform} : {', '.join(RECIPES)} est attendu")
    if os.environ.get("SCALE") and platform in OPEN:
        raise Mistake(f"PLATFORM={platform} ne suit pas de barème (SCALE=) : son déroulement est aux étudiants, la note y est indicative")
    chosen = lab_reader.chosen_names()
    if not chosen:
        raise Mistake(f"LAB={lab} : ce lab n'existe pas (il y a : {names_of_labs()})")
    return platform, chosen[0] if lab else ""


def main():
    try:
        platform, lab = request()
        out_of()
        steps = write(platform, lab)
    except (Mistake, scale.Mistake, contents.Unfit, OSError) as error:
        print(f"platform : {error}", file=sys.stderr)
        return 2
    for path in sorted(path for path in (OUT / platform).rglob("*") if path.is_file()):
        print(f"{path} : {max(1, path.stat().st_size // 1024)} Kio")
    for step in steps:
        print(f"- {step}")
    if not lab:
        print("- LAB= n'est pas donné : les labs comptent tous, et un rendu doit les avoir chacun dans son dossier.")
    print(f"Le reste est dans docs/noter.md, « Où la plateforme lance le juge » ({platform}).")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Éprouve hint, progress, reset, debug-server, strace et les réglages d'éditeur, comme quelqu'un qui les tape."""

import json
import os
import re
import shutil
import sys

from tests.proof.programs import judged
from tests.student import student_work
from tests.proof.student import editor_test
from tests.student import hints
from tests.proof.student import trial

TOP = os.path.join("build", "check", "comforts")
WORK = os.path.join(TOP, "un travail d'été")
LABS = os.environ["LABS"].split()
LAB = LABS[0]
STEPS = len(os.listdir(os.path.join("tests", LAB, "hints")))
GOALS = ("watch", "hint", "reset", "debug-server", "debug-client", "strace")


def make(goal, *settings, **options):
    """Une commande de make."""
    return trial.run("make", "-s", goal, *settings, **options)


def ours(text):
    """Ce que nous avons écrit, sans les lignes de make."""
    return [line for line in text.splitlines() if not line.startswith("make")]


def refuses(it, pattern, goal, *settings):
    """Une demande refusée : statut 2, une seule ligne de nous, celle-ci."""
    status, text = make(goal, *settings)
    lines = ours(text)
    it.check(f"make {goal} {' '.join(settings)} est refusé : {pattern}",
             status == 2 and len(lines) == 1 and re.search(pattern, lines[0]), f"statut {status}\n{text}")


def try_refusals(it):
    """Chaque commande devant des demandes mal écrites."""
    for goal in GOALS:
        refuses(it, "ce lab n'existe pas", goal, "LAB=99")
        refuses(it, "ce dossier n'existe pas", goal, "WORK=nulle-part", f"LAB={LAB}")
        if len(LABS) > 1:
            refuses(it, f"dites quel lab, par exemple LAB={LAB}", goal)
    refuses(it, "ce lab n'existe pas", "progress", "LAB=$(HOME)")
    refuses(it, "un nombre de 0", "hint", f"LAB={LAB}", "STEP=trois")
    refuses(it, "dites quel fichier", "reset", f"LAB={LAB}")
    for name in ("../server.c", "NOTES.fr.md", "Makefile", "deux\nlignes", "/etc/passwd", "server.c "):
        refuses(it, "n'est pas un fichier du squelette", "reset", f"LAB={LAB}", f"FILE={name}")
    refuses(it, "les solutions ne sont pas un travail", "reset", f"LAB={LAB}", "WORK=solutions", "FILE=server.c")
    refuses(it, "il y manque un guillemet", "debug-server", f"LAB={LAB}", "ARGS='a")


def build_of(lab):
    """Le dossier où le juge range ce travail."""
    os.environ.update(WORK=WORK, LAB=lab)
    try:
        return student_work.the_lab("essai").base
    finally:
        del os.environ["WORK"], os.environ["LAB"]


def edit(path, change):
    """Récrit un fichier JSON."""
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    change(value)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def try_progress(it, folder):
    """Avant tout jugement, après, et quand les sources ont changé."""
    shutil.rmtree(build_of(LAB), ignore_errors=True)
    status, text = make("progress", f"WORK={WORK}")
    it.check("progress ne prétend rien avant d'avoir jugé", status == 0 and "pas encore jugé" in text, text)
    make("test", f"WORK={WORK}", f"LAB={LAB}")
    status, text = make("progress", f"WORK={WORK}", COLUMNS="60")
    it.check("progress montre la note, et ne se dit pas périmé", "0 / 20" in text and "Attention" not in text, text)
    it.check("progress dit par où commencer", "étape 0" in text and "make hint" in text, text)
    it.check("progress tient en 60 colonnes, hors commandes",
             trial.widest("\n".join(line for line in text.splitlines() if "make " not in line)) <= 60, text)
    _, narrow = make("progress", f"WORK={WORK}", COLUMNS="40")
    it.check("progress tient en 40 colonnes, hors commandes",
             trial.widest("\n".join(line for line in narrow.splitlines() if "make " not in line)) <= 40, narrow)
    with open(os.path.join(folder, "server.c"), "a", encoding="utf-8") as file:
        file.write("\n// changé\n")
    _, text = make("progress", f"WORK={WORK}")
    it.check("progress dit que la source a changé", "server.c a changé depuis" in text, text)
    make("test", f"WORK={WORK}", f"LAB={LAB}", "STEP=1")
    _, text = make("progress", f"WORK={WORK}")
    it.check("un jugement partiel ne fait pas croire à un jugement entier",
             "server.c a changé depuis" in text and "étape 2" not in text.split("À faire")[0].lower(), text)
    terminal = trial.Terminal("make", "-s", "progress", f"WORK={WORK}", width=60)
    terminal.finish()
    it.check("progress est en couleur dans un terminal", "\x1b[" in terminal.text, terminal.text)
    terminal = trial.Terminal("make", "-s", "progress", f"WORK={WORK}", NO_COLOR="1")
    terminal.finish()
    it.check("NO_COLOR ôte les couleurs", "\x1b" not in terminal.text, repr(terminal.text))


def try_partial(it):
    """Une seule étape jugée compte déjà ; et le lab du dossier où l'on est passe devant."""
    trial.copy_work("solutions", WORK, LAB)
    shutil.rmtree(build_of(LAB), ignore_errors=True)
    make("test", f"WORK={WORK}", f"LAB={LAB}", "STEP=1")
    _, text = make("progress", f"WORK={WORK}")
    it.check("progress montre une étape jugée seule", re.search(r"✓ 1\. .* ([\d,]+) / \1\n", text), text)
    it.check("progress dit que le reste n'est pas jugé", "en partie jugé" in text and "étape 0" in text, text)
    if len(LABS) > 1:
        trial.copy_work("labs", WORK, LABS[-1])
        _, text = make("progress", f"WORK={WORK}", FROM_LAB=LABS[-1])
        it.check("progress parle d'abord du lab où l'on est", f"À faire maintenant : {LABS[-1]}" in text, text)
        shutil.rmtree(os.path.join(WORK, LABS[-1]))
    trial.copy_work("labs", WORK, LAB)
    make("test", f"WORK={WORK}", f"LAB={LAB}")


def try_scale(it):
    """Le barème d'un enseignant : les points et la note sont les siens, sans rien juger de nouveau."""
    path = os.path.join(TOP, "mon barème.txt")
    trial.write(path, f"total = 100\n{LAB} étape 1 = 7\n{LAB} = 3\n")
    _, text = make("progress", f"WORK={WORK}", f"SCALE={path}")
    it.check("progress suit le barème, et le dit", re.search(r"0 / 100, coefficient 3\n.*\n.* 1\. .* 0 / 7\n", text)
             and "Barème « mon barème.txt » : la note est sur 100" in text, text)
    trial.write(path, f"total = 100\n{LAB} étape 99 = 7\n")
    status, text = make("progress", f"WORK={WORK}", f"SCALE={path}")
    it.check("un barème mal écrit est dit en une ligne", status == 2 and f"SCALE, ligne 2 : {LAB} n'a pas d'étape « 99 »" in text
             and "Traceback" not in text, text)


def try_private(it):
    """D'un test réservé, rien ne se montre que sa catégorie : ni titre, ni récit."""
    trial.copy_work("solutions", WORK, LAB)
    make("test", f"WORK={WORK}", f"LAB={LAB}")

    def hide(run):
        run["tests"][0].update(private=True, rank=1, category="robustesse", title="LE SECRET", status="failed",
                               failure={"summary": "LE SECRET", "cause": "LE SECRET"})
    edit(os.path.join(build_of(LAB), "complete.json"), hide)
    for goal in ("progress", "hint"):
        status, text = make(goal, f"WORK={WORK}", f"LAB={LAB}")
        it.check(f"{goal} ne dit d'un test réservé que sa catégorie",
                 status == 0 and "robustesse" in text and "SECRET" not in text and "bravo" not in text, text)
    status, text = make("hint", f"WORK={WORK}", f"LAB={LAB}", f"STEP={STEPS}")
    it.check("les tests réservés ne sont pas une étape", status == 2 and "n'a pas cette étape" in text, text)
    trial.copy_work("labs", WORK, LAB)
    make("test", f"WORK={WORK}", f"LAB={LAB}")


def level_of(text):
    """Le niveau de l'indice montré."""
    found = re.search(r"Indice (\d) sur 3", text)
    return int(found.group(1)) if found else 0


def try_hints(it, folder):
    """Trois indices de plus en plus précis, puis les mêmes ; oubliés quand il le faut."""
    ask = ("hint", f"WORK={WORK}", f"LAB={LAB}")
    asked = [make(*ask)[1] for _ in range(4)]
    it.check("les indices se suivent, et le dernier se répète", [level_of(text) for text in asked] == [1, 2, 3, 3],
             "\n".join(asked))
    texts, _ = hints.load(LAB, 0)
    it.check("chaque indice est celui du fichier", all(" ".join(text.split())[:60] in " ".join(shown.split())
                                                       for text, shown in zip(texts, asked)), asked[0])
    _, text = make(*ask, "STEP=3")
    it.check("STEP demande une autre étape, qui commence à l'idée", level_of(text) == 1 and "étape 3" in text, text)
    status, text = make(*ask, "STEP=98")
    it.check("une étape qui n'existe pas est refusée", status == 2 and "n'a pas cette étape" in text, text)
    memory = os.path.join(build_of(LAB), "hints.json")
    edit(memory, lambda known: known["0"].update(file="autre"))
    _, text = make(*ask)
    it.check("des indices récrits recommencent à l'idée", level_of(text) == 1, text)
    with open(os.path.join(folder, "server.c"), "a", encoding="utf-8") as file:
        file.write("\nint x = zero;\n")
    status, text = make(*ask)
    it.check("un programme qui ne compile pas : l'erreur, et pas d'indice dépensé",
             status == 0 and "server.c" in text and "error" in text and level_of(text) == 0, text)
    trial.copy_work("solutions", WORK, LAB)
    _, text = make(*ask)
    it.check("tout réussi : des félicitations, et la suite", "bravo" in text and "Questions de compréhension" in text, text)
    with open(memory, encoding="utf-8") as file:
        it.check("une étape réussie est oubliée", json.load(file) == {}, memory)
    _, text = make(*ask, "STEP=2")
    it.check("une étape réussie n'a plus besoin d'indice", "est réussie" in text and level_of(text) == 0, text)
    _, text = make("progress", f"WORK={WORK}")
    it.check("progress félicite aussi", "20 / 20" in text and "bravo" in text, text)


def try_awaited_step(it):
    """Une étape dont tout ce qui reste attend une étape plus loin : c'est l'indice de celle-là qui est donné."""
    trial.copy_work("solutions", WORK, LAB)
    make("test", f"WORK={WORK}", f"LAB={LAB}")

    def block(run):
        late = next(test for test in run["tests"] if test["step"] == 3)
        early = next(test for test in run["tests"] if test["step"] == 2)
        late.update(status="failed", failure={"summary": "", "cause": ""}, needs=[])
        early.update(status="not_run", needs=[late["name"]])
    edit(os.path.join(build_of(LAB), "complete.json"), block)
    status, text = make("hint", f"WORK={WORK}", f"LAB={LAB}")
    it.check("hint passe à l'étape qu'attend ce qui reste",
             status == 0 and "attend l'étape 3" in text and "· étape 3 ·" in text, text)
    _, text = make("hint", f"WORK={WORK}", f"LAB={LAB}", "STEP=2")
    it.check("hint STEP=2 reste à l'étape demandée", "· étape 2 ·" in text and "attend l'étape" not in text, text)


def try_reset(it):
    """Dans un dépôt sans git, avec le squelette remis à part ; rien n'est jamais écrasé."""
    tree = os.path.join(TOP, "arbre")
    for name in ("common", "tests", "labs"):
        shutil.copytree(name, os.path.join(tree, name), ignore=shutil.ignore_patterns("build", "mutants", "variants"))
    shutil.copy("Makefile", tree)
    folder = os.path.join(tree, "labs", LAB)
    source = os.path.join(folder, "server.c")
    original = trial.read(source)
    status, text = make("reset", "FILE=server.c", cwd=folder)
    it.check("sans git ni squelette, reset le dit", status == 2 and "n'est pas ici" in text and trial.read(source) == original, text)
    os.makedirs(os.path.join(folder, ".skeleton"))
    shutil.copy(source, os.path.join(folder, ".skeleton"))
    status, text = make("reset", "FILE=server.c", cwd=folder)
    it.check("un fichier intact n'est pas touché", status == 0 and "rien n'a été changé" in text
             and not os.path.exists(source + ".ancien-1"), text)
    for number, mine in ((1, "un"), (2, "deux")):
        trial.write(source, mine)
        status, text = make("reset", "FILE=server.c", cwd=folder)
        kept = f"{source}.ancien-{number}"
        it.check(f"reset rend le squelette et garde le travail sous {os.path.basename(kept)}",
                 status == 0 and trial.read(source) == original and trial.read(kept) == mine and os.path.basename(kept) in text, text)
        it.check("reset n'a rien à dire de plus de l'archive", "celui du squelette.\n" in text, text)
    it.check("ce qui était gardé l'est toujours", trial.read(source + ".ancien-1") == "un")
    os.unlink(source)
    status, text = make("reset", "FILE=server.c", f"LAB={LAB}", cwd=tree)
    it.check("un fichier effacé revient", status == 0 and trial.read(source) == original and "rien n'était à garder" in text, text)
    os.rename(source, source + ".c")
    os.symlink("server.c.c", source)
    status, text = make("reset", "FILE=server.c", cwd=folder)
    it.check("un lien n'est pas touché", status == 2 and os.path.islink(source) and "fichier ordinaire" in text, text)
    if os.path.isdir(".git"):
        copy = trial.copy_work("labs", os.path.join(TOP, "git"), LAB)
        trial.write(os.path.join(copy, "server.c"), "moi")
        status, text = make("reset", f"WORK={TOP}/git", f"LAB={LAB}", "FILE=server.c")
        it.check("dans un dépôt, git connaît le squelette", status == 0 and "git, version" in text
                 and "TODO" in trial.read(os.path.join(copy, "server.c")), text)


def try_demo(it):
    """La démonstration montre, et ne juge pas : elle n'échoue que si la scène ne va pas au bout, et dit pourquoi."""
    # Tous les labs n'ont pas de premier jet ; celui du dernier qui en a un meurt de SIGTERM.
    written = [lab for lab in LABS if os.path.isdir(os.path.join("tests", lab, "naive"))]
    status, text = make("demo", f"WORK={judged.naive_work()}", f"LAB={written[-1]}")
    it.check("un serveur que SIGTERM tue a quand même fait sa démonstration", status == 0 and "tué par SIGTERM" in text, text)
    status, text = make("demo", "WORK=labs", f"LAB={LAB}")
    it.check("un serveur qui n'écoute pas fait échouer la démonstration, qui le dit",
             status == 2 and "s'est arrêté avant de servir" in text, text)
    tree = os.path.join(TOP, "un seul programme")
    for name in ("common", "tests", "labs"):
        shutil.copytree(name, os.path.join(tree, name), ignore=shutil.ignore_patterns("build", "mutants", "variants"))
    shutil.copy("Makefile", tree)
    trial.copy_work("solutions", os.path.join(tree, "travail"), LAB)
    settings = os.path.join(tree, "tests", LAB, "lab.mk")
    trial.write(settings, re.sub("^PROGRAMS := .*$", "PROGRAMS := server", trial.read(settings), flags=re.M))
    status, text = make("demo", "WORK=travail", f"LAB={LAB}", cwd=tree)
    it.check("d'un lab qui n'a qu'un serveur, la démonstration joue les clients",
             status == 0 and re.search(r"^ client 2 │ ⌨ (.*)\n  serveur │ .*\1\n client 2 │ ", text, re.M), text)
    alone = trial.copy_work("solutions", os.path.join(TOP, "un serveur seul"), LAB)
    os.unlink(os.path.join(alone, "client.c"))
    status, text = make("demo", f"WORK={TOP}/un serveur seul", f"LAB={LAB}")
    it.check("d'un client qui n'est pas encore écrit, la démonstration joue le rôle, et le dit",
             status == 0 and "client n'y est pas, et c'est nous qui le jouons" in text and "Traceback" not in text
             and re.search(r"^ client 2 │ ⌨ ", text, re.M), text)
    it.check("la démonstration dit à qui sont les programmes", "Les programmes joués : ceux de " in text, text)
    shutil.copy(os.path.join("labs", LAB, "client.c"), alone)
    status, text = make("demo", f"WORK={TOP}/un serveur seul", f"LAB={LAB}")
    it.check("un client qui s'arrête tout de suite : la démonstration dit qui le racontera",
             status == 2 and "client 1 │ fini : statut 1" in text and re.search(r"La scène n'est pas allée au bout : « make test .* » dit", text), text)
    trial.write(os.path.join(tree, "tests", LAB, "scene.txt"), "# Une scène\nclient 1 crie\n")
    status, text = make("demo", "WORK=travail", f"LAB={LAB}", cwd=tree)
    it.check("une scène illisible est dite en une ligne, avec la forme attendue",
             status == 2 and f"tests/{LAB}/scene.txt:2 : « client 1 crie »" in text and "attendu : « client 1 arrive »" in text, text)


def path_without(*absent):
    """Un PATH où ces commandes manquent."""
    folder = os.path.join(TOP, "bin")
    os.makedirs(folder, exist_ok=True)
    for origin in reversed(os.environ["PATH"].split(":")):
        for name in os.listdir(origin) if os.path.isdir(origin) else []:
            target = os.path.join(folder, name)
            if name not in absent and not os.path.lexists(target):
                os.symlink(os.path.join(os.path.abspath(origin), name), target)
    return os.path.abspath(folder)


def try_debuggers(it):
    """La session préparée, et une ligne claire quand l'outil manque."""
    trial.copy_work("solutions", WORK, LAB)
    settings = (f"WORK={WORK}", f"LAB={LAB}")
    bare_path = path_without("gdb", "strace")
    for goal, tool in (("debug-server", "gdb"), ("debug-client", "gdb"), ("strace", "strace")):
        status, text = make(goal, *settings, PATH=bare_path)
        it.check(f"sans {tool}, make {goal} le dit en une ligne",
                 status == 2 and ours(text) == [f"{goal} : {tool} n'est pas installé. Pour l'avoir : make deps GROUP=debug"], text)
    if not shutil.which("gdb"):
        it.skip("gdb est absent : la session n'est pas essayée")
        return
    status, text = make("debug-server", *settings, "ARGS=127.0.0.1 port", stdin=b"run\nprint argc\nprint argv[2]\nquit\n")
    if "ptrace" in text and "not permitted" in text:
        it.skip("cette machine interdit ptrace : la session n'est pas essayée")
        return
    it.check("gdb s'arrête à main, avec les arguments demandés",
             status == 0 and "Breakpoint 1, main" in text and "$1 = 3" in text and '"port"' in text, text)
    it.check("chaque fonction du programme a son point d'arrêt", text.count("Temporary breakpoint") >= 5, text)
    it.check("aucune commande de la session n'est refusée par gdb", "Error in sourced" not in text, text)


def main():
    shutil.rmtree(TOP, ignore_errors=True)
    os.makedirs(TOP)
    it = trial.Trial()
    try_refusals(it)
    folder = trial.copy_work("labs", WORK, LAB)
    try_progress(it, folder)
    try_partial(it)
    try_scale(it)
    try_private(it)
    try_hints(it, folder)
    try_awaited_step(it)
    try_reset(it)
    try_demo(it)
    try_debuggers(it)
    editor_test.check_editor(it, TOP, LABS)
    shutil.rmtree(TOP)
    return it.conclude()


if __name__ == "__main__":
    sys.exit(main())

"""Éprouve les réglages de VS Code : les tâches sont lancées telles qu'elles sont écrites, et leurs motifs lisent leur vraie sortie.

Les motifs se tiennent à ce que les expressions de Python et de JavaScript ont en commun.
"""

import json
import os
import re
import shutil

from tests.judge.command import lab_reader
from tests.judge.report import editor_lines
from tests.proof.student import trial

BROKEN = {
    "error": "\nint broken = zero;\n",
    "warning": "\nint narrow(long wide);\nint narrow(long wide)\n{\n    return wide;\n}\n",
    "link": "\nint later(void);\nint use_later(void);\nint use_later(void)\n{\n    return later();\n}\n",
}
# Le même défaut, selon l'éditeur de liens : binutils jusqu'à 2.40, depuis 2.41, et sur Debian `testing`.
LINKERS = ("/usr/bin/ld: {}:3: undefined reference to `later'", "{}:3:(.text+0x5): undefined reference to `later'",
           "/usr/bin/x86_64-linux-gnu-ld.bfd: {}:3:(.text.startup+0x1f): undefined reference to `later'")
WORDS = {"error": "broken = zero", "warning": "return wide", "link": "return later"}


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def load(it):
    """{nom: contenu} des fichiers JSON des deux dossiers."""
    parsed = {}
    for folder in (".vscode", ".devcontainer"):
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".json"):
                try:
                    parsed[name] = json.loads(trial.read(os.path.join(folder, name)))
                except ValueError as error:
                    it.check(f"{folder}/{name} est du JSON", False, error)
    return parsed


class Tasks:
    """Les tâches, et ce que VS Code comprendrait de leur sortie."""

    def __init__(self, tasks):
        self.by_label = {task["label"]: task for task in tasks}

    def matchers(self, label):
        """Les motifs de cette tâche."""
        return self.by_label[label]["problemMatcher"]

    def run(self, label, folder):
        """Lance cette tâche, un fichier de ce dossier étant ouvert."""
        task = self.by_label[label]
        words = [task["command"], *map(word, task.get("args", []))]
        return trial.run(*words, cwd=folder, **task["options"].get("env", {}))[1]

    def problems(self, label, text, workspace, folder):
        """[(propriétaire, fichier, ligne, gravité, message)] que ces motifs lisent dans ce texte."""
        found = []
        for line in text.splitlines():
            for matcher in self.matchers(label):
                match = re.match(matcher["pattern"]["regexp"], line)
                if match:
                    found.append(problem(matcher, match, workspace, folder))
                    break
        return found


def word(argument):
    """Un argument, tel que la commande le reçoit."""
    return argument["value"] if isinstance(argument, dict) else argument


def problem(matcher, match, workspace, folder):
    """Ce que VS Code montrerait de cette ligne."""
    pattern, place = matcher["pattern"], matcher["fileLocation"]
    base = {"${workspaceFolder}": workspace, "${fileDirname}": folder}.get(place[1]) if place != "absolute" else ""
    severity = match.group(pattern["severity"]) if "severity" in pattern else matcher["severity"]
    return (matcher["owner"], os.path.join(base, match.group(pattern["file"])), int(match.group(pattern["line"])), severity,
            match.group(pattern["message"]))


def leads_to(found, text, severity):
    """L'un de ces problèmes mène-t-il à une ligne qui contient ce texte ?"""
    return any(kind == severity and os.path.isfile(path) and text in trial.read(path).splitlines()[line - 1]
               for _, path, line, kind, _ in found)


def check_files(it, parsed, labs):
    """Ce qui se voit sans rien lancer : des buts, des tâches et des fichiers qui existent."""
    tasks = parsed["tasks.json"]["tasks"]
    goals = set(re.findall(r"^([a-z][\w-]*):|^COMFORTS := (.+)$|^\.PHONY: (all test clean help)$", trial.read("common/lab.mk"), re.M))
    known = {name for group in goals for part in group for name in part.split()}
    for task in tasks:
        for goal in [name for name in map(word, task.get("args", [])) if "=" not in name]:
            it.check(f"la tâche « {task['label']} » appelle un but qui existe", goal in known, f"{goal} : {sorted(known)}")
        it.check(f"la tâche « {task['label']} » n'a besoin d'aucune extension", task["type"] == "shell"
                 and all(isinstance(matcher, dict) for matcher in [*task["problemMatcher"]]), task["problemMatcher"])
    labels = {task["label"] for task in tasks}
    programs = {program for lab in labs for program in lab_reader.Lab(lab).programs}
    for launch in parsed["launch.json"]["configurations"]:
        name = launch["name"]
        it.check(f"« {name} » prépare par une tâche connue", launch["preLaunchTask"] in labels, launch["preLaunchTask"])
        it.check(f"« {name} » lance un programme d'un lab", os.path.basename(launch["program"]) in programs, launch["program"])
    container = parsed["devcontainer.json"]
    it.check("le conteneur se prépare par un script qui existe", os.path.isfile(container["postCreateCommand"].split()[-1]),
             container["postCreateCommand"])
    it.check("le conteneur a les extensions de langage conseillées",
             set(container["customizations"]["vscode"]["extensions"]) <= set(parsed["extensions.json"]["recommendations"]))


def check_compiling(it, tasks, top, lab):
    """« Compiler ce lab », sur une source qui avertit, qui ne compile pas, qui ne se lie pas."""
    tree = os.path.abspath(os.path.join(top, "un arbre"))
    folder = os.path.join(tree, "labs", lab)
    for name in ("common", os.path.join("labs", lab), os.path.join("tests", lab), os.path.join("tests", "judge", "command")):
        shutil.copytree(name, os.path.join(tree, name), ignore=shutil.ignore_patterns("build", "mutants", "variants"))
    source = os.path.join(folder, "server.c")
    for label in ("Compiler ce lab", "Compiler pour déboguer"):
        for kind, text in BROKEN.items():
            shutil.copy(os.path.join("solutions", lab, "server.c"), source)
            append(source, text)
            told = tasks.run(label, folder)
            found = tasks.problems(label, told, tree, folder)
            it.check(f"« {label} » mène à la ligne en cause ({kind})",
                     leads_to(found, WORDS[kind], "warning" if kind == "warning" else "error"), f"{found}\n{told}")
        for told in (words.format(source) for words in LINKERS):
            found = tasks.problems(label, told, tree, folder)
            it.check(f"« {label} » lit chaque éditeur de liens", [place[1:3] for place in found] == [(source, 3)], f"{found}\n{told}")


def judged(work, lab, **settings):
    """La sortie de make test pour ce travail."""
    return trial.run("make", "-s", "test", f"WORK={work}", f"LAB={lab}", **settings)[1]


def check_judging(it, tasks, work, lab):
    """« Juger ce lab » : un échec mène à la ligne de l'étudiant, sinon à un titre des notes, et rien n'est muet."""
    label = "Juger ce lab"
    here = os.getcwd()
    folder = trial.copy_work("solutions", work, lab)
    source = os.path.join(folder, "server.c")
    wrong = trial.read(source).replace("Hey client", "Hey you")
    trial.write(source, wrong)
    append(os.path.join(folder, "client.c"), BROKEN["error"])
    plain, text = judged(work, lab), judged(work, lab, EDITOR_LINKS="1")
    it.check("rien de tel n'est écrit sans EDITOR_LINKS", not tasks.problems(label, plain, here, folder), plain)
    found = tasks.problems(label, text, here, folder)
    titles = [(path, line) for owner, path, line, _, _ in found if owner == "juge"]
    it.check("un échec est reconnu par le motif", bool(titles), text)
    it.check("une erreur de compilation mène à sa ligne", leads_to(found, WORDS["error"], "error"), text)
    for path, line in titles:
        title = trial.read(path).splitlines()[line - 1]
        it.check("le lien mène à une source, ou à un titre des notes", os.path.dirname(path) == os.path.join(here, folder)
                 or path == os.path.join(here, editor_lines.notes_of(lab)) and re.match(r"### (D\d\d|Étape \d) — ", title),
                 f"{path}:{line}\n{title}")
    it.check("une réponse fausse mène à la ligne qui l'envoie", leads_to(found, " send(", "warning"), text)
    append(source, BROKEN["link"])
    text = judged(work, lab, EDITOR_LINKS="1")
    it.check("une fonction qui n'existe pas mène à son appel",
             leads_to(tasks.problems(label, text, here, folder), WORDS["link"], "error"), text)
    os.unlink(source)
    text = judged(work, lab, EDITOR_LINKS="1")
    it.check("une source absente mène au contrat, et dit laquelle",
             any("server.c manque" in message and trial.read(path).splitlines()[line - 1] == editor_lines.CONTRACT
                 for _, path, line, _, message in tasks.problems(label, text, here, folder)), text)


def check_places(it, tasks, work, lab):
    """Autant d'endroits que d'échecs : VS Code ne montre qu'un problème par endroit."""
    source = os.path.join(trial.copy_work("solutions", work, lab), "client.c")
    # Plusieurs tests lisent cette ligne.
    trial.write(source, trial.read(source).replace("socket connected to", "connected to"))
    told = [re.match(tasks.matchers("Juger ce lab")[0]["pattern"]["regexp"], line)
            for line in judged(work, lab, EDITOR_LINKS="1").splitlines()]
    places = [match.group(1, 2, 3) for match in told if match]
    it.check("plusieurs échecs mènent à la même ligne", len(places) > len({place[:2] for place in places}) == 1
             and places[0][0].endswith("client.c"), places)
    it.check("et chacun a pourtant son endroit", len(set(places)) == len(places), places)


def check_borrowed(it, tasks, work, labs):
    """Une source empruntée à un autre lab : l'erreur mène au vrai fichier, pas à un homonyme qui n'existe pas."""
    for lab in labs:
        lender = lab_reader.Lab(lab).lender
        if not lender:
            continue
        shared = lab_reader.Lab(lender).library[0]
        folder = trial.copy_work("solutions", work, lab)
        append(os.path.join(trial.copy_work("solutions", work, lender), shared), BROKEN["error"])
        text = judged(work, lab, EDITOR_LINKS="1")
        it.check(f"{shared}, que {lab} emprunte à {lender}, est retrouvé",
                 leads_to(tasks.problems("Juger ce lab", text, os.getcwd(), folder), WORDS["error"], "error"), text)


def check_watching(it, tasks, work, lab):
    """« Rejuger à chaque enregistrement » : le début, les problèmes, la fin, dans cet ordre, à chaque fois."""
    label = "Rejuger à chaque enregistrement"
    folder = trial.copy_work("solutions", work, lab)
    source = os.path.join(folder, "server.c")
    right = trial.read(source)
    owners = {matcher["owner"] for matcher in tasks.matchers("Juger ce lab")}
    it.check("juger et rejuger remplacent les mêmes problèmes",
             owners == {matcher["owner"] for matcher in tasks.matchers(label)}, owners)
    begins, ends = ({matcher["background"][which] for matcher in tasks.matchers(label)}
                    for which in ("beginsPattern", "endsPattern"))
    it.check("chaque motif commence et finit aux mêmes lignes", len(begins) == len(ends) == 1, (begins, ends))
    begin, end = begins.pop(), ends.pop().replace("^", r"(?m:^)")
    terminal = trial.Terminal("make", "-s", "watch", f"WORK={work}", f"LAB={lab}", rows=30, width=70, EDITOR_LINKS="1")
    at = 0
    for text, expected in ((None, ""), (right.replace("Hey client", "Hey you"), "juge"),
                           (right + BROKEN["error"], "compilation"), (right, "")):
        if text is not None:
            at = terminal.mark()
            trial.write(source, text)
        ended = terminal.until(end, at)
        shown = terminal.shown(at)
        found = tasks.problems(label, shown, os.getcwd(), folder)
        it.check(f"un enregistrement commence et finit son jugement ({expected or 'juste'})",
                 ended and re.search(begin, shown) and re.search(begin, shown).start() < re.search(end, shown).start(), shown)
        it.check(f"il a les problèmes attendus ({expected or 'aucun'})",
                 {owner for owner, *_ in found} == ({expected} if expected else set()), f"{found}\n{shown}")
    terminal.type(b"\x03")
    terminal.finish()


def check_editor(it, top, labs):
    """Tout ce qui concerne l'éditeur."""
    parsed = load(it)
    if "tasks.json" not in parsed:
        it.skip(".vscode est absent")
        return
    tasks = Tasks(parsed["tasks.json"]["tasks"])
    work = os.path.join(top, "un travail d'éditeur")
    check_files(it, parsed, labs)
    check_compiling(it, tasks, top, labs[0])
    check_judging(it, tasks, work, labs[0])
    check_places(it, tasks, work, labs[0])
    check_borrowed(it, tasks, work, labs)
    check_watching(it, tasks, work, labs[0])

"""« make lab » tient ses promesses : dans une copie du dépôt, un lab d'un programme et un de trois y sont faits, chaque
commande et chaque vérification les trouve verts ; puis chacune de leurs parts est cassée à son tour, et ce qui le dit nomme le
fichier, la ligne et la forme attendue. BRIEF=1 : le lab de trois programmes seulement.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

from tests.proof.new_lab import new_lab
from tests.proof.student import trial

PLACE = pathlib.Path("build", "check", "new_lab").resolve()
NAME = f"{new_lab.free_number():02d}-essai"
SHAPES = (["server", "moniteur", "relais"],) if os.environ.get("BRIEF") else (["server", "moniteur", "relais"], ["server"])
# De quoi ne rien reconstruire de ce qui est à jour ici.
BUILT = ("judge", "tests", "given", "packages", "docs/figures", "torture")
# Ce qu'une commande ne dit jamais à personne : les entrailles de Python.
ENTRAILS = re.compile(r"Traceback|\bNone\b|\('|KeyError")
# Ce qui est vérifié de tous les labs, le nouveau compris ; ce que tests/proof vérifie du modèle lui-même n'est pas refait.
# Les longues ne le sont que sur le lab d'un seul programme, qui ressemble le moins aux autres.
GATES = "parity points catalogue hints skeleton start format spelling interop links".split()
LONG_GATES = "comforts archive traces writers".split()
LONGEST_S = 900


class Tree:
    """Une copie du dépôt, où un lab vient d'être fait."""

    def __init__(self, it, programs):
        self.it, self.programs = it, programs
        # Sans espace : LD_PRELOAD, dont se sert la torture, n'en veut pas.
        self.folder = PLACE / f"depot-{len(programs)}"
        self.copy()

    def copy(self):
        """Un clone, où est remis ce qui n'est pas encore enregistré ; les dates disent ce qui est à jour."""
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", ".", self.folder], check=True)
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], stdout=subprocess.PIPE, check=True)
        wanted = {name for name in os.fsdecode(listed.stdout).split("\0") if name and os.path.isfile(name)}
        for path in [path for path in self.folder.rglob("*") if path.is_file() and ".git" not in path.parts]:
            if path.relative_to(self.folder).as_posix() not in wanted:
                path.unlink()
        for name in wanted:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, self.folder / name, follow_symlinks=False)
        for name in BUILT:
            if os.path.isdir(f"build/{name}"):
                shutil.copytree(f"build/{name}", self.folder / "build" / name, symlinks=True)

    def keep(self):
        """Enregistre le lab dans git : c'est là que make handout et make reset le prennent."""
        subprocess.run(["git", "add", "-A"], cwd=self.folder, check=True)
        subprocess.run(["git", "-c", "user.name=essai", "-c", "user.email=essai", "commit", "-qm", "essai"], cwd=self.folder, check=True)

    def run(self, *words, cwd="", stdin=b"", **settings):
        """(statut, texte) d'une commande, dans la copie."""
        kept = {name: value for name, value in trial.environment(**settings).items() if name not in ("LABS", "BRIEF", "NEW", "PROGRAMS")}
        done = subprocess.run(words, cwd=self.folder / cwd, env=kept, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              start_new_session=True, timeout=LONGEST_S, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def expect(self, status, pattern, *words, **settings):
        """Une commande, son statut, ce qu'elle dit ; rien de Python n'en sort."""
        what = f"{len(self.programs)} programme(s) : {' '.join(map(str, words))}"
        got, text = self.run(*words, **settings)
        self.it.check(what, got == status and re.search(pattern, text) and not ENTRAILS.search(text),
                      f"statut {got}, attendu {status} ; attendu : {pattern}\n{text}")
        return text

    def make(self, goal, pattern="", status=0, **settings):
        """Un but de make, pour ce lab."""
        return self.expect(status, pattern, "make", "-s", goal, f"LAB={NAME}", *settings.pop("options", ()), **settings)

    def terminal(self, pattern, keys, *words):
        """Une commande qui dure : vue, puis arrêtée au clavier."""
        terminal = trial.Terminal("make", "-s", *words, f"LAB={NAME}", cwd=str(self.folder))
        seen = terminal.until(pattern)
        terminal.type(keys)
        status = terminal.finish()
        self.it.check(f"{len(self.programs)} programme(s) : make {' '.join(words)}", seen and not ENTRAILS.search(terminal.text)
                      and status == 0, f"statut {status} ; attendu : {pattern}\n{terminal.shown()}")


def try_refusals(it):
    """Un nom, un programme, un port : mal formés ou pris, en une ligne."""
    taken = sorted(path.name for path in pathlib.Path("labs").iterdir())[0]
    for settings, pattern in (
            (["NEW="], "un nom comme 04-nom est attendu"), (["NEW=$(HOME)"], "un nom comme 04-nom est attendu"),
            (["NEW=4-nom"], "un nom comme 04-nom est attendu"), ([f"NEW={taken}"], f"labs/{taken} existe déjà ; le numéro {NAME[:2]} est libre"),
            ([f"NEW={taken[:2]}-autre"], f"labs/{taken} existe déjà"),
            ([f"NEW={NAME}", "PROGRAMS=client"], "« server », puis 9 autres au plus"),
            ([f"NEW={NAME}", "PROGRAMS=server server"], "tous différents"), ([f"NEW={NAME}", "PROGRAMS=server test"], "« test » ne peut pas"),
            ([f"NEW={NAME}", "PROGRAMS=server ../x"], "« ../x » ne peut pas"), ([f"NEW={NAME}", "PORT=80"], "de 1024 à 65534"),
            ([f"NEW={NAME}", "PORT=8001"], "tests/01-tcp/lab.mk")):
        status, text = trial.run("make", "-s", "lab", *settings)
        lines = [line for line in text.splitlines() if not line.startswith("make")]
        it.check(f"make lab {' '.join(settings)} est refusé : {pattern}", status == 2 and len(lines) == 1 and pattern in lines[0], text)
    it.check("rien n'a été écrit", not list(pathlib.Path(".").glob(f"*/{NAME}")))


def try_map(it):
    """Ce que la carte du dépôt montre d'un lab est, mot pour mot, dans celui que fait « make lab NEW=04-nom »."""
    page = pathlib.Path("docs/carte.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```(?:c|make|text)\n(.*?)^```", page[page.index("{#carte-test}"):page.index("{#carte-archive}")], re.M | re.S)
    texts = new_lab.Writer("04-nom", ["server", "client"], "8040").files().values()
    it.check("la carte montre des fichiers d'un lab", len(shown) >= 5, shown)
    for block in shown:
        it.check("ce que montre la carte est vrai", any(block in text for text in texts), block)


def try_commands(tree):
    """Ce que tapent un étudiant et un enseignant."""
    for side, status, mark in (("solutions", 0, 20), ("labs", 1, 0)):
        tree.expect(0, "", "make", "-s", cwd=f"{side}/{NAME}")
        for program in tree.programs:
            tree.it.check(f"make fait {side}/{NAME}/{program}", os.access(tree.folder / side / NAME / program, os.X_OK))
        tree.make("test", f"Note : {mark} / 20", status, WORK=side)
    tree.expect(0, "Note : 20 / 20", "make", "-s", "test", cwd=f"solutions/{NAME}")
    for settings in ({"SANITIZE": "address"}, {"SANITIZE": "thread"}, {"JUDGE_NETWORK": "shared"}):
        tree.make("test", "Note : 20 / 20", **settings, JUDGE_SLOWNESS="5")
    tree.make("demo", "bonjour")
    tree.make("hint", "Indice 1 sur 3", WORK="labs")
    tree.make("progress", re.escape(NAME), WORK="labs")
    tree.make("reset", "rien n'a été changé", WORK="labs", options=["FILE=server.c"])
    tree.terminal(r"jugé en [\d,]+ s", b"q", "watch", "WORK=labs")
    try_tools(tree)
    for goal in ("mutants", "variants", "torture", "coverage"):
        tree.make(goal, r"(?m)^[1-9]\d* passed, 0 failed" if goal != "variants" else "0 failed", TEST="")


def try_tools(tree):
    """Ce qui se sert d'un outil de plus, s'il est là."""
    for tool in ("gdb", "strace", "tcpdump"):
        if not shutil.which(tool):
            tree.it.skip(f"{tool} est absent : ce qui s'en sert n'est pas essayé")
    if shutil.which("gdb"):
        for program in tree.programs:
            tree.make(f"debug-{program}", "Breakpoint 1|ptrace", WORK="solutions", stdin=b"run\nquit\n")
    if shutil.which("strace"):
        tree.terminal(r"listen\(|ptrace", b"\x03", "strace", "WORK=solutions")
    if shutil.which("strace") and shutil.which("tcpdump"):
        tree.make("trace", "bonjour")


def try_gates(tree):
    """Les vérifications du dépôt."""
    for gate in GATES + LONG_GATES if tree.programs == ["server"] else GATES:
        tree.expect(0, f"✓ {gate}", "make", "-s", f"check-{gate}")


def try_archive(tree):
    """L'archive a le nouveau lab, et son juge le juge."""
    tree.expect(0, "sha256", "make", "-s", "handout")
    with tarfile.open(next((tree.folder / "build/handout").glob("*.tar.gz"))) as archive:
        archive.extractall(tree.folder / "build")
    root = tree.folder / "build/sockets-en-c"
    tree.expect(1, "Note : 0 / 20", "make", "-s", "test", cwd=root / "labs" / NAME)
    for program in tree.programs:
        shutil.copy(tree.folder / "solutions" / NAME / f"{program}.c", root / "labs" / NAME)
    tree.expect(0, "Note : 20 / 20", "make", "-s", "test", cwd=root / "labs" / NAME)


NOTES, MK, STEP, HINT = f"labs/{NAME}/NOTES.fr.md", f"tests/{NAME}/lab.mk", f"tests/{NAME}/step1_server.c", f"tests/{NAME}/hints/step-1.md"
SERVER, KILLER = f"solutions/{NAME}/server.c", f"tests/{NAME}/mutants/E-server-keeps-the-socket.patch"
HEADING = rf"est attendu « ## Étape 1 — Le serveur salue \(\d+ points\) \{{#lab-{NAME}-etape-1\}} »"
# Ce qui est cassé, où, comment (None : le fichier est ôté), la vérification qui le voit, et ce qu'elle dit après « fichier:ligne ».
BREAKS = (
    ("le titre d'une étape", NOTES, r"## Étape 1 — ", "## Etape 1 : ", "check-points", HEADING),
    ("les points d'un titre d'étape", NOTES, r"(?<=salue \()\d+", "3", "check-points", HEADING),
    ("une étape que les notes n'ont pas", NOTES, r"## Étape 1 .*\n", "", "check-points",
     HEADING.replace("est attendu", "il y manque le titre")),
    ("une étape de trop", NOTES, r"## Le contrat", f"## Étape 9 — Trop {{#lab-{NAME}-etape-9}}\n\n## Le contrat", "check-points", "STEP_9 :="),
    ("le titre des notes", NOTES, r"# Lab .*", "# Mon lab", "check-points",
     rf"est attendu « # Lab {NAME[:2]} — Un serveur qui salue {{#lab-{NAME}}} »"),
    ("un titre sans celui d'au-dessus", NOTES, r"## Étape 0", "### Étape 0", "check-points", "ne suit aucun titre en « ## »"),
    ("une ancre prise", f"solutions/{NAME}/NOTES.fr.md", "## Lire la solution", f"## Lire {{#lab-{NAME}-fin}}", "check-points",
     rf"l'ancre {{#lab-{NAME}-fin}} est déjà celle de {NOTES}:\d+"),
    ("le contrat", NOTES, "## Le contrat\n", "## Contrat\n", "check-points", "il y manque le titre « ## Le contrat »"),
    ("le débogueur", NOTES, "`make strace`", "strace", "check-points", "doit nommer `make strace`"),
    ("les points des tests", STEP, r"\.points = \d+", ".points = 1", "check-points", rf"et non 20 : .*{STEP}:\d+"),
    ("l'étape d'un test", STEP, r"\.step = 1", ".step = 8", "check-points", r"\.step = 8, .*« STEP_8 := … »"),
    ("un test qui ne vaut rien", STEP, r"\.points = \d+", ".points = 0", "check-points", r"les tests de l'étape 0, et eux seuls, ne valent aucun point"),
    ("ce qui s'écrit à l'étape 0", f"tests/{NAME}/start/step-0.patch", r"\+    send", "\n".join(["+    // une ligne"] * 9) + "\n+    send",
     "check-start", "13 lignes à écrire ; 10 au plus sont attendues"),
    ("un mur de (void)", f"labs/{NAME}/server.c", r"    // TODO \(étape 0, puis 1\) : env", "    (void)client;\n    // TODO (étape 0, puis 1) : env", "check-skeleton",
     r"« \(void\)client; » est de trop"),
    ("un défaut inconnu", STEP, r"\.programs", '.defects = "D08", .programs', "check-catalogue",
     rf"dans \.defects, D08 n'est pas un défaut de {NAME} dans docs/defauts\.md : ôtez-le, ou écrivez-y sa rubrique"),
    ("un défaut qui n'est pas dans les notes", STEP, r"\.programs", '.defects = "D08", .programs', "check-points",
     rf"un titre « ### D08 — … \{{#lab-{NAME}-d08\}} »|de titre « ### D08 — … \{{#lab-{NAME}-d08\}} »"),
    ("la première ligne des indices", HINT, r"# Étape 1 — Le serveur salue", "# Étape 1", "check-hints", "est attendu « # Étape 1 — Le serveur salue »"),
    ("un titre des indices", HINT, "## À lire", "## Lire", "check-hints", "est attendu « ## À lire », et on lit « ## Lire »"),
    ("une page de manuel", HINT, "`man ", "`le ", "check-hints", "`man 2 bind`, par exemple, est attendu"),
    ("les indices d'une étape", HINT, None, None, "check-hints", "ce fichier manque ; y sont attendus « # Étape 1 — Le serveur salue »"),
    ("une affectation de lab.mk", MK, "PORT :=", "PORT =", "test", "« NOM := valeur » est attendu"),
    ("un nom de lab.mk", MK, "PORT", "PROT", "test", "PROT ne veut rien dire ; sont attendus TITLE, STEP_0, STEP_1, PROGRAMS"),
    ("un port de lab.mk", MK, r"PORT := \d+", "PORT := http", "check-points", "est attendu, par exemple, « PORT := 8001 »"),
    ("une ligne de lab.mk", MK, r"STEP_1 .*\n", "", "test", "la ligne « STEP_1 := … » est attendue"),
    ("ce qu'il y a à faire", f"labs/{NAME}/server.c", "TODO", "PLUS TARD", "check-skeleton", r"« // TODO \(étape N\) : … » est attendu"),
    ("le mutant d'un test", KILLER, None, None, "check-catalogue", rf"{STEP}:\d+ : rien ne prouve que ce test sache échouer ; .*Tué par : server_greets"),
    ("un test sans mutant", STEP, r"LESSON\(server_reports_errors", "LESSON(server_boasts", "check-catalogue",
     rf"{STEP}:\d+ : rien ne prouve .*Tué par : server_boasts"),
    ("la première ligne d'un mutant", KILLER, "Erreur d'étudiant", "Une erreur", "check-catalogue", "est attendu « Défaut : Dnn », ou « Erreur d'étudiant »"),
    ("le test qui tue un mutant", KILLER, "Tué par : server_greets", "Tué par : personne", "mutants", "« Tué par : nom_du_test » est attendue"),
    ("le diff d'un mutant", KILLER, r"(?s)--- a/.*", "", "check-catalogue", "« --- a/server.c »"),
    ("un mutant qui ne s'applique plus", KILLER, r"greet\(client\);", "greet(nobody);", "mutants", "ne s'applique plus à server.c"),
    ("une action de la scène", f"tests/{NAME}/scene.txt", r"1 arrive", "1 danse", "demo", "« client 1 arrive »"),
    ("une fonction du corrigé", SERVER, r"\bgreet\b", "salute", "check-parity", rf"salute\(\) n'est que là ; elle est attendue dans labs/{NAME}/server\.c"),
    ("une signature du corrigé", SERVER, r"static void greet", "static int greet", "check-parity", "est attendu « static void greet"),
    ("un en-tête Doxygen", f"labs/{NAME}/server.c", r"/\*\*\n \* @brief Dit bonjour(.|\n)*?\*/\n", "", "check-parity", "un en-tête Doxygen est attendu"),
    ("un fichier d'un seul côté", f"solutions/{NAME}/Makefile", None, None, "check-parity", f"labs/{NAME}/Makefile : solutions/{NAME}/Makefile est attendu aussi"),
    ("le tableau des défauts", "docs/defauts.md", "E-server-keeps-the-socket", "E-autre", "check-catalogue", "pour le refaire : "),
)


def try_breaks(tree):
    """Chaque part cassée : qui le voit nomme le fichier, la ligne, et la forme attendue."""
    for what, name, before, after, goal, told in BREAKS:
        path = tree.folder / name
        text = path.read_text(encoding="utf-8")
        if before is None:
            path.unlink()
        else:
            path.write_text(re.sub(before, after, text), encoding="utf-8")
            tree.it.check(f"{what} : est cassé", path.read_text(encoding="utf-8") != text, before)
        status, said = tree.run("make", "-s", goal, *([] if goal.startswith("check-") else [f"LAB={NAME}"]))
        where = rf"{re.escape(name)}(:\d+)? : .*" if before is not None and name not in told else ""
        tree.it.check(f"{what} : « make {goal} » dit {told}", status != 0 and re.search(f"(?s:.*){where}(?:{told})", said)
                      and not ENTRAILS.search(said), f"statut {status}\n{said}")
        path.write_text(text, encoding="utf-8")


def main():
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    it = trial.Trial()
    try_refusals(it)
    try_map(it)
    for programs in SHAPES:
        tree = Tree(it, programs)
        tree.expect(0, f"labs/{NAME}, solutions/{NAME}, tests/{NAME}", "make", "-s", "lab", f"NEW={NAME}", f"PROGRAMS={' '.join(programs)}")
        tree.keep()
        try_commands(tree)
        try_gates(tree)
        try_archive(tree)
        if programs is SHAPES[0]:
            try_breaks(tree)
        shutil.rmtree(tree.folder)
    return it.conclude()


if __name__ == "__main__":
    sys.exit(main())

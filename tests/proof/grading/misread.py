"""Des classes que la porte lisait mal : une personne y était perdue, doublée ou réunie à une autre. Voir exported.py."""

import unicodedata

from tests.proof.grading.exported import BLANK, HANDED, LAB, POOR, RIGHT, Row, cloned, tarred, under, zipped

PAIR = [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def loose(front, work, rename=str):
    """Les fichiers d'un travail, à plat, derrière ce texte."""
    return {front + rename(name): data for name, data in work.items()}


def decomposed(files):
    """Les mêmes chemins, tels que macOS les écrit."""
    return {unicodedata.normalize("NFD", path): data for path, data in files.items()}


def drive_loose():
    """Rien que des sources « NOM - FICHIER », et quelqu'un qui n'a remis que son rapport."""
    files = {**loose("Alice Roux - ", RIGHT), **loose("Jean-Luc D’Arc - ", POOR, lambda name: name.replace(".", " (1).")), "Dan Noir - rapport.pdf": b"x",
             **loose("12001234 - Ève Bleu - ", RIGHT, lambda name: name + ".txt")}
    return files, [Row("Alice Roux"), Row("Jean-Luc D’Arc", "naïf", says="est pris à sa place"), Row("Dan Noir", "", flagged=True),
                   Row("12001234 - Ève Bleu", says="est pris à sa place")]


def drive_titles():
    """Le même titre devant chaque nom."""
    return {"TP UDP - Alice Roux.zip": zipped(under(LAB.name, RIGHT)), "TP UDP - Bob Vert.zip": zipped(POOR)}, PAIR


def dashed_names():
    """Des tirets qui ne séparent pas un nom d'un fichier : un nom et un prénom, un numéro."""
    files = {"Vert - Bob.zip": zipped(under(LAB.name, POOR)), "Vert - Zoé.zip": zipped(RIGHT), "12001234 - Alice ROUX.zip": zipped(RIGHT),
             **under(f"Dan Noir - TP UDP/{LAB.name}", POOR)}
    return files, [Row("Vert - Bob", "naïf"), Row("Vert - Zoé"), Row("12001234 - Alice ROUX"), Row("Dan Noir - TP UDP", "naïf")]


def drive_groups():
    """Une archive par groupe : des archives dans l'une, des sources à plat dans l'autre."""
    return {"TD1.zip": zipped({"Alice Roux.zip": zipped(under(LAB.name, RIGHT)), "Bob Vert.zip": zipped(POOR)}),
            "TD2.zip": zipped({**loose("Chloé Bleu - ", RIGHT), **loose("Dan Noir - ", POOR)})}, [
                Row("Alice Roux", group="TD1"), Row("Bob Vert", "naïf", group="TD1"), Row("Chloé Bleu", group="TD2"), Row("Dan Noir", "naïf", group="TD2")]


def prefixed_sources():
    """Des sources à plat, au nom de chacun, sans plateforme."""
    return {**loose("ROUX_Alice_", RIGHT), **loose("LE-GOFF_Yann_", POOR)}, [Row("ROUX_Alice"), Row("LE-GOFF_Yann", "naïf")]


def one_worked():
    """Une seule personne a un travail ; les autres n'ont qu'un dossier vide, ou un rapport."""
    files = {**under(f"rendus/Alice Roux/réseau/{LAB.name}", RIGHT), "rendus/Alice Roux/captures écran/a.png": b"x", "rendus/Bob Vert/lisez-moi.txt": b"x", "rendus/Chloé Bleu": None}
    return files, [Row("Alice Roux"), Row("Bob Vert", "", flagged=True), Row("Chloé Bleu", "", flagged=True)]


def one_worked_in_groups():
    """De même, dans des groupes ; et qui n'a remis que ce que le juge a construit."""
    files = {**under(f"L3/TD1/Alice Roux/{LAB.name}", RIGHT), **under(f"L3/TD1/Dan Noir/{LAB.name}/build/src", POOR), "L3/TD2/Bob Vert": None}
    return files, [Row("Alice Roux", group="TD1"), Row("Dan Noir", "", group="TD1", flagged=True, says="au juge"),
                   Row("Bob Vert", "", group="TD2", flagged=True)]


def shared_words():
    """Le nom du devoir dans celui de chacun, sous un dossier de plus."""
    return {**under(f"L3/TP2 UDP Roux Alice/{LAB.name}", RIGHT), "L3/TP2 UDP Vert Bob.tar.gz": tarred(POOR)}, [
        Row("TP2 UDP Roux Alice"), Row("TP2 UDP Vert Bob", "naïf")]


def project_folders():
    """Des copies numérotées, un prénom qui commence comme « gr » : leur seul dossier est celui du projet, et non quelqu'un."""
    files = {**under(f"01/sockets-en-c/labs/{LAB.name}", RIGHT), **under(f"02/sockets-en-c/labs/{LAB.name}", POOR),
             **under(f"Grace/mon projet/{LAB.name}", RIGHT), **under(f"Gras/rendu tp/{LAB.name}", POOR)}
    return files, [Row("01"), Row("02", "naïf"), Row("Grace"), Row("Gras", "naïf")]


def browser_copies():
    """« (1) », « - Copie » : la même personne deux fois, ou deux personnes ? De même de deux apostrophes."""
    files = {"Alice Roux.zip": zipped(POOR), "Alice Roux (1).zip": zipped(RIGHT), **under(f"L'Hôte Éric/{LAB.name}", RIGHT),
             **under(f"L’Hôte Éric - Copie/{LAB.name}", POOR), "Bob Vert.zip": zipped(POOR)}
    return files, [*(Row(name, work, flagged=True, says="même personne") for name, work in (
        ("Alice Roux", "naïf"), ("Alice Roux (1)", "juste"), ("L'Hôte Éric", "juste"), ("L’Hôte Éric - Copie", "naïf"))), Row("Bob Vert", "naïf")]


def moodle_dashes():
    """Un nom de groupe qui a lui-même un tiret."""
    files = {**under(f"Groupe de TD 3 - mardi-Anne-Marie Gris_11{HANDED}", RIGHT), **under(f"Groupe de TD - mardi matin-Zoé Bleu_12{HANDED}", POOR)}
    return files, [Row("Anne-Marie Gris", ids={"participant": "11"}, group="Groupe de TD 3 - mardi"),
                   Row("Zoé Bleu", "naïf", {"participant": "12"}, group="Groupe de TD - mardi matin")]


def teams_only_drafts():
    """Teams, groupe par groupe : qui n'a que des brouillons est dans la classe, et n'a rien remis."""
    files = {**under("TD1/Submitted files/Alice Roux/TP/Version 9", POOR), **under("TD1/Submitted files/Alice Roux/TP/Version 10", RIGHT),
             **under("TD1/Working files/Alice Roux/TP", POOR), **under("TD1/Working files/Chloé Bleu/TP", RIGHT),
             **under("TD2/Submitted files/Bob Vert/TP/Version 1", POOR), "TD2/Working files/Dan Noir": None}
    return files, [Row("Alice Roux", group="TD1", says="Version 10 est pris"), Row("Bob Vert", "naïf", group="TD2"),
                   Row("Chloé Bleu", "", flagged=True, says="que des brouillons"), Row("Dan Noir", "", flagged=True, says="que des brouillons")]


def teams_on_a_mac():
    """Les accents tels que macOS les écrit, sous des dossiers de SharePoint."""
    root = "Réseaux - Documents/Travaux/Éval/TP UDP"
    return decomposed({**under(f"{root}/Fichiers envoyés/Alice Roux/TP", RIGHT), **under(f"{root}/Fichiers envoyés/Bob Vert/TP", POOR),
                       **under(f"{root}/Fichiers de travail/Bob Vert/TP", RIGHT)}), PAIR


def canvas_hesitates():
    """Un nom de groupe qui finit par un numéro ; deux versions d'un fichier, remises ensemble."""
    files = {**loose("groupe_2_12345_901_", RIGHT), **loose("d'arc_82_902_", POOR), **loose("roux_83_903_", POOR),
             **loose("roux_83_904_", RIGHT, lambda name: name.replace(".", "-1."))}
    return files, [Row("groupe", "", {"canvas": "2"}, flagged=True, says="où finit le nom"), Row("d'arc", "naïf", {"canvas": "82"}),
                   Row("roux", None, {"canvas": "83"}, flagged=True, says="en est une autre version")]


def blackboard_in_part():
    """La dernière tentative n'a qu'une des sources ; une autre fois, c'est une archive, qui les a toutes. Un titre à parenthèses."""
    first, last = "attempt_2026-11-18-09-00-00", "attempt_2026-11-20-10-12-13"
    def told(who, name):
        return {f"TP 2 (UDP) - Éval_{who}_{date}.txt": f"Nom : {name} ({who})\n".encode() for date in (first, last)}
    files = {**told("aroux", "Alice Roux"), **told("b", "Bob Vert"), **loose(f"TP 2 (UDP) - Éval_aroux_{first}_", RIGHT),
             f"TP 2 (UDP) - Éval_aroux_{last}_server.c": RIGHT["server.c"], **loose(f"TP 2 (UDP) - Éval_b_{first}_", RIGHT),
             f"TP 2 (UDP) - Éval_b_{last}_mon TP (1).zip": zipped(under(LAB.name, POOR))}
    return files, [Row("Alice Roux", None, {"username": "aroux"}, flagged=True, says="n'a pas client.c"), Row("Bob Vert", "naïf", {"username": "b"})]


def blackboard_in_french():
    """Blackboard, dans la langue du site ; une seule personne, au titre qui a un « _ »."""
    date = "tentative_2026-11-20-10-12-13"
    return {f"Devoir_2_aroux_{date}.txt": b"Nom : Alice Roux (aroux)\n", **loose(f"Devoir_2_aroux_{date}_", RIGHT)}, [
        Row("Alice Roux", ids={"username": "aroux"})]


def gradescope_utc():
    """Une date « UTC », un historique et un correcteur, qui ne sont pas des auteurs."""
    told = ("---\nsubmission_41:\n  :submitters:\n  - :name: \"Zoé: D'Arc\"\n    :sid: '0021'\n  :created_at: 2026-11-20 10:12:13 UTC\n  :history:\n"
            "  - :submitters:\n    - :name: Autre\n      :sid: '99'\n  :graders:\n  - :name: Prof\n    :sid: '98'\n")
    return {"x/submission_metadata.yml": told.encode(), **under("x/submission_41", RIGHT)}, [Row("Zoé: D'Arc", ids={"number": "0021"})]


def forge_template():
    """Le dépôt modèle, resté à côté de ceux qui en viennent."""
    return {**cloned("tp-udp", BLANK), **cloned("tp-udp-alice", RIGHT), **cloned("tp-udp-bob", POOR)}, [
        Row("alice", ids={"login": "alice"}), Row("bob", "naïf", {"login": "bob"}), Row("tp-udp", "squelette", says="le squelette, intact")]


def dated_sources():
    """ILIAS : la date devant le nom de chaque fichier."""
    return {**loose("TP/Roux_Alice_aroux_12/20261120101213_", RIGHT), **loose("TP/Vert_Bob_bvert_13/20261120101213_", POOR)}, [
        Row("Roux_Alice_aroux_12", says="est pris à sa place"), Row("Vert_Bob_bvert_13", "naïf")]


PACKED = (drive_loose, drive_titles, dashed_names, drive_groups, prefixed_sources, one_worked, one_worked_in_groups, shared_words, project_folders,
          browser_copies, teams_only_drafts, teams_on_a_mac, forge_template, dated_sources)
CLASSES = (*PACKED, moodle_dashes, canvas_hesitates, blackboard_in_part, blackboard_in_french, gradescope_utc)

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


def brightspace_languages():
    """Brightspace : des dates dans plusieurs langues, dont la forme change avec elles."""
    files = {**under("201-900 - Alice Roux - 11 mars, 2026 905", POOR), **under("201-900 - Alice Roux - 12 mars, 2026 1405", RIGHT),
             **under("202-900 - Bob Vert - 12. März 2026 1405", POOR), **under("203-900 - José Noël - 9 de septiembre de 2026 1405", POOR),
             **under("203-900 - José Noël - 1 de octubre de 2026 905", RIGHT), "index.html": b"x"}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf"), Row("José Noël")]


def brightspace_flat():
    """Brightspace, tous les fichiers au même niveau ; une remise refaite, et une autre à laquelle il manque une source."""
    files = {**loose("211-900 - Alice Roux - Nov 11, 2026 205 PM - ", POOR), **loose("211-900 - Alice Roux - Nov 12, 2026 905 AM - ", RIGHT),
             "212-900 - Bob Vert - Nov 12, 2026 205 PM - mon tp.zip": zipped(under(LAB.name, POOR)), "index.html": b"x",
             **loose("213-900 - Dan Noir - Nov 12, 2026 205 PM - ", RIGHT), "213-900 - Dan Noir - Nov 13, 2026 205 PM - server.c": RIGHT["server.c"]}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf"), Row("Dan Noir", None, flagged=True, says="n'a pas client.c")]


def sakai():
    """Sakai : une personne par dossier, avec l'heure, les commentaires et des dossiers vides ; quelqu'un n'a rien remis."""
    people = {"Roux, Alice(aroux)": RIGHT, "Vert, Bob(bvert)": POOR, "Noir, Dan(dnoir)": {}}
    files = {"TP/grades.csv": b"x"}
    for who, work in people.items():
        files |= {f"TP/{who}/timestamp.txt": b"20261120101213000", f"TP/{who}/comments.txt": b"", f"TP/{who}/Feedback Attachment(s)": None,
                  f"TP/{who}/Submission attachment(s)": None, **under(f"TP/{who}/Submission attachment(s)", work)}
    return files, [Row("Roux, Alice(aroux)"), Row("Vert, Bob(bvert)", "naïf"), Row("Noir, Dan(dnoir)", "", flagged=True)]


def task_beside():
    """OpenOlat : l'énoncé donné, avec son squelette, à côté de ce qui est remis."""
    files = {}
    for who, work in (("aroux_Alice_Roux", RIGHT), ("bvert_Bob_Vert", POOR)):
        files |= {**under(f"TP/{who}/1_task/{LAB.name}", BLANK), **under(f"TP/{who}/2_submission", work), f"TP/{who}/3_review": None}
    return files, [Row("aroux_Alice_Roux", says="le squelette intact"), Row("bvert_Bob_Vert", "naïf", says="le squelette intact")]


def teams_languages():
    """Teams, en espagnol et en allemand."""
    files = {**under("A/Archivos enviados/Alice Roux/TP/Versión 1", POOR), **under("A/Archivos enviados/Alice Roux/TP/Versión 2", RIGHT),
             **under("A/Archivos de trabajo/Alice Roux/TP", POOR), **under("A/Archivos enviados/Bob Vert/TP/Versión 1", POOR),
             **under("B/Abgegebene Dateien/Zoé Bleu/TP/Version 1", RIGHT), **under("B/Arbeitsdateien/Zoé Bleu/TP", POOR)}
    return files, [Row("Alice Roux", group="A"), Row("Bob Vert", "naïf", group="A"), Row("Zoé Bleu", group="B")]


def named_groups():
    """Des groupes dont le nom n'est pas celui d'un groupe, dont un d'une seule personne."""
    return {**under("TNSI2/ROUX Alice", RIGHT), **under("TNSI2/VERT Bob", POOR), **under("TNSI3/NOIR Dan", RIGHT)}, [
        Row("ROUX Alice", group="TNSI2"), Row("VERT Bob", "naïf", group="TNSI2"), Row("NOIR Dan", group="TNSI3")]


def crowds_in_archives():
    """Une archive par enseignant, qui n'a pas le nom d'un groupe."""
    return {"Mme Petit.zip": zipped({**under("Alice Roux", RIGHT), **under("Bob Vert", POOR)}),
            "M. Grand.zip": zipped({**under("Dan Noir", RIGHT), **under("Zoé Bleu", POOR)})}, [
                Row("Alice Roux", group="Mme Petit"), Row("Bob Vert", "naïf", group="Mme Petit"), Row("Dan Noir", group="M. Grand"),
                Row("Zoé Bleu", "naïf", group="M. Grand")]


def lone_in_an_archive():
    """Une archive par groupe, dont un d'une seule personne."""
    return {"M1.zip": zipped({**under("Alice Roux", RIGHT), **under("Bob Vert", POOR)}), "M2.zip": zipped(under("Dan Noir", RIGHT))}, [
        Row("Alice Roux", group="M1"), Row("Bob Vert", "naïf", group="M1"), Row("Dan Noir", group="M2")]


def lone_everywhere():
    """Un dossier, et un seul, sous chaque nom : des groupes d'une personne, ou des personnes ? On ne devine pas."""
    return {**under("TNSI2/ROUX Alice", RIGHT), **under("TNSI3/VERT Bob", POOR)}, [
        Row("TNSI2", flagged=True, says="ROUX Alice dans TNSI2 : est-ce un groupe"), Row("TNSI3", "naïf", flagged=True, says="VERT Bob dans TNSI3 : est-ce un groupe")]


def dates_before_names():
    """La date devant le nom de chacun."""
    return {**under("2026-11-20 Alice Roux", RIGHT), **under("2026-11-21 Bob Vert", POOR)}, [Row("2026-11-20 Alice Roux"), Row("2026-11-21 Bob Vert", "naïf")]


def chamilo_flat():
    """Chamilo : une remise refaite, un titre et un identifiant à « _ », quelqu'un qui n'a que tapé un texte."""
    files = {**loose("2026_11_18_09_00_00_aroux_", POOR), **loose("2026_11_20_09_00_00_aroux_", RIGHT),
             "2026_11_20_09_00_01_b.vert_mon_tp.zip": zipped(under(LAB.name, POOR)), **loose("2026_11_20_09_00_01_c_bleu_", RIGHT),
             "2026_11_20_09_00_01_c_bleu_rapport.pdf": b"x", "2026_11_20_09_00_01_dnoir_Bonjour.html": b"x",
             "2026_11_20_09_00_02_e_gris_tp.zip": zipped(RIGHT), "2026_11_20_09_00_02_e_rose_tp.zip": zipped(POOR)}
    return files, [Row("aroux", ids={"username": "aroux"}), Row("b.vert", "naïf", {"username": "b.vert"}),
                   Row("c_bleu", ids={"username": "c_bleu"}, flagged=True, says="où finit l'identifiant"),
                   Row("dnoir", "", {"username": "dnoir"}, flagged=True), Row("e", "juste", {"username": "e"}, flagged=True, says="où finit l'identifiant")]


def canvas_sections_packed():
    """Une archive par section, à qui l'on a donné son nom."""
    return {"TP UDP Section A.zip": zipped(loose("roux_11_901_", RIGHT)), "TP UDP Section B.zip": zipped(loose("vert_12_902_", POOR))}, [
        Row("roux", ids={"canvas": "11"}, group="TP UDP Section A"), Row("vert", "naïf", {"canvas": "12"}, group="TP UDP Section B")]


def numbered_versions():
    """Les versions d'une personne, « 1 », « 2 »… dans son dossier ; ce ne sont pas des personnes."""
    files = {**under("aroux/1", POOR), **under("aroux/2", RIGHT), **under("bvert/9", POOR), **under("bvert/10", RIGHT)}
    return files, [Row("aroux", "naïf", flagged=True, says="plusieurs travaux"), Row("bvert", flagged=True, says="plusieurs travaux")]


def folder_above():
    """Un dossier « rendus » de plus, où quelqu'un a le nom d'un lab."""
    topic = LAB.name.partition("-")[2]
    return {**under(f"rendus/aroux/{LAB.name} (2)", RIGHT), **under(f"rendus/bvert/{LAB.name}", POOR), **under(f"rendus/{topic}", POOR)}, [
        Row("aroux"), Row("bvert", "naïf"), Row(topic, "naïf")]


def moodle_feedback():
    """Les retours de l'enseignant, à côté des travaux : personne n'y est deux fois."""
    files = {**under(f"Alice Roux_11{HANDED}", RIGHT), "Alice Roux_11_assignfeedback_file_/note.pdf": b"x", **under(f"Bob Vert_12{HANDED}", POOR),
             "Dan Noir_13_assignfeedback_file_/note.pdf": b"x"}
    return files, [Row("Alice Roux", ids={"participant": "11"}), Row("Bob Vert", "naïf", {"participant": "12"}),
                   Row("Dan Noir", "", {"participant": "13"}, flagged=True)]


def moodle_and_latecomers():
    """L'archive de la classe, et un dossier de ceux qui ont écrit trop tard : est-ce un groupe ? Les autres n'en pâtissent pas."""
    files = {**under(f"Alice Roux_11{HANDED}", RIGHT), **under(f"Bob Vert_12{HANDED}", POOR)}
    return {"LIC3-TP-98.zip": zipped(files), **under("retards/Dan Noir", RIGHT), **under("retards/Ève Bleu", POOR)}, [
        Row("Alice Roux", ids={"participant": "11"}), Row("Bob Vert", "naïf", {"participant": "12"}),
        Row("retards", flagged=True, says="sont dans retards : est-ce un groupe")]


def suffixed_sources():
    """Des sources à plat, au nom de chacun, derrière celui du fichier."""
    return {f"{name[:-2]}_{who}.c": data for who, work in (("ROUX_Alice", RIGHT), ("LE-GOFF_Yann", POOR)) for name, data in work.items()}, [
        Row("ROUX_Alice"), Row("LE-GOFF_Yann", "naïf")]


def teams_in_groups():
    """Des binômes numérotés, dans chaque groupe : « Groupe 1 » de l'un n'est pas celui de l'autre."""
    return {**under("TD1/Groupe 1", RIGHT), **under("TD1/Groupe 2", POOR), **under("TD2/Groupe 1", POOR), **under("TD2/binôme 12", RIGHT)}, [
        Row("Groupe 1 (TD1)", group="TD1"), Row("Groupe 2", "naïf", group="TD1"), Row("Groupe 1 (TD2)", "naïf", group="TD2"), Row("binôme 12", group="TD2")]


def lab_above():
    """Le dossier d'un lab, qui contient ceux des personnes ; un dépôt git que personne n'a ouvert est celui de quelqu'un."""
    return {**under(f"{LAB.name}/Alice Roux", RIGHT), **under(f"{LAB.name}/Bob Vert", POOR), f"{LAB.name}/dnoir.bundle": b"x"}, [
        *PAIR, Row("dnoir.bundle", "", flagged=True, says="ni une archive")]


PACKED = (chamilo_flat, teams_in_groups, lab_above, moodle_feedback, moodle_and_latecomers, suffixed_sources, canvas_sections_packed, numbered_versions, folder_above, drive_loose, drive_titles, dashed_names, drive_groups, prefixed_sources, one_worked, one_worked_in_groups, shared_words, project_folders,
          browser_copies, teams_only_drafts, teams_on_a_mac, forge_template, dated_sources,
          brightspace_languages, brightspace_flat, sakai, task_beside, teams_languages, named_groups,
          crowds_in_archives, lone_in_an_archive, lone_everywhere, dates_before_names)
CLASSES = (*PACKED, moodle_dashes, canvas_hesitates, blackboard_in_part, blackboard_in_french, gradescope_utc)

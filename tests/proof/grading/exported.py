"""Des classes telles que les plateformes les exportent, petites et inventées : ce que chacune contient, et qui doit y être.

Une classe est {chemin: octets}, ou une archive ; « Row » dit ce qui est attendu d'une personne : son nom, ce que la plateforme
en dit, son groupe, le travail qui est pris (« juste », « naïf »… ou rien), et si l'enseignant est prié de regarder.
"""

import dataclasses
import io
import os
import pathlib
import struct
import tarfile
import unicodedata
import zipfile
import zlib

from tests.judge.command import lab_reader

# Le plus simple : celui qui a le moins de sources.
LAB = min(lab_reader.every_lab(), key=lambda lab: len(lab.sources))


def sources(folder):
    """Les sources d'un travail."""
    return {name: pathlib.Path(folder, name).read_bytes() for name in LAB.sources}


WORKS = {"juste": sources(f"solutions/{LAB.name}"), "naïf": sources(f"tests/{LAB.name}/naive/{LAB.name}"), "squelette": sources(f"labs/{LAB.name}")}
RIGHT, POOR, BLANK = WORKS["juste"], WORKS["naïf"], WORKS["squelette"]


@dataclasses.dataclass
class Row:
    """Une personne attendue."""

    name: str
    work: str = "juste"
    ids: dict = dataclasses.field(default_factory=dict)
    group: str = ""
    flagged: bool = False
    says: str = ""


def under(place, work, rename=str):
    """Les fichiers d'un travail, dans un dossier."""
    return {f"{place}/{rename(name)}": data for name, data in work.items()}


def zipped(files):
    """Une archive .zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name + "/" * (data is None), data or b"")
    return made.getvalue()


def tarred(files, mode="w:gz"):
    """Une archive .tar.gz."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            member.size = len(data or b"")
            archive.addfile(member, io.BytesIO(data or b""))
    return made.getvalue()


def stacked(files):
    """Une archive .tar, sans compression."""
    return tarred(files, "w")


def raw_zip(files):
    """Une archive .zip dont les noms sont des octets quelconques (d'anciens Windows)."""
    body, table = b"", b""
    for name, data in files.items():
        sizes = struct.pack("<IIIHH", zlib.crc32(data), len(data), len(data), len(name), 0)
        head = struct.pack("<HHHHH", 20, 0, 0, 0, 0x5A21)
        table += b"PK\x01\x02" + struct.pack("<H", 20) + head + sizes + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + head + sizes + name + data
    return body + table + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(table), len(body), 0)


def put(root, files):
    """Pose une classe dans un dossier."""
    for path, data in files.items():
        where = os.path.join(root, path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        if data is not None:
            pathlib.Path(where).write_bytes(data)
        else:
            os.makedirs(where, exist_ok=True)


def again(work):
    """Les mêmes fichiers, sous le nom que leur donne une seconde remise."""
    return {name.replace(".", "-1."): data for name, data in work.items()}


# --- Moodle --------------------------------------------------------------------------------------

HANDED = "_assignsubmission_file"
TYPED = {"onlinetext.html": b"<p>Bonjour</p>"}


def moodle_folders():
    """Des dossiers, un texte en ligne à côté, et quelqu'un qui n'a remis que ce texte."""
    files = {**under(f"Zoé D'Arc_701{HANDED}/{LAB.name}", RIGHT), **under("MARTIN, Ève_702" + HANDED, POOR),
             f"Jean-Noël LE GALL_703{HANDED}/r.zip": zipped(under(f"rendu/{LAB.name}", RIGHT)),
             "MARTIN, Ève_702_assignsubmission_onlinetext/onlinetext.html": b"x", "Texte Seul_704_assignsubmission_onlinetext/onlinetext.html": b"x",
             **under(f"Participant_705{HANDED}_/{LAB.name}", RIGHT)}
    return files, [Row("Zoé D'Arc", ids={"participant": "701"}), Row("MARTIN, Ève", "naïf", {"participant": "702"}),
                   Row("Jean-Noël LE GALL", ids={"participant": "703"}), Row("Participant 705", ids={"participant": "705"}),
                   Row("Texte Seul", "", {"participant": "704"}, flagged=True, says="Aucun fichier n'est remis")]


def moodle_flat():
    """Des fichiers, tous au même niveau : des sources, une archive, un texte en ligne."""
    files = {**{f"Alice Roux_711{HANDED}_{name}": data for name, data in RIGHT.items()},
             f"Bob Vert_712{HANDED}_mon tp.zip": zipped(under(LAB.name, POOR)), f"Chloé Bleu_713{HANDED}_{LAB.name}.zip": zipped(RIGHT),
             "Chloé Bleu_713_assignsubmission_onlinetext_onlinetext.html": b"x"}
    return files, [Row("Alice Roux", ids={"participant": "711"}), Row("Bob Vert", "naïf", {"participant": "712"}),
                   Row("Chloé Bleu", ids={"participant": "713"})]


def moodle_groups():
    """Des remises en groupes : le nom du groupe précède celui de la personne."""
    files = {**under(f"Groupe A1-Alice Roux_721{HANDED}/{LAB.name}", RIGHT), **under(f"Groupe A1-Jean-Luc Noir_722{HANDED}/{LAB.name}", RIGHT),
             **under(f"Groupe B2_723{HANDED}/{LAB.name}", POOR), **under(f"Anne-Marie Gris_724{HANDED}/{LAB.name}", POOR)}
    return files, [Row("Alice Roux", ids={"participant": "721"}, group="Groupe A1"),
                   Row("Jean-Luc Noir", ids={"participant": "722"}, group="Groupe A1"),
                   Row("Groupe B2", "naïf", {"participant": "723"}), Row("Anne-Marie Gris", "naïf", {"participant": "724"})]


def moodle_whole():
    """L'archive de toute la classe, dans un dossier, avec une seconde archive des mêmes personnes."""
    people = {"Alice Roux_731": RIGHT, "Bob Vert_732": POOR, "Chloé Bleu_733": RIGHT}
    one = zipped({path: data for who, work in people.items() for path, data in under(f"{who}{HANDED}/{LAB.name}", work).items()})
    other = zipped({f"{who}{HANDED}_/tp.zip": zipped(under(LAB.name, work)) for who, work in people.items()})
    return {"Cours-TP-98765.zip": one, "Cours-TP-98766.zip": other}, [
        Row("Alice Roux", ids={"participant": "731"}), Row("Bob Vert", "naïf", {"participant": "732"}),
        Row("Chloé Bleu", ids={"participant": "733"})]


# --- Les autres plateformes ----------------------------------------------------------------------

def canvas_flat():
    """Des fichiers à plat : une remise refaite et en retard, un test, plusieurs archives d'une personne, un anonyme."""
    files = {**{f"rouxalice_81_90{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())},
             **{f"vertbob_LATE_82_91{i}_{name}": data for i, (name, data) in enumerate(again(POOR).items())},
             **{f"bleuchloé_83_question_92{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())},
             **{f"noirdan_84_93{i}_{name}.zip": zipped({name: data}) for i, (name, data) in enumerate(RIGHT.items())},
             **{f"anon_a1B2c_94{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())}, "grisève_85_text.html": b"x"}
    return files, [Row("rouxalice", ids={"canvas": "81"}), Row("vertbob", "naïf", {"canvas": "82"}, says="que Canvas a renommé"),
                   Row("bleuchloé", ids={"canvas": "83"}), Row("noirdan", ids={"canvas": "84"}), Row("anon a1B2c"),
                   Row("grisève", "", {"canvas": "85"}, flagged=True)]


def canvas_whole():
    """La même chose, dans l'archive que donne Canvas."""
    files, rows = canvas_flat()
    return {"submissions.zip": zipped(files)}, rows


def blackboard_attempts():
    """Plusieurs tentatives : la dernière compte ; le .txt dit le nom ; un identifiant a un « _ »."""
    def tell(name, user):
        return f"Name: {name} ({user})\nAssignment: TP\nDate Submitted: x\nCurrent Grade: \n\nSubmission Field:\n".encode()
    first, last = "attempt_2026-11-18-09-00-00", "attempt_2026-11-20-10-12-13"
    files = {f"TP_udp_aroux_{first}.txt": tell("Alice Roux", "aroux"), f"TP_udp_aroux_{last}.txt": tell("Alice Roux", "aroux"),
             **{f"TP_udp_aroux_{first}_{name}": data for name, data in POOR.items()},
             **{f"TP_udp_aroux_{last}_{name}": data for name, data in RIGHT.items()},
             f"TP_udp_b_vert_{last}.txt": tell("Bob Vert", "b_vert"), f"TP_udp_b_vert_{last}_tp.zip": zipped(under(LAB.name, POOR))}
    return files, [Row("Alice Roux", ids={"username": "aroux"}), Row("Bob Vert", "naïf", {"username": "b_vert"})]


def gradescope_export():
    """submission_metadata.yml : des auteurs, un rendu à deux, un rendu que le fichier ne nomme pas."""
    told = ("---\nsubmission_11:\n  :submitters:\n  - :name: Alice Roux\n    :sid: \"2101\"\n    :email: alice@exemple.fr\n"
            "  :created_at: 2026-11-20 10:12:13.000000000 Z\n  :score: 0.0\n  :results:\n    output: |-\n      submission_99:\n"
            "submission_12:\n  :submitters:\n  - :name: 'Bob D''Arc'\n    :sid: '2102'\n  - :name: \"\\u00c8ve Bleu\"\n    :sid: '2103'\n")
    root = "assignment_5_export"
    files = {f"{root}/submission_metadata.yml": told.encode(), **under(f"{root}/submission_11/{LAB.name}", RIGHT),
             **under(f"{root}/submission_12/{LAB.name}", POOR), **under(f"{root}/submission_13/{LAB.name}", RIGHT)}
    return files, [Row("Alice Roux", ids={"number": "2101", "email": "alice@exemple.fr"}), Row("Bob D'Arc", "naïf", {"number": "2102"}),
                   Row("Ève Bleu", "naïf", {"number": "2103"}), Row("submission_13", flagged=True, says="ne dit pas de qui est submission_13")]


def forge_clones():
    """Des dépôts sous un préfixe ; un sous-module vide, et une fusion inachevée."""
    torn = {**RIGHT, "server.c": b"<<<<<<< HEAD\n" + RIGHT["server.c"] + b"=======\n>>>>>>> b\n"}
    files = {**under(f"tp-udp-alice-r/{LAB.name}", RIGHT), "tp-udp-alice-r/.github/workflows/classroom.yml": b"x",
             **under(f"tp-udp-bob42/{LAB.name}", POOR), **under(f"tp-udp-dan/{LAB.name}", torn),
             "tp-udp-eve/.gitmodules": f'[submodule "x"]\n\tpath = {LAB.name}\n'.encode(), f"tp-udp-eve/{LAB.name}": None}
    return files, [Row("alice-r", ids={"login": "alice-r"}), Row("bob42", "naïf", {"login": "bob42"}),
                   Row("dan", None, {"login": "dan"}, flagged=True, says="fusion inachevée"),
                   Row("eve", "", {"login": "eve"}, flagged=True, says="sous-module")]


def teams_versions():
    """Teams : une personne, un devoir, des versions ; la dernière compte."""
    files = {**under("Alice Roux/TP/Version 1", POOR), **under("Alice Roux/TP/Version 2", RIGHT), **under("Bob Vert/TP/Version 1", POOR)}
    return files, [Row("Alice Roux", says="Version 2 est pris"), Row("Bob Vert", "naïf")]


def teams_drafts():
    """Teams : ce qui est remis, à côté de ce qui ne l'est pas encore."""
    files = {**under("Devoir/Submitted files/Alice Roux/TP/Version 1", RIGHT), **under("Devoir/Submitted files/Bob Vert/TP/Version 1", POOR),
             **under("Devoir/Working files/Alice Roux/TP", POOR)}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def drive_files():
    """Google Drive : « NOM - FICHIER », à plat."""
    files = {**{f"Alice Roux - {name}": data for name, data in RIGHT.items()}, f"Bob Vert - {LAB.name}.zip": zipped(POOR)}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def drive_parts():
    """Un dossier de Drive, téléchargé en deux morceaux, dont l'un coupe le travail d'une personne."""
    both = {**under(f"TP/Alice Roux/{LAB.name}", RIGHT), **under(f"TP/Bob Vert/{LAB.name}", POOR)}
    names = sorted(both)
    return {"TP-20261120T101213Z-001.zip": zipped({name: both[name] for name in names[:1]}),
            "TP-20261120T101213Z-002.zip": zipped({name: both[name] for name in names[1:]})}, [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def codegrade_dates():
    """CodeGrade : « NOM - DATE » ; la dernière remise compte."""
    files = {**under(f"Alice Roux - 2026-11-18T09:00:00+00:00/{LAB.name}", POOR), **under(f"Alice Roux - 2026-11-20T09:00:00+00:00/{LAB.name}", RIGHT),
             **under(f"Bob Vert - 2026-11-19T09:00:00+00:00/{LAB.name}", POOR)}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def autolab_versions():
    """Autolab : ADRESSE_VERSION_FICHIER."""
    files = {"alice_r@exemple.fr_9_tp.zip": zipped(under(LAB.name, POOR)), "alice_r@exemple.fr_10_tp.zip": zipped(under(LAB.name, RIGHT)),
             "bob@exemple.fr_1_tp.zip": zipped(under(LAB.name, POOR))}
    return files, [Row("alice_r@exemple.fr", ids={"email": "alice_r@exemple.fr"}), Row("bob@exemple.fr", "naïf", {"email": "bob@exemple.fr"})]


def vpl_dates():
    """VPL : un dossier par personne, un sous-dossier par remise, et ce que VPL en a dit (.ceg)."""
    files = {**under("Alice Roux 12 aroux/2026-11-18-09-00-00", POOR), **under("Alice Roux 12 aroux/2026-11-20-09-00-00", RIGHT),
             "Alice Roux 12 aroux/2026-11-20-09-00-00.ceg/execution.txt": b"x", **under("Bob Vert 13 bvert/2026-11-19-09-00-00", POOR)}
    return files, [Row("Alice Roux", ids={"username": "aroux", "userid": "12"}), Row("Bob Vert", "naïf", {"username": "bvert", "userid": "13"})]


# --- De simples dossiers -------------------------------------------------------------------------

def groups_of_people():
    """Des groupes de TD, à plusieurs profondeurs, dont un d'une seule personne."""
    files = {**under(f"L3/TD1/Alice Roux/{LAB.name}", RIGHT), **under(f"L3/TD1/Bob Vert/{LAB.name}", POOR),
             **under(f"L3/TD2/Chloé Bleu/{LAB.name}", RIGHT)}
    return files, [Row("Alice Roux", group="TD1"), Row("Bob Vert", "naïf", group="TD1"), Row("Chloé Bleu", group="TD2")]


def tar_of_groups():
    """La même chose, en une seule archive .tar.gz."""
    files, rows = groups_of_people()
    return {"promo.tar.gz": tarred(files)}, rows


def archives_of_groups():
    """Une archive par groupe ; et, plus bas, l'archive d'une classe dans un dossier qui ne contient qu'elle."""
    return {"TD1.zip": zipped({**under(f"Alice Roux/{LAB.name}", RIGHT), **under(f"Bob Vert/{LAB.name}", POOR)}),
            "TD2.zip": zipped({**under(f"rendus/Chloé Bleu/{LAB.name}", RIGHT), **under(f"rendus/Dan Noir/{LAB.name}", POOR)})}, [
                Row("Alice Roux", group="TD1"), Row("Bob Vert", "naïf", group="TD1"), Row("Chloé Bleu", group="TD2"),
                Row("Dan Noir", "naïf", group="TD2")]


def archive_in_a_folder():
    """L'archive d'une classe, dans un dossier qui ne contient qu'elle."""
    files, rows = moodle_folders()
    return {"export/Cours-TP-1.zip": zipped(files), "export/lisez-moi.txt": b"x"}, rows


def old_windows_class():
    """L'archive d'une classe où les dossiers sont écrits avec des barres obliques inverses, eux-mêmes compris."""
    files = {f"{who}{HANDED}\\{LAB.name}\\{name}".encode("cp850"): data for who, work in (("Zoé Roux_761", RIGHT), ("Bob Vert_762", POOR))
             for name, data in work.items()}
    files[f"Bob Vert_762{HANDED}\\{LAB.name}".encode()] = b""
    return {"classe.zip": raw_zip(files)}, [Row("Zoé Roux", ids={"participant": "761"}), Row("Bob Vert", "naïf", {"participant": "762"})]


def namesakes():
    """Des homonymes, que leur numéro distingue, et des noms d'adresse ou de numéro."""
    files = {**under(f"Marie Roux_741{HANDED}/{LAB.name}", RIGHT), **under(f"Marie Roux_742{HANDED}/{LAB.name}", POOR),
             **under(f"alice@exemple.fr/{LAB.name}", RIGHT), **under(f"21804567/{LAB.name}", RIGHT)}
    return files, [Row("Marie Roux (participant 741)", ids={"participant": "741"}),
                   Row("Marie Roux (participant 742)", "naïf", {"participant": "742"}), Row("alice@exemple.fr"), Row("21804567")]


def same_name_twice():
    """Un même nom, d'un côté avec un numéro et de l'autre sans : on ne devine pas. Un dossier et son archive : une personne."""
    files = {**under(f"Marie Roux_751{HANDED}/{LAB.name}", RIGHT), **under(f"ROUX Marie/{LAB.name}", POOR),
             **under(f"Bob Vert/{LAB.name}", POOR), "Bob Vert.zip": zipped(under(LAB.name, POOR))}
    files.update({**under(f"Dan Noir_752{HANDED}/{LAB.name}", RIGHT), **under(f"Ève Gris_752{HANDED}/{LAB.name}", POOR)})
    return files, [Row("Dan Noir", ids={"participant": "752"}, flagged=True, says="est aussi celui de Ève Gris"),
                   Row("Ève Gris", "naïf", {"participant": "752"}, flagged=True, says="est aussi celui de Dan Noir"),
                   Row("Marie Roux", ids={"participant": "751"}, flagged=True, says="même personne"),
                   Row("ROUX Marie", "naïf", flagged=True, says="même personne"), Row("Bob Vert", "naïf", flagged=True, says="portent ce nom")]


def windows_archives():
    """Des barres obliques inverses, un vieux codage des noms, CRLF, BOM, UTF-16, Latin-1."""
    def recoded(how):
        return zipped(under(LAB.name, {name: how(data) for name, data in RIGHT.items()}))
    files = {"Barres.zip": raw_zip({f"TP\\{LAB.name}\\{name}".encode(): data for name, data in RIGHT.items()}),
             "Ancien.zip": raw_zip({f"Réseaux/{LAB.name}/{name}".encode("cp850"): data for name, data in RIGHT.items()}),
             "Lignes.zip": recoded(lambda data: data.replace(b"\n", b"\r\n")), "Marque.zip": recoded(lambda data: b"\xef\xbb\xbf" + data),
             "Seize.zip": recoded(lambda data: data.decode().encode("utf-16")),
             "Latin.zip": recoded(lambda data: data.decode().encode("latin-1", "replace"))}
    return files, [Row("Barres"), Row("Ancien"), Row("Lignes"), Row("Marque"), Row("Latin", None), Row("Seize", None, flagged=True, says="UTF-16")]


def damaged_archives():
    """Des archives abîmées ou d'une autre sorte, chez des gens qui en ont d'autres de bonnes."""
    rar, seven = b"Rar!\x1a\x07\x01\x00" + bytes(200), b"7z\xbc\xaf'\x1c\0\4" + bytes(200)
    litter = {f"__MACOSX/{LAB.name}/._server.c": b"x", ".DS_Store": b"x", **{f"node_modules/p{i}/i.js": b"x" for i in range(3000)}}
    files = {"Alice.rar": rar, "Bob.7z": seven, "Chloé.zip": rar, "Dan/rendu.rar": rar, "Ève/rendu.zip": b"PK\x03\x04abime",
             "Fanny.tar.zst": b"\x28\xb5\x2f\xfd" + bytes(100), "Gil.ZIP": zipped(under(LAB.name, RIGHT)),
             "Hana/lab.zip": zipped({"projet.zip": zipped(under(LAB.name, RIGHT))}), "Ida.zip": zipped({**under(LAB.name, RIGHT), **litter}),
             "Jo.tar.gz": tarred(under(LAB.name, POOR))}
    lost = [Row(name, "", flagged=True, says="refusée?") for name in ("Alice", "Bob", "Chloé", "Dan", "Ève", "Fanny")]
    return files, [*lost, Row("Gil"), Row("Hana"), Row("Ida"), Row("Jo", "naïf")]


def folder_names():
    """Des dossiers de lab qui n'ont pas tout à fait le bon nom, un squelette au-dessus du travail, deux travaux."""
    number, topic = LAB.name.split("-")
    files = {**under(f"copie/{LAB.name} (2)", RIGHT), **under(f"autre/{LAB.name} - Copie", RIGHT), **under(f"espace/lab {number} {topic}", RIGHT),
             **under(f"sujet/{topic}", RIGHT), **under(f"zéro/{int(number)}-{topic}", RIGHT), **under(f"haut/{LAB.name.upper()}", RIGHT),
             **under(f"creux/{LAB.name}", BLANK), **under(f"creux/{LAB.name}/{LAB.name}", RIGHT),
             **under(f"deux/{LAB.name}", POOR), **under(f"deux/{LAB.name} (2)", RIGHT)}
    return files, [*(Row(name) for name in ("copie", "autre", "espace", "sujet", "zéro", "haut")),
                   Row("creux", says="le squelette intact"), Row("deux", "naïf", flagged=True, says="travaux différents")]


def file_names():
    """Des sources qui n'ont pas tout à fait le bon nom : prises quand ce ne peut être qu'elles, nommées sinon."""
    def named(who, rename):
        return under(f"{who}/{LAB.name}", RIGHT, rename)
    files = {**named("majuscule", str.capitalize), **named("texte", lambda name: name + ".txt"), **named("lab devant", lambda name: f"{LAB.name}_{name}"),
             **named("copie", lambda name: name.replace(".", " (1).")), **named("cpp", lambda name: name + "pp"),
             **named("sauvegarde", lambda name: name + "~"), "vide": None, f"lab vide/{LAB.name}": None,
             f"à moitié/{LAB.name}/server.c": b"\n", f"à moitié/{LAB.name}/client.c": RIGHT["client.c"]}
    return files, [*(Row(name, says="est pris à sa place") for name in ("majuscule", "texte", "lab devant", "copie")),
                   Row("cpp", "", flagged=True, says="server.cpp"), Row("sauvegarde", "", flagged=True, says="server.c~"),
                   Row("vide", "", flagged=True), Row("lab vide", "", flagged=True), Row("à moitié", None, says="server.c est vide")]


def one_lab():
    """Un seul lab, à plat, dans labs/, dans un dépôt entier, avec ce que le juge a construit."""
    files = {**under(f"seul/{LAB.name}", RIGHT), **under("plat", RIGHT), **under(f"entier/labs/{LAB.name}", RIGHT),
             **under(f"dépôt/sockets-en-c/labs/{LAB.name}", RIGHT), **under(f"dépôt/sockets-en-c/build/work/labs/{LAB.name}/src", POOR),
             **under(f"construit/{LAB.name}", RIGHT), **under(f"construit/{LAB.name}/build", POOR)}
    return files, [Row(name) for name in ("seul", "plat", "entier", "dépôt", "construit")]


# --- Ce que l'on rencontre aussi -----------------------------------------------------------------

def moodle_odd():
    """Moodle : des chemins aplatis, un commentaire, une personne en deux archives, un groupe au long nom, une majuscule."""
    one, other = list(RIGHT.items())
    files = {**{f"Alice Roux_771{HANDED}_{LAB.name}_{name}": data for name, data in RIGHT.items()},
             "Alice Roux_771_assignsubmission_comments_commentaires.html": b"x",
             f"Bob Vert_772{HANDED}_a.ZIP": zipped(dict([one])), f"Bob Vert_772{HANDED}_b.zip": zipped(dict([other])),
             f"L3 INFO TD2-Zoé Noir_773{HANDED}_tp.zip": zipped(under(LAB.name, POOR)),
             f"Li_774{HANDED}_tp.tar.gz": tarred(under(f"./rendu/{LAB.name}", RIGHT))}
    return files, [Row("Alice Roux", ids={"participant": "771"}), Row("Bob Vert", ids={"participant": "772"}),
                   Row("Zoé Noir", "naïf", {"participant": "773"}, group="L3 INFO TD2"), Row("Li", ids={"participant": "774"})]


def canvas_odd():
    """Canvas : deux homonymes, un nom qui commence par « late », une archive remise trois fois, un nom d'une lettre."""
    files = {**{f"bleu_91_90{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())},
             **{f"bleu_92_91{i}_{name}": data for i, (name, data) in enumerate(POOR.items())},
             "latenathalie_93_920_rendu-2.tar.gz": tarred(under(LAB.name, RIGHT)), "o_LATE_94_930_tp.zip": zipped(under(LAB.name, POOR)),
             **{f"legall-jean-noel_95_94{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())}}
    return files, [Row("bleu (numéro Canvas 91)", ids={"canvas": "91"}), Row("bleu (numéro Canvas 92)", "naïf", {"canvas": "92"}),
                   Row("latenathalie", ids={"canvas": "93"}), Row("o", "naïf", {"canvas": "94"}), Row("legall-jean-noel", ids={"canvas": "95"})]


def blackboard_odd():
    """Blackboard : le .txt en français ; une dernière tentative sans fichier ; quelqu'un dont le .txt manque."""
    first, last = "attempt_2026-11-18-09-00-00", "attempt_2026-11-20-10-12-13"
    files = {f"TP_aroux_{last}.txt": "\ufeffNom : Alice Roux (aroux)\r\nDevoir : TP\r\n".encode(),
             **{f"TP_aroux_{last}_{name}": data for name, data in RIGHT.items()},
             f"TP_bvert_{first}.txt": b"Name: Bob Vert (bvert)\n", f"TP_bvert_{first}_tp.zip": zipped(under(LAB.name, POOR)),
             f"TP_bvert_{last}.txt": b"Name: Bob Vert (bvert)\n", f"TP_c_bleu_{last}_tp.zip": zipped(under(LAB.name, RIGHT))}
    return files, [Row("Alice Roux", ids={"username": "aroux"}),
                   Row("Bob Vert", "", {"username": "bvert"}, flagged=True, says="une d'avant en a peut-être"),
                   Row("c_bleu", ids={"username": "c_bleu"}, flagged=True, says="ne dit de qui")]


def gitlab_accounts():
    """GitLab : un dossier par compte, qui contient le dépôt de tous le même nom ; un autre donne l'archive de sa branche."""
    files = {**under(f"alice.roux/tp-udp/{LAB.name}", RIGHT), "alice.roux/tp-udp/.gitlab-ci.yml": b"x", "alice.roux/tp-udp/README.md": b"x",
             **under(f"bvert42/tp-udp/{LAB.name}", POOR), "bvert42/tp-udp/.gitlab-ci.yml": b"x",
             "chloe/tp-udp-main.zip": zipped(under(f"tp-udp-main-0123abcd/{LAB.name}", RIGHT))}
    return files, [Row("alice.roux"), Row("bvert42", "naïf"), Row("chloe")]


def gitlab_archives():
    """GitLab : les archives des dépôts, dont le nom finit par la branche et le numéro du commit."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    files = {f"tp-udp-{who}-main-{commit}.zip": zipped(under(f"tp-udp-{who}-main-{commit}/{LAB.name}", work))
             for who, work in (("alice-r", RIGHT), ("bob42", POOR))}
    return files, [Row("alice-r", ids={"login": "alice-r"}), Row("bob42", "naïf", {"login": "bob42"})]


def brightspace_dates():
    """Brightspace : deux remises d'une personne, en anglais puis en français, et la page qu'il met à côté."""
    files = {**under("101-900 - Alice Roux - Nov 18, 2026 912 AM", POOR), **under("101-901 - Alice Roux - Nov 20, 2026 1012 PM", RIGHT),
             **under("102-902 - Anne-Marie Gris - 18 nov. 2026 09 h 12", POOR), **under("102-903 - Anne-Marie Gris - 20 nov. 2026 22 h 12", RIGHT),
             **under("103-904 - Bob Vert - 1er décembre 2026 10:12", POOR), "index.html": b"x"}
    return files, [Row("Alice Roux"), Row("Anne-Marie Gris"), Row("Bob Vert", "naïf")]


def codegrade_odd():
    """CodeGrade : des microsecondes, un nom à tirets, un groupe, des archives."""
    files = {**under(f"Anne-Marie Gris - 2026-11-20T09:00:00.123456+00:00/{LAB.name}", RIGHT),
             "Bob Vert - 2026-11-19T09:00:00.5+01:00.zip": zipped(under(LAB.name, POOR)), **under("Chloé Bleu - 2026-11-19T23:59:59Z", RIGHT)}
    return files, [Row("Anne-Marie Gris"), Row("Bob Vert", "naïf"), Row("Chloé Bleu")]


def teams_sharepoint():
    """Teams, par SharePoint : l'archive OneDrive, en deux morceaux ; le travail d'une personne est coupé entre eux."""
    root = "Fichiers envoyés"
    files = {**under(f"{root}/Alice Roux/TP UDP/Version 1", POOR), **under(f"{root}/Alice Roux/TP UDP/Version 2", RIGHT),
             **under(f"{root}/VERT Bob/TP UDP", POOR)}
    names = sorted(files)
    return {"OneDrive_1_20-11-2026.zip": zipped({name: files[name] for name in names[:3]}),
            "OneDrive_2_20-11-2026.zip": zipped({name: files[name] for name in names[3:]})}, [
                Row("Alice Roux", says="Version 2 est pris"), Row("VERT Bob", "naïf")]


def drive_forms():
    """Google Forms : « FICHIER - NOM », et deux fichiers du même nom d'une même personne."""
    files = {**{f"{name.removesuffix('.c')} - Alice Roux.c": data for name, data in RIGHT.items()}, "tp-udp - Bob Vert.zip": zipped(under(LAB.name, POOR)),
             "tp-udp - Anne-Marie Gris.zip": zipped(under(LAB.name, RIGHT))}
    return files, [Row("Alice Roux"), Row("Bob Vert", "naïf"), Row("Anne-Marie Gris")]


# --- Ce qui se lisait mal ------------------------------------------------------------------------

def moodle_two_spellings():
    """Un même nom, dont les accents sont écrits de deux façons : le fichier d'un côté, le texte en ligne de l'autre."""
    files = {**under(f"Zoé Roux_1511{HANDED}", RIGHT), unicodedata.normalize("NFD", "Zoé Roux_1511_assignsubmission_onlinetext/onlinetext.html"): b"x",
             **under(f"Bob Vert_1512{HANDED}", POOR), "Dan Noir_1513_assignsubmission_onlinetext.html": b"x"}
    return files, [Row("Zoé Roux", ids={"participant": "1511"}), Row("Bob Vert", "naïf", {"participant": "1512"}),
                   Row("Dan Noir", "", {"participant": "1513"}, flagged=True)]


def moodle_anonymous_groups():
    """L'anonymat et les groupes à la fois, dans la langue du site ; le groupe par défaut."""
    files = {**under(f"Standardgruppe-Teilnehmerin_1601{HANDED}", RIGHT), **under(f"TD2 - mardi-Participant_1602{HANDED}_", POOR),
             **under(f"Participante_1603{HANDED}", RIGHT), **under(f"Default group-José Noël_1604{HANDED}", POOR)}
    return files, [Row("Participant 1601", ids={"participant": "1601"}, group="Standardgruppe"),
                   Row("Participant 1602", "naïf", {"participant": "1602"}, group="TD2 - mardi"),
                   Row("Participant 1603", ids={"participant": "1603"}), Row("José Noël", "naïf", {"participant": "1604"}, group="Default group")]


def moodle_twice():
    """La même activité téléchargée deux fois : qui a changé son travail entre les deux est à voir."""
    def whole(alice):
        return zipped({**under(f"Alice Roux_1671{HANDED}", alice), **under(f"Bob Vert_1672{HANDED}", POOR)})
    return {"TP-98.zip": whole(POOR), "TP-98 (1).zip": whole(RIGHT)}, [
        Row("Alice Roux", "juste", {"participant": "1671"}, flagged=True, says="remis deux fois"), Row("Bob Vert", "naïf", {"participant": "1672"})]


def moodle_unpacked():
    """L'archive de la classe, restée à côté du dossier où elle a été déballée."""
    files = {**under(f"Alice Roux_1811{HANDED}", RIGHT), **under(f"Bob Vert_1812{HANDED}", POOR)}
    return {"LIC3-TP-98.zip": zipped(files), **{f"LIC3-TP-98/{path}": data for path, data in files.items()}}, [
        Row("Alice Roux", ids={"participant": "1811"}), Row("Bob Vert", "naïf", {"participant": "1812"})]


def moodle_by_groups():
    """Une archive par groupe, chacune celle d'une classe ; le même nom dans les deux."""
    return {"L3-TP-TD1-98.zip": zipped({**under(f"Ève Bleu_1661{HANDED}", RIGHT), **under(f"Marie Roux_1662{HANDED}", POOR)}),
            "L3-TP-TD2-98.zip": zipped(under(f"Marie Roux_1663{HANDED}", RIGHT))}, [
                Row("Ève Bleu", ids={"participant": "1661"}, group="TD1"), Row("Marie Roux (participant 1662)", "naïf", {"participant": "1662"}, "TD1"),
                Row("Marie Roux (participant 1663)", ids={"participant": "1663"}, group="TD2")]


def canvas_by_sections():
    """Une section par dossier, l'une déballée et l'autre non ; un anonyme en retard."""
    files = {**{f"Section A/roux_11_90{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())},
             **{f"Section A/LATE_anon_Zz9_91{i}_{name}": data for i, (name, data) in enumerate(POOR.items())},
             "Section B/submissions.zip": zipped({**{f"roux_13_92{i}_{name}": data for i, (name, data) in enumerate(POOR.items())},
                                                  **{f"gris_14_93{i}_{name}": data for i, (name, data) in enumerate(RIGHT.items())}})}
    return files, [Row("roux (numéro Canvas 11)", ids={"canvas": "11"}, group="Section A"), Row("anon Zz9", "naïf", group="Section A"),
                   Row("roux (numéro Canvas 13)", "naïf", {"canvas": "13"}, group="Section B"), Row("gris", ids={"canvas": "14"}, group="Section B")]


def blackboard_homonyms():
    """Blackboard : un site en espagnol, deux homonymes, et quelqu'un qui n'a que son accusé de réception."""
    place = "TP_attempt_1_{}_attempt_2026-11-18-10-12-13"
    files = {**{f"{place.format('u_2')}_{name}": data for name, data in RIGHT.items()},
             place.format("u_2") + ".txt": "Nombre: José Noël (u_2)\n".encode(), place.format("bvert") + ".txt": b"Name: Bob (Bobby) Vert (bvert)\n",
             place.format("u_1") + ".txt": "Name: José Noël (u_1)\n".encode(), place.format("u_1") + "_r.zip": zipped(POOR)}
    return files, [Row("José Noël (identifiant u_2)", ids={"username": "u_2"}), Row("José Noël (identifiant u_1)", "naïf", {"username": "u_1"}),
                   Row("Bob (Bobby) Vert", "", {"username": "bvert"}, flagged=True)]


def gradescope_twice():
    """La même personne, seule puis à deux, avec deux travaux : on ne choisit pas."""
    told = ("---\nsubmission_31:\n  :submitters:\n  - :name: Alice Roux\n    :sid: '2101'\nsubmission_32:\n  :submitters:\n"
            "  - :name: Bob Vert\n    :sid: '2103'\n  - :name: Alice Roux\n    :sid: '2101'\n")
    files = {"x/submission_metadata.yml": told.encode(), **under("x/submission_31", RIGHT), **under("x/submission_32", POOR)}
    return files, [Row("Alice Roux", "juste", {"number": "2101"}, flagged=True, says="remis deux fois"), Row("Bob Vert", "naïf", {"number": "2103"})]


def cloned(place, work):
    """Le dépôt d'une personne, tel qu'une forge le laisse."""
    return {**under(f"{place}/labs/{LAB.name}", work), f"{place}/.gitlab-ci.yml": b"x"}


def forge_teams():
    """Des dépôts de groupes : « groupe » n'est pas au devoir."""
    return {**cloned("tp-udp-groupe-1", RIGHT), **cloned("tp-udp-groupe-2", POOR)}, [
        Row("groupe-1", ids={"login": "groupe-1"}), Row("groupe-2", "naïf", {"login": "groupe-2"})]


def forge_alike():
    """Deux comptes qui commencent de même : où finit le nom du devoir ?"""
    return {**cloned("tp-udp-martin-a", RIGHT), **cloned("tp-udp-martin-b", POOR)}, [
        Row("martin-a", ids={"login": "martin-a"}, flagged=True, says="où finit"), Row("martin-b", "naïf", {"login": "martin-b"}, flagged=True)]


def forge_groups():
    """Un sous-groupe de GitLab par groupe de TD, et un dépôt par personne dans chacun."""
    files = {**cloned("td1/tp-udp-alice", RIGHT), **cloned("td1/tp-udp-bob", POOR), **cloned("td2/tp-udp-chloe", RIGHT), **cloned("td2/tp-udp-dan", POOR)}
    return files, [Row(name, work, {"login": name}, group) for name, work, group in (
        ("alice", "juste", "td1"), ("bob", "naïf", "td1"), ("chloe", "juste", "td2"), ("dan", "naïf", "td2"))]


def brightspace_homonyms():
    """Brightspace : un même nom sous deux numéros, peut-être deux personnes."""
    files = {**under("101-900 - Alice Roux - Nov 18, 2026 912 AM", POOR), **under("102-900 - Alice Roux - Nov 20, 2026 1012 PM", RIGHT),
             **under("103-900 - Bob Vert - Nov 20, 2026 1012 PM", POOR)}
    return files, [Row("Alice Roux", flagged=True, says="une seule personne"), Row("Bob Vert", "naïf")]


def mac_archive():
    """L'archive d'une classe faite par macOS, avec ce qu'il y ajoute."""
    files = {**under(f"rendus/Alice Roux/{LAB.name}", RIGHT), **under(f"rendus/Bob Vert/{LAB.name}", POOR), "rendus/.DS_Store": b"x",
             **{f"__MACOSX/rendus/{who}/{LAB.name}/._server.c": b"\0\5" for who in ("Alice Roux", "Bob Vert")}, "__MACOSX/._rendus": b"x"}
    return {"rendus.zip": zipped(files)}, [Row("Alice Roux"), Row("Bob Vert", "naïf")]


def old_windows_names():
    """L'archive d'une classe dont les noms sont dans l'ancien codage d'un Windows d'ici, ou d'un autre outil."""
    def whole(who, work, coding):
        return {f"rendus/{who}/{LAB.name}/{name}".encode(coding): data for name, data in work.items()}
    return {"classe.zip": raw_zip({**whole("À. Çelik, Zoë", RIGHT, "cp850"), **whole("Noël Ève", POOR, "cp1252")})}, [
        Row("À. Çelik, Zoë"), Row("Noël Ève", "naïf")]


def two_editions():
    """L'archive des étudiants, intacte, à côté de celle où l'on a travaillé ; deux écritures d'un même dossier."""
    files = {**under(f"Alice Roux/sockets-en-c/labs/{LAB.name}", BLANK), **under(f"Alice Roux/sockets-en-c (1)/labs/{LAB.name}", RIGHT),
             **under(f"Bob Vert/{LAB.name}", POOR), **under(f"Bob Vert/{LAB.name.upper()}", RIGHT)}
    return files, [Row("Alice Roux", says="le squelette intact"), Row("Bob Vert", "naïf", flagged=True, says="travaux différents")]


# Celles que l'on donne aussi en une seule archive, déballée ou non.
PACKED = (moodle_folders, canvas_flat, gradescope_export, groups_of_people, moodle_twice, moodle_by_groups, canvas_by_sections, forge_teams,
          forge_groups, brightspace_homonyms, mac_archive, old_windows_names)
CLASSES = (moodle_folders, moodle_flat, moodle_groups, moodle_whole, canvas_flat, canvas_whole, blackboard_attempts, gradescope_export,
           forge_clones, teams_versions, teams_drafts, drive_files, drive_parts, codegrade_dates, autolab_versions, vpl_dates, groups_of_people,
           tar_of_groups, archives_of_groups, archive_in_a_folder, old_windows_class, namesakes, same_name_twice, windows_archives, damaged_archives, folder_names, file_names, one_lab,
           moodle_odd, canvas_odd, blackboard_odd, gitlab_accounts, gitlab_archives, brightspace_dates, codegrade_odd, teams_sharepoint, drive_forms,
           moodle_two_spellings, moodle_anonymous_groups, moodle_twice, moodle_unpacked, moodle_by_groups, canvas_by_sections, blackboard_homonyms,
           gradescope_twice, forge_teams, forge_alike, forge_groups, brightspace_homonyms, mac_archive, old_windows_names, two_editions)

"""Des chemins qui sortent de l'archive, vers une sentinelle, et un membre derrière un lien."""

import io
import os
import shutil
import tarfile


def make(place, lab, ground):
    os.rename(place, place + ".d")
    with tarfile.open(place, "w") as archive:
        for name in (f"../../{os.path.basename(ground.root)}/monde/evade", ground.places["SENTINELLE"] + "-evade"):
            member = tarfile.TarInfo(name)
            member.size = 6
            archive.addfile(member, io.BytesIO(b"touche"))
        link = tarfile.TarInfo(lab + "/sortie")
        link.type, link.linkname = tarfile.SYMTYPE, os.path.dirname(ground.places["SENTINELLE"])
        archive.addfile(link)
        behind = tarfile.TarInfo(lab + "/sortie/evade")
        behind.size = 6
        archive.addfile(behind, io.BytesIO(b"touche"))
        for name in ("client.c", "framing.c"):
            archive.add(os.path.join(place + ".d", lab, name), f"{lab}/{name}")
    shutil.rmtree(place + ".d")

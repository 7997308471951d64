"""Une archive de zéros."""

import os
import shutil
import zipfile


def bomb(lab):
    """Le seul membre, compressé."""
    member = zipfile.ZipInfo(lab + "/server.c")
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def make(place, lab, __):
    shutil.rmtree(place)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open(bomb(lab), "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
    os.chmod(place, 0o644)

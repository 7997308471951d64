"""Le dossier du lab devient un lien vers le corrigé."""

import os
import shutil


def make(place, lab, ground):
    shutil.rmtree(os.path.join(place, lab))
    os.symlink(os.path.join(ground.depot, "solutions", lab), os.path.join(place, lab))

"""Tout est dans une archive."""

import os
import shutil


def make(place, lab, _):
    shutil.make_archive(os.path.join(place, "mon travail"), "zip", place, lab)
    shutil.rmtree(os.path.join(place, lab))

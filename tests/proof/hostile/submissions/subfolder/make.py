"""Tout descend de deux dossiers."""

import os


def make(place, lab, _):
    os.makedirs(os.path.join(place, "projet", "labs"))
    os.rename(os.path.join(place, lab), os.path.join(place, "projet", "labs", lab))

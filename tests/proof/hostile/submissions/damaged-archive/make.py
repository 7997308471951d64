"""Une archive qui n'en est pas une."""

import os
import pathlib
import shutil


def make(place, _, __):
    shutil.rmtree(place)
    pathlib.Path(place).write_bytes(b"PK\x03\x04" + os.urandom(1000))

"""De petites archives .rar, valides, où rien n'est compressé : le seul programme qui en fasse n'est pas libre.

Écrites d'après les notes techniques du format (blocs de RAR 4 ; en-têtes et entiers de longueur variable de RAR 5).
"""

import struct
import zlib

UNIX, STORED, FILE_MODE = 3, 0x30, 0o100644
# Minuit, le 1er janvier 2025, comme l'écrivait MS-DOS.
MOMENT = (2025 - 1980) << 25 | 1 << 21 | 1 << 16


def old(files):
    """RAR 4 : chaque bloc a une somme de contrôle, une sorte, des drapeaux et sa taille."""
    made = b"Rar!\x1a\x07\x00" + old_block(0x73, 0, bytes(6))
    for name, data in files.items():
        about = struct.pack("<IIBIIBBHI", len(data), len(data), UNIX, zlib.crc32(data), MOMENT, 20, STORED, len(name.encode()), FILE_MODE)
        made += old_block(0x74, 0x8000, about + name.encode()) + data
    return made + old_block(0x7B, 0x4000, b"")


def old_block(kind, flags, rest):
    head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def new(files):
    """RAR 5 : tous les nombres sont de longueur variable."""
    made = b"Rar!\x1a\x07\x01\x00" + new_block(1, 0, 0)
    for name, data in files.items():
        crc = struct.pack("<I", zlib.crc32(data))
        made += new_block(2, 2, len(data), 4, len(data), FILE_MODE, crc, 0, 1, len(name.encode()), name.encode()) + data
    return made + new_block(5, 0, 0)


def new_block(*fields):
    body = b"".join(field if isinstance(field, bytes) else number(field) for field in fields)
    sized = number(len(body)) + body
    return struct.pack("<I", zlib.crc32(sized)) + sized


def number(value):
    """Sept bits par octet, les plus faibles d'abord ; le huitième dit qu'il en vient d'autres."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(rest) if rest else bytes([low])

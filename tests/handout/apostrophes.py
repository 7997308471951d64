"""L'apostrophe courbe dans ce qui se lit : les pages de l'archive, hors du code, des adresses et des ancres."""

import re

VERBATIM = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|``.+?``|`[^`]+`|\{#[^}]*\}|\]\([^)]*\)|<[^>\n]+>|^ {4,}\S[^\n]*$)", re.M | re.S)
STRAIGHT = re.compile(r"(?<=\w)'(?=\w|\Z)")


def curved(markdown):
    """La même page, ses apostrophes courbes."""
    parts = VERBATIM.split(markdown)
    return "".join(part if rank % 2 else STRAIGHT.sub("’", part) for rank, part in enumerate(parts))

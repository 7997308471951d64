"""La part de YAML dont est fait submission_metadata.yml : des clefs, des listes de clefs, des valeurs sur une ligne.

Ce qui est plus profond (résultats, historique) est passé. Une valeur qui sert et qui n'est pas de cette part (sur
plusieurs lignes, une ancre…) est refusée, et dite : jamais devinée.
"""

import datetime
import re

SUBMISSION = re.compile(r"""(?P<quote>["']?)(?P<name>submission_[\w-]+)(?P=quote):\s*""")
KEY = re.compile(r"""(?P<indent> *)(?P<dash>- +)?(?P<quote>["']?):?(?P<key>[A-Za-z_]+)(?P=quote):(?: +(?P<value>.*))?""")
ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/ntre0]))')
SHORT = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "0": "\0"}
WANTED = ("name", "sid", "email", "created_at")


class Unread(Exception):
    """Cette écriture n'est pas de la part que l'on sait lire ; le texte dit où."""


def read(text):
    """{"submission_N": {"submitters": [{"name", "sid", "email"}], "created_at": secondes ou None}}."""
    found, current, state = {}, None, State()
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#") or line.startswith(("---", "...")):
            continue
        opening = SUBMISSION.fullmatch(line)
        if opening:
            current, state = {"submitters": [], "created_at": None}, State()
            if opening["name"] in found:
                raise Unread(f"ligne {number} : {opening['name']} y est deux fois")
            found[opening["name"]] = current
        elif current is None or not line.startswith((" ", "-")):
            raise Unread(f"ligne {number} : « submission_N: » est attendu")
        else:
            state.take(current, line, number)
    if not found:
        raise Unread("aucun rendu n'y est")
    return found


class State:
    """Où l'on en est dans un rendu : sa marge, et la liste que l'on lit."""

    def __init__(self):
        self.margin, self.where, self.field = None, "", None

    def take(self, submission, line, number):
        """Une ligne de ce rendu."""
        indent = len(line) - len(line.lstrip(" "))
        if self.margin is None:
            self.margin = indent
        match = KEY.fullmatch(line)
        if indent < self.margin:
            raise Unread(f"ligne {number} : cette marge n'est pas attendue")
        if indent == self.margin and match and not match["dash"]:
            self.where = match["key"]
            if self.where == "created_at":
                submission["created_at"] = moment(scalar(match["value"], number), number)
            elif self.where == "submitters" and match["value"] not in (None, "", "[]"):
                raise Unread(f"ligne {number} : la liste des auteurs est attendue à la ligne")
        elif self.where == "submitters":
            self.take_author(submission, match, indent, number)

    def take_author(self, submission, match, indent, number):
        """Une ligne de la liste des auteurs."""
        if match is None:
            raise Unread(f"ligne {number} : « :name: » est attendu")
        if match["dash"]:
            submission["submitters"].append({})
            self.field = indent + len(match["dash"])
        elif indent != self.field or not submission["submitters"]:
            raise Unread(f"ligne {number} : cette marge n'est pas attendue")
        if match["key"] in WANTED:
            submission["submitters"][-1][match["key"]] = scalar(match["value"], number)


def scalar(value, number):
    """Une valeur sur une ligne ; vide pour `null`."""
    value = (value or "").strip()
    if value in ("", "~", "null"):
        return ""
    if value[0] == "'":
        if not re.fullmatch(r"'(?:[^']|'')*'", value):
            raise Unread(f"ligne {number} : un texte sur plusieurs lignes n'est pas lu")
        return value[1:-1].replace("''", "'")
    if value[0] == '"':
        if not re.fullmatch(r'"(?:[^"\\]|\\.)*"', value):
            raise Unread(f"ligne {number} : un texte sur plusieurs lignes n'est pas lu")
        return ESCAPE.sub(unescape, value[1:-1])
    if value[0] in "&*!|>{[%@`":
        raise Unread(f"ligne {number} : « {value[:20]} » n'est pas lu")
    return re.sub(r"\s+#.*", "", value)


def unescape(match):
    """Un caractère écrit par son numéro."""
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code else SHORT.get(match[4], match[4])


def moment(text, number):
    """Des secondes depuis 1970. Sans fuseau, YAML dit : en temps universel."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d?:\d\d:\d\d)(?:\.\d*)? *(Z|UTC|[+-]\d\d?(?::?\d\d)?)?", text)
    if not match:
        raise Unread(f"ligne {number} : « {text} » n'est pas une date")
    when = datetime.datetime.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return when.timestamp() - shift(match[3])


def shift(zone):
    """L'avance d'un fuseau, en secondes."""
    if not zone or zone in ("Z", "UTC"):
        return 0
    digits = zone[1:].replace(":", "").zfill(2)
    hours, minutes = int(digits[:2] if len(digits) != 3 else digits[:1]), int(digits[-2:]) if len(digits) > 2 else 0
    return (-1 if zone[0] == "-" else 1) * (3600 * hours + 60 * minutes)

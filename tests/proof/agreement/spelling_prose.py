"""La prose d'un fichier : ce qu'une personne y lira. Rend des (ligne, texte) ; le code y est effacé."""
import io
import re
import tokenize

# Ce qui est cité tel quel, dans tout texte.
QUOTED = re.compile(
    r"[\w.-]+@[\w.-]+|``.+?``|`[^`\n]+`|https?://\S+|\{#[^}]*\}|&\w+;|<!--.*?-->"
    r"|[@\\](?:param(?:\[\w+\])?|ref|subpage|retval|page|file|see man \d|p|c|a|anchor|defgroup|ingroup)\s+[\w./-]+"
    r"|\b[\w.+-]*\w\.(?:c|h|md|py|sh|mk|txt|html|json|mjs|js|css|conf|so|o|a|log|csv|xml|svg|pcap|pdf|gz|zip)\b"
    r"|\b\w+(?:\.\w+)+\(?|[\w.-]+/[\w./*-]*|\b[A-Za-z]+\d\w*|\$\{?\w+\}?|\bman \d \w+|\[[A-Z ]+(?:\[[A-Z ]+\])?\]")
FORMAT = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j)?[a-zA-Z]|%\(\w+\)\w|\\x[0-9A-F]{1,2}|\\[0-7]{1,3}"
                    r"|\\u[0-9a-f]{4}|\\[a-z\"'\\]|\\033\[[\d;]*\w|\{(?:[^{}]|\{[^{}]*\})*\}|<[^<>\n]*>")
# Dans un tableau aligné par des espaces, seule la dernière colonne est de la prose.
COLUMNS = re.compile(r"^.*\S {3,}(?=\S)", re.M)
# Du code cité dans une chaîne de plusieurs lignes.
CODE_LINE = re.compile(r"^.*[{};]$|^(?:set|handle|define)\b.*$|^[a-z]+ [\w *]+\(.*$", re.M)
DATA = re.compile(r"\b(?:program_expect|program_type|program_write|peer|datagram)\w*\([^;]*$")


def keep(pattern, text):
    """Efface ce que le motif trouve, sans changer le nombre de lignes."""
    return pattern.sub(lambda match: " " + "\n" * match.group().count("\n"), text)


def lines(text, first=1):
    """Les lignes d'un texte, numérotées."""
    return [(first + index, line) for index, line in enumerate(text.split("\n"))]


def is_sentence(text):
    """Une chaîne d'un programme est un message si elle a au moins deux mots et rien d'un morceau de code."""
    return bool(re.search(r"[^\W\d_]{2,}[\s\u00a0\u202f]+(?:[:;!?«]\s*)?[^\W\d_]", text)) and not re.search(
        r"[{};]\s*$|^\s*[#<{.@]|=>|->|&&|\|\||^\s*\w+\(|^-\w|--\w+[ =]|\w=\w|\$\(|\bint \w|\w\(\)", text)


def clean(text):
    """Le texte sans ce qui est cité."""
    return keep(QUOTED, text)


def markdown(text):
    """Les paragraphes ; ni blocs de code, ni diagrammes (sauf leurs légendes)."""
    text = keep(re.compile(r"^<!--.*?-->", re.S | re.M), text)
    text = keep(re.compile(r"^([ >]*)(`{3,})[^\n]*\n.*?^\1\2[ ]*$", re.S | re.M), text)
    text = re.sub(r"^[@\\](msc|dot)\b.*?^[@\\]end\1", labels, text, flags=re.S | re.M)
    text = keep(re.compile(r"^[@\\](?:htmlonly|endhtmlonly|code|endcode)\b.*$|<[^<>\n]+>|\]\([^)\n]+\)", re.M), text)
    text = keep(re.compile(r"(?<=\n\n)(?:(?: {4}|\t)[^\n]*\n+)+"), text)
    return lines(clean(text))


def labels(block):
    """Les légendes d'un diagramme, à leur ligne."""
    return "\n".join(" ".join(re.findall(r'label="([^"]*)"', line)) for line in block.group().split("\n"))


def c_like(text):
    """Les commentaires, et les messages parmi les chaînes (les morceaux qui se suivent sont réunis)."""
    text = keep(re.compile(r"^\s*#\s*include[^\n]*", re.M), text)
    text = re.sub(r'"[ \t]*\n[ \t]*"', lambda gap: "\u241e" + "\n" * gap.group().count("\n"), text)
    for match in re.finditer(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\]|\\.)*?"|\'(?:[^\'\\\n]|\\.)*\'', text, re.S):
        piece, first = match.group(), text.count("\n", 0, match.start()) + 1
        if piece.startswith("/"):
            body = keep(re.compile(r"@code.*?@endcode|```.*?```|@retval \S+|@p \w+|NOLINT\S*(?:\([^)]*\))?", re.S), piece)
            yield from lines(clean(re.sub(r"^[/* !<]+", " ", body, flags=re.M)), first)
        elif DATA.search(text, text.rfind("\n", 0, match.start()) + 1, match.start()):
            continue
        elif piece.startswith('"') and is_sentence(piece.strip('"').replace("\u241e", "")):
            body = keep(FORMAT, piece).replace("\u241e", "")
            yield from lines(clean(body), first)


def python(text, sample=False):
    """Les commentaires, les documentations, et les messages parmi les chaînes ; ce que l'on découpe est une liste."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for token, after in zip(tokens, tokens[1:] + tokens[-1:]):
        if token.type == tokenize.COMMENT and not token.string.startswith("#!"):
            yield from lines(clean(re.sub(r"# (?:noqa|pylint):? \S+", "", token.string)), token.start[0])
        elif token.type == tokenize.STRING and after.string != ".":
            prefix, body = re.match(r"(\w*)(.*)", token.string, re.S).groups()
            message = body.startswith('"""') or not sample and is_sentence(body.strip("\"'"))
            if message and not set("rb") & set(prefix.lower()):
                yield from lines(clean(keep(FORMAT, keep(COLUMNS, keep(CODE_LINE, body) if "\n" in body else body))), token.start[0])


def script(text):
    """Shell et Makefile : les commentaires, et ce que echo, printf et nos fonctions de message écrivent."""
    for number, line in lines(text):
        if line.startswith("#!") or "shellcheck" in line:
            continue
        comment = re.search(r"(?:^|\s)#+@?\s+(.*)$", line)
        code = line[:comment.start()] if comment else line
        if comment and comment.group(1).count("'") % 2 == 0 or comment and not code.strip():
            yield number, clean(comment.group(1))
        if re.search(r"\b(?:echo|printf|die|give_up|remark|fail|say|problem=|complain)\b", code):
            for string in re.findall(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'', code):
                message = "".join(string)
                if is_sentence(re.sub(r"\$\(.*?\)|\$\{[^}]*\}", "", message)):
                    yield number, clean(keep(FORMAT, re.sub(r"\$\(.*?\)|\$\{[^}]*\}", " ", message)))


def plain(text):
    """Un texte sans syntaxe."""
    return lines(clean(text))


def sheet(text):
    """Une feuille de style : ses commentaires."""
    for match in re.finditer(r"/\*.*?\*/", text, re.S):
        yield from lines(clean(match.group()), text.count("\n", 0, match.start()) + 1)


def settings(text):
    """Un fichier de réglages : ses commentaires."""
    for number, line in lines(text):
        if re.match(r"\s*#", line):
            yield number, clean(line)


READERS = {".md": markdown, ".c": c_like, ".h": c_like, ".js": c_like, ".mjs": c_like, ".py": python,
           ".sh": script, ".mk": script, "Makefile": script, ".css": sheet, ".conf": settings, ".yml": settings,
           "Doxyfile": settings, "run": script}


def reader(path):
    """La fonction qui lit ce genre de fichier, ou None."""
    name = path.rsplit("/", 1)[-1]
    return READERS.get(name) or READERS.get("." + name.rsplit(".", 1)[-1] if "." in name else "")


def read(path):
    """(ligne, texte) pour toute la prose d'un fichier."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    # Les chaînes d'un essai ou d'un exemple sont des données.
    if re.search(r"(_test|_sample|/check)\.py$", path):
        return list(python(text, sample=True))
    return list(reader(path)(text))

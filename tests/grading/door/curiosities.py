"""Les curiosités d'une source : des appels et des textes dont aucun lab n'a besoin.

Ce n'est pas une protection (le bac à sable en est une), et la note n'en dépend pas : c'est une lecture rapide, qui dit à
l'enseignant où regarder. Qui veut se cacher d'elle le peut ; qui s'y trouve n'a rien fait de mal pour autant.
"""

import functools
import pathlib
import re


def read_words():
    """{mot: ce qu'il permet}, d'après curiosities.conf."""
    lines = pathlib.Path(__file__).with_suffix(".conf").read_text(encoding="utf-8").splitlines()
    rules = [line.partition(":") for line in lines if line and not line.startswith("#")]
    return {word: reason for reason, _, words in rules for word in words.split()}


# Ce qu'un mot du programme, hors commentaires et textes, peut avoir d'étonnant.
REASONS = read_words()
# Ces appels sont courants avec ces premiers arguments, et eux seuls.
USUAL = {"prctl": {"PR_SET_PDEATHSIG", "PR_SET_NAME"}, "setrlimit": {"RLIMIT_NOFILE"}}
SANITIZER = re.compile(r"^__(?:[alt]san|ubsan|sanitizer)_\w+$")
# Redéfinis, ces appels peuvent montrer au juge, ou cacher aux assainisseurs, autre chose que ce qui est.
LIBC = set("""socket bind listen accept accept4 connect send recv sendto recvfrom sendmsg recvmsg shutdown read write close
poll select malloc calloc realloc free exit _exit _Exit abort atexit signal sigaction kill memcpy memset memmove memcmp strlen
strcmp strncmp strcpy printf fprintf vprintf vfprintf puts fputs putchar fwrite fflush setvbuf getaddrinfo freeaddrinfo
pthread_create pthread_join pthread_mutex_lock pthread_mutex_unlock pthread_detach __libc_start_main""".split())
PLACES = re.compile(r"(?<![\w.])/(?:proc|etc|sys|dev|root|home|app|box|boot)/|(?:\.\./){2}")
HARMLESS = re.compile(r"/dev/(?:null|stdin|stdout|stderr|tty)\b")
TOKEN = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
                   r"""|(?P<word>[^\W\d]\w*)|(?P<number>\.?\d[\w.]*)|(?P<line>\n)|(?P<sign>[^\s\w])""", re.S)
INCLUDE = re.compile(r"^[ \t]*(?:#|%:|\?\?=)[ \t]*(?:include|include_next|import|embed)\b[ \t]*(.*)$", re.M)
CONSTRUCTORS = {"constructor", "__constructor__", "destructor", "__destructor__", "ifunc", "init_priority"}
SHOWN = 5
# Ce qui rend une source curieuse s'y trouve, même si tout ce qui s'y trouve n'est pas curieux.
NAME = re.compile(r"[^\W\d]\w*")
NAMES = {*REASONS, *USUAL, *CONSTRUCTORS, "kill"}
SIGNS = re.compile(r"\.incbin|:=>>|<\s*script", re.I)
APART = re.compile(r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
INNERMOST = re.compile(r"\{[^{}]*\}")
# Un nom de la bibliothèque, des parenthèses, puis un corps.
BODY = re.compile(r"\b(?:" + "|".join(sorted(LIBC)) + r")\b[^;\0]*\)\s*\0")


def lines_of(data):
    """La source telle que le compilateur la lit : les lignes coupées par « \\ » sont recollées, et les numéros gardés."""
    text = data.decode("utf-8", "replace").replace("\0", " ").replace("\r", "").replace("??/", "\\")
    return re.sub(r"((?:[^\n]*\\\n)+)([^\n]*)", join_lines, text)


def join_lines(match):
    """Une ligne recollée, suivie d'autant de lignes vides qu'elle en occupait de plus."""
    text = match.group()
    return text.replace("\\\n", "") + "\n" * text.count("\\\n")


def tokens(text):
    """(nature, mot, ligne) de chaque mot qui n'est pas un commentaire."""
    line = 1
    for match in TOKEN.finditer(text):
        if match.lastgroup not in ("comment", "line"):
            yield match.lastgroup, match.group(), line
        line += match.group().count("\n")


@functools.lru_cache(maxsize=1024)
def find(data):
    """Chaque curiosité d'une source : [(ligne, ce qui est écrit, ce que cela permet)], une fois par chose écrite."""
    text = lines_of(data)
    if not may_be_odd(text):
        return []
    listed = list(tokens(text))
    found = [*odd_includes(text), *odd_words(listed), *odd_texts(listed), *redefinitions(listed)]
    once = {}
    for line, what, why in sorted(found):
        once.setdefault((what, why), line)
    return [(line, what, why) for (what, why), line in once.items()]


def may_be_odd(text):
    """D'un coup d'œil : faut-il lire mot à mot ? Une classe a des milliers de sources, et presque aucune n'est curieuse."""
    names = set(NAME.findall(text))
    if not NAMES.isdisjoint(names) or any(map(SANITIZER.match, names)) or SIGNS.search(text) or PLACES.search(text):
        return True
    if any(odd_includes(text)):
        return True
    code = APART.sub(" ", text)
    while True:
        shorter = INNERMOST.sub("\0", code)
        if shorter == code:
            break
        code = shorter
    # Des accolades qui ne se répondent pas : on ne sait pas ce qui est hors d'une fonction.
    return "{" in code or "}" in code or bool(BODY.search(code))


def odd_includes(text):
    """Les fichiers inclus qui ne sont pas des en-têtes, ou qui sont ailleurs."""
    for match in INCLUDE.finditer(text):
        wanted = match.group(1).strip()
        name = re.match(r'["<]([^">]*)[">]', wanted)
        line = text.count("\n", 0, match.start()) + 1
        if not name:
            yield line, f"#include {wanted[:40]}", "inclure ce qu'une macro désigne"
        elif name.group(1).startswith("/") or ".." in name.group(1).split("/"):
            yield line, f"#include {wanted[:60]}", "inclure un fichier d'ailleurs"


def odd_words(listed):
    """Les mots de l'index, et les appels à l'argument inhabituel."""
    words = [word for _, word, _ in listed]
    for index, (kind, word, line) in enumerate(listed):
        if kind != "word":
            continue
        after = words[index + 1:index + 4]
        if word in REASONS:
            yield line, word, REASONS[word]
        elif SANITIZER.match(word):
            yield line, word, "régler un assainisseur"
        elif word in CONSTRUCTORS and words[max(0, index - 1)] in ("(", ","):
            yield line, word, "agir avant ou après main"
        elif word == "kill" and after == ["(", "-", "1"]:
            yield line, "kill(-1", "envoyer un signal à tous"
        elif word in USUAL and after[:1] == ["("] and (after[1:2] or [""])[0] not in USUAL[word]:
            yield line, f"{word}({(after[1:2] or [''])[0]}", "changer ce que le processus a le droit de faire"


def odd_texts(listed):
    """Les chemins de la machine, et ce qui tend un piège au lecteur des notes."""
    for kind, word, line in listed:
        if kind != "text":
            continue
        place = PLACES.search(HARMLESS.sub("", word))
        if place:
            yield line, word[:60], "lire ou écrire ailleurs"
        if ".incbin" in word:
            yield line, ".incbin", "inclure un fichier d'ailleurs"
        if ":=>>" in word or re.search(r"<\s*script\b", word, re.I):
            yield line, word[:60], "se faire passer pour un rapport"


def redefinitions(listed):
    """Les fonctions de la bibliothèque C définies ici : « nom(…) { » hors de toute fonction."""
    depth, index = 0, 0
    while index < len(listed):
        kind, word, line = listed[index]
        depth += {"{": 1, "}": -1}.get(word, 0) if kind == "sign" else 0
        if kind == "word" and depth == 0 and word in LIBC and opens_body(listed, index + 1):
            yield line, word, "remplacer une fonction de la bibliothèque C"
        index += 1


def opens_body(listed, index):
    """À partir d'ici, y a-t-il « (…) { » ?"""
    level = 0
    for kind, word, _ in listed[index:index + 400]:
        if kind == "sign":
            level += {"(": 1, ")": -1}.get(word, 0)
        if level == 0:
            if word == ")":
                continue
            return word == "{" and kind == "sign"
    return False


def remarks(name, data):
    """Ce qu'il faut dire d'une source à l'enseignant, en phrases."""
    found = find(data)
    said = [f"{name}, ligne {line} : « {what} » sert à {why}, ce dont aucun lab n'a besoin" for line, what, why in found[:SHOWN]]
    if found[SHOWN:]:
        said.append(f"{name} : et {len(found) - SHOWN} autres curiosités")
    return said

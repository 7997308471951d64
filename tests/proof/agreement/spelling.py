"""L'orthographe des textes, des commentaires et des messages : spelling.py [FICHIER…].

Écrit « fichier:ligne: mot » pour chaque mot inconnu de hunspell et de tests/proof/agreement/spelling.txt, et rend 1.
Ce qui n'est pas du français est écarté par règle (spelling_prose.py), non par la liste de mots : celle-ci ne
garde que le vocabulaire du métier. Un mot de la liste qui ne sert plus est une faute aussi."""
import os
import re
import subprocess
import sys
import unicodedata

from tests.proof.agreement import spelling_prose

WORDS = "tests/proof/agreement/spelling.txt"
FRENCH, ENGLISH = "fr", "en_US"
ELISION = re.compile(r"^(?:[ldnsjcmt]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)['\u2019]", re.I)
TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def files():
    """Les fichiers suivis par git dont on sait lire la prose."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            stdout=subprocess.PIPE, check=True)
    names = listed.stdout.decode("utf-8", "surrogateescape").split("\0")
    return sorted(name for name in names if name and os.path.isfile(name) and spelling_prose.reader(name))


def passages(path):
    """(ligne, mots) pour chaque passage d'un fichier ; ce qui est entre guillemets, ou en italique, est un
    passage à part, et un mot seul entre guillemets est une citation."""
    for number, text in spelling_prose.read(path):
        for part in re.split(r"«\s*[^«»\s]*\s*»|«([^«»]*)»|\*([^*]+)\*", unicodedata.normalize("NFC", text)):
            if not part:
                continue
            words = [ELISION.sub("", match.group().replace("\u2019", "'")) for match in TOKEN.finditer(part)
                     if is_word(match.group(), part, match)]
            if words:
                yield number, words


def is_word(word, text, match):
    """Faux pour ce qui, par sa forme, n'est pas un mot : sigle, nom de fichier, identifiant, option."""
    before, after = text[:match.start()], text[match.end():]
    return not (
        len(ELISION.sub("", word)) < 2
        or ELISION.sub("", word).isupper()
        or re.search(r"[a-zà-ÿ][A-Z]|^[A-Z]{2}|^[A-Z]+-|ᵉ", word)
        or re.search(r"(?:[\w$@\\/=#&*\[<]|[\w/]\.|(?:^|\s)\.|(?:^|[\s(«\"'])-{1,2}|\w[:+])$", before)
        or re.match(r"[\w(=/\[]|\.\w|::|\+\+|\*\w", after))


def unknown(words, language):
    """Ceux que hunspell ne connaît pas."""
    command = ["hunspell", "-l", "-i", "utf-8", "-d", language]
    done = subprocess.run(command, input="\n".join(sorted(words)) + "\n", encoding="utf-8",
                          stdout=subprocess.PIPE, check=True)
    return set(done.stdout.split())


def names():
    """Les noms propres au dépôt : mots du C, fonctions, fichiers, buts de make, commandes dont on dépend."""
    found = set("auto bool const else enum extern false float goto int long return signed sizeof static struct true "
                "typedef unsigned void volatile while".split())
    for path in files():
        found.update(part.split(".")[0] for part in path.split("/"))
        if path.endswith((".c", ".h")):
            with open(path, encoding="utf-8") as file:
                found.update(re.findall(r"\b[a-z]\w+(?=\()|(?<=struct )\w+", file.read()))
        elif path.endswith(".py"):
            with open(path, encoding="utf-8") as file:
                found.update(name.lower() for name in re.findall(r"^ *(?:def|class) (\w+)", file.read(), re.M))
        elif path.endswith(("Makefile", ".mk")):
            with open(path, encoding="utf-8") as file:
                found.update(re.findall(r"^([a-z][a-z-]+):", file.read(), re.M))
    with open("tests/judge/command/deps.sh", encoding="utf-8") as file:
        found.update(re.findall(r"^\w+ +(?:command|browser) +(\S+)", file.read(), re.M))
    return found


def known_words():
    """Notre liste, et ce qui n'y va pas."""
    with open(WORDS, encoding="utf-8") as file:
        words = [line.rstrip("\n") for line in file if not line.startswith("#")]
    ordered = sorted(set(words), key=lambda word: (fold(word), word))
    return set(words), [] if words == ordered else ["%s : la liste n'est pas triée, ou un mot y est deux fois" % WORDS]


def fold(word):
    """L'ordre du dictionnaire : sans accents ni majuscules."""
    return unicodedata.normalize("NFD", word.lower()).encode("ascii", "ignore").decode()


def collect(asked):
    """Les passages de chaque langue : {langue: [(fichier, ligne, mots)]}."""
    found = {FRENCH: [], ENGLISH: []}
    for path in asked or files():
        language = ENGLISH if os.path.basename(path) == "README.md" else FRENCH
        found[language] += [(path, number, words) for number, words in passages(path)]
    return found


def misspelt(found, own):
    """(fichier, ligne, mot) pour chaque faute, et les mots de notre liste qui ont servi."""
    spared = names()
    # Un mot devenu le nom d'une fonction ou d'un fichier sert encore : un lab nouveau n'a rien à ôter de la liste.
    faults, used = [], {word for word in own if word.lower() in spared}
    for language, texts in found.items():
        absent = unknown({word for _, _, words in texts for word in words}, language)
        doubtful = absent - spared
        # Un passage tout en anglais cite ce qu'écrit un programme.
        foreign = unknown({word for _, _, words in texts for word in words}, ENGLISH) - spared
        for path, number, words in texts:
            strange = foreign.intersection(words)
            if len(words) > 1 and strange <= own:
                used |= strange
                continue
            # Une phrase n'a pas un mot inconnu sur deux : c'est une liste de noms.
            if len(words) > 3 and 2 * sum(word in absent for word in words) >= len(words):
                continue
            for word in words:
                if word not in doubtful or word.lower() in spared:
                    continue
                entry = next((form for form in (word, word.lower()) if form in own), None)
                used.add(entry)
                if entry is None:
                    faults.append((path, number, word))
    return faults, used


def main(asked):
    """Statut 1 s'il y a une faute."""
    own, problems = known_words()
    found = collect(asked)
    faults, used = misspelt(found, own)
    problems += ["%s:%d: %s" % fault for fault in faults]
    if not asked:
        problems += ["%s : « %s » ne sert plus" % (WORDS, word) for word in sorted(own - used, key=fold)]
    for problem in problems:
        print(problem)
    count = sum(len(words) for texts in found.values() for _, _, words in texts)
    print("orthographe : %d mots lus, %d faute(s)" % (count, len(problems)))
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# shellcheck shell=sh disable=SC2154 # « machine » vient de qui lit
# INGInious : la tâche dans /task, lancée par l'utilisateur 4242 ; les commandes de l'image sont imitées d'après
# leur documentation ; /.__output/__feedback.json est lu.
# https://docs.inginious.org/ (Run file), et base-containers/base/bin/INGInious.
install_platform() {
    for command in feedback-result feedback-grade feedback-msg; do
        cat >"$machine/usr/local/bin/$command" <<'FIN'
#!/usr/bin/python3
import json, pathlib, sys
path, kind = pathlib.Path("/.__output/__feedback.json"), pathlib.Path(sys.argv[0]).name[len("feedback-"):]
value = json.loads(path.read_text() or "{}")
words = [word for word in sys.argv[1:] if not word.startswith("-")]
value[{"msg": "text"}.get(kind, kind)] = float(words[0]) if kind == "grade" else words[0] if words else sys.stdin.read()
path.write_text(json.dumps(value))
FIN
        chmod 755 "$machine/usr/local/bin/$command"
    done
    cat >"$machine/usr/local/bin/getinput" <<'FIN'
#!/bin/sh
case $1 in rendu:filename) printf 'mon travail.zip' ;; rendu | rendu:value) cat /.__input/__inputfile_0 ;; *) exit 2 ;; esac
FIN
    chmod 755 "$machine/usr/local/bin/getinput"
}

submit() { # RENDU RÉSULTAT
    rm -rf "$machine/task" "$machine/.__input" "$machine/.__output"
    mkdir -m 755 "$machine/.__input" && mkdir -m 777 "$machine/.__output" && : >"$machine/.__output/__feedback.json" || return 1
    (cd "$1" && python3 -m zipfile -c "$machine/.__input/__inputfile_0" ./*) && cp -R build/platforms/inginious/tâche "$machine/task" || return 1
    chown -R 4242:4242 "$machine/task" "$machine/.__output" && chmod -R 777 "$machine/task" "$machine/.__output"
    as_worker 4242 bash -c 'cd /task && exec ./run'
    result=$?
    cp "$machine/.__output/__feedback.json" "$2.json"
    return "$result"
}

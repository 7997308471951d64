#!/bin/sh
# Replie, à la largeur du terminal, un texte lu sur l'entrée : la suite d'une ligne se met sous son texte. fold.sh [COLONNES]
set -u
width=${1:-}
[ -n "$width" ] || [ ! -t 1 ] || width=$(stty size </dev/tty 2>/dev/null | cut -d ' ' -f 2)
case ${width:-0} in *[!0-9]* | '' | 0) exec cat ;; esac
[ "$width" -ge 40 ] || width=40
# Les octets de suite d'un caractère UTF-8 ne comptent pas : certains awk lisent des octets.
# shellcheck disable=SC2016 # c'est awk qui développe
exec env LC_ALL=C awk -v width="$width" '
function columns(text) { gsub(/[\200-\277]/, "", text); return length(text) }
{
    if (columns($0) <= width) { print; next }
    match($0, /^ *(make [^ ]+|[A-Z]+=[^ ]*|[a-z]+)?  +/)
    lead = RLENGTH > 0 ? RLENGTH : 0
    if (lead == 0) { match($0, /^ */); lead = RLENGTH + 4 }
    if (lead > width / 2) lead = 6
    match($0, /^ */)
    line = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
    while (rest != "") {
        at = match(rest, /[^ ] +[^ ]/) ? RSTART : 0
        word = at ? substr(rest, 1, at) : rest
        rest = at ? substr(rest, at + 1) : ""
        match(rest, /^ */)
        gap = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
        if (columns(line word) > width && line !~ /^ *$/) {
            sub(/ +$/, "", line); print line
            line = sprintf("%" lead "s", "")
        }
        line = line word gap
    }
    sub(/ +$/, "", line); print line
}'

#!/bin/sh
# De l'adresse d'une instruction à la ligne du source : lines.sh -o SORTIE PROGRAMME ADRESSE…
# SORTIE reçoit, pour chaque adresse, ce qu'en dit addr2line : l'adresse, puis fonction et fichier:ligne, du plus profond
# des appels dépliés à la fonction elle-même. Ce qui est lu vient d'un programme jugé : temps et mémoire lui sont comptés,
# et, devant une classe, c'est dans le bac à sable du compilateur.
set -u
output=${1#-o}
shift
if [ -z "$output" ]; then
    output=$1
    shift
fi
program=$1
shift
# Un bac à sable en a déjà donné moins.
# shellcheck disable=SC3045 # dash, bash et busybox les connaissent toutes
{ ulimit -t 10; ulimit -v 4194304; ulimit -f 2048; } 2>/dev/null
exec addr2line -a -f -i -e "$program" "$@" >"$output" 2>/dev/null </dev/null

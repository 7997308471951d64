#!/bin/sh
# Le dessin d'un lab, pour la documentation, sans rien demander ni rien dire : figure.sh LAB FICHIER.svg
# WORK : le travail tracé (les corrigés, s'ils sont là). Statut 2 : ce système ne le permet pas, ou il manque un outil.
set -uf
lab=$1 figure=$2
for tool in tcpdump strace mscgen addr2line unshare; do
    command -v "$tool" >/dev/null 2>&1 || exit 2
done
built=$(LAB="$lab" sh tests/judge/command/judge.sh --build) || exit 2
exec sh tests/judge/command/python.sh tests/student/trace/trace.py --figure "$figure" "$lab" "${built%% *}/$lab/bin" "build/trace/figures/$lab"

#!/bin/sh
# Fait jouer sa scène à chaque lab trouvé dans WORK.
set -uf
built=$(sh tests/judge/command/judge.sh --build) || exit 2
# shellcheck disable=SC2086 # un dossier de build, puis des noms de labs : jamais d'espace
set -- $built
base=$1
shift
status=0
for lab; do
    sh tests/judge/command/python.sh tests/student/demo.py "$base/$lab/bin" "$lab" || status=$?
done
exit "$status"

#!/bin/sh
# Juge les tests que nomme TEST, puis dessine leur récit : transcript.sh SORTIE, dans une chambre (room.sh)
# Le rapport du juge n'est montré que s'il n'a pas pu travailler.
set -uf
out=$1
mkdir -p "$out" || exit 2
built=$(sh tests/judge/command/judge.sh --build) || exit 2
status=0
sh tests/judge/command/judge.sh >"$JUDGE_ROOM/judge.log" 2>&1 || status=$?
if [ "$status" -gt 1 ]; then
    cat "$JUDGE_ROOM/judge.log" >&2
    exit "$status"
fi
# shellcheck disable=SC2086 # un dossier de build, puis des noms de labs : jamais d'espace
set -- $built
base=$1
shift
# Seuls les labs qui ont un test de ce nom viennent d'être jugés.
for lab; do
    shift
    [ ! -s "$base/$lab/results.json" ] || set -- "$@" "$base/$lab/results.json"
done
exec sh tests/judge/command/python.sh tests/student/trace/transcript.py "$out" "$@"

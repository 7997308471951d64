#!/bin/sh
# Joue une scène de chaque lab trouvé dans WORK et la dessine, dans build/trace/LAB/ (ou OUT/LAB/).
# Avec TEST, dessine le récit de ce test. Arguments : ceux de trace.py (--quiet).
set -uf
sh tests/judge/command/deps.sh --if-missing trace || exit 2
out=${OUT:-build/trace}
if [ -n "${TEST:-}" ]; then
    exec sh tests/student/trace/transcript.sh "$out"
fi
built=$(sh tests/judge/command/judge.sh --build) || exit 2
options=$*
# shellcheck disable=SC2086 # un dossier de build, puis des noms de labs : jamais d'espace
set -- $built
base=$1
shift
status=0
for lab; do
    # shellcheck disable=SC2086
    sh tests/judge/command/python.sh tests/student/trace/trace.py $options "$lab" "$base/$lab/bin" "$out/$lab" || {
        code=$?
        [ "$code" -le "$status" ] || status=$code
    }
done
exit "$status"

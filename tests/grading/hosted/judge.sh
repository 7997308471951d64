#!/bin/sh
# Juge, sur la machine d'une plateforme, le travail d'une personne : judge.sh RENDU LAB FORMAT DESTINATION [FORMAT DESTINATION]…
#
# FORMAT est un fichier que la notation écrit pour chaque étudiant (results.json, vpl.txt, classroom.json…), ou junit.xml ;
# il est copié, d'un coup, à sa DESTINATION. LAB vide : tous les labs. La machine est jetable : HOSTED=1 permet d'y fermer ce
# qui juge aux programmes sans bac à sable, quand bubblewrap ne s'y ouvre pas.
# Statut : 0 jugé, quelle que soit la note ; 2 non jugé, et aucune destination n'est écrite.
set -uf
work=$(realpath "$1") lab=$2 began=$PWD
shift 2
here=$(dirname "$(realpath "$0")")
cd "$here/../../.." || exit 2
umask 022
LABS=$(set +f && for file in tests/*/lab.mk; do
    name=${file#tests/}
    printf '%s ' "${name%/lab.mk}"
done)
export LABS LAB="$lab" WORK="$work" HOSTED=1 SANDBOX=1 GOAL="la plateforme" PATH="$PATH:$PWD/build/packages/bin"

# Le barème de l'enseignant, s'il en a donné un (make platform SCALE=).
[ ! -f bareme.txt ] || export SCALE=bareme.txt

# Les juges que l'archive apporte déjà construits servent s'ils démarrent ici ; sinon, ils sont construits.
for name in $LABS; do
    case $name in "$lab"*) ;; *) continue ;; esac
    "build/tests/$name/judge" --list </dev/null >/dev/null 2>&1 || wanted="${wanted:-} $name"
done
# shellcheck disable=SC2086 # des noms de labs, sans espace
[ -z "${wanted:-}" ] || sh tests/judge/command/judges.sh $wanted >&2 || exit 2

OUT=$(mktemp -d) && export OUT || exit 2
trap 'rm -rf "$OUT"' EXIT
sh tests/judge/command/judge.sh </dev/null
[ $? -le 1 ] || exit 2
while [ $# -gt 1 ]; do
    made=$(find "$OUT" -name "$1" -type f | head -n 1)
    case $2 in /*) place=$2 ;; *) place=$began/$2 ;; esac
    if [ -z "$made" ] || ! cp "$made" "$place.part" || ! mv -f "$place.part" "$place"; then exit 2; fi
    shift 2
done

#!/bin/sh
# Construit ce qui juge, par judge.mk : judges.sh LAB… (le juge de chacun, les injecteurs, l'entrée du bac à sable) ; et ce
# que tous les travaux partagent (common/), par work.mk : ceux qui en compilent plusieurs de front n'y touchent plus.
# Rien n'a changé depuis la dernière fois : make n'est pas même lancé.
set -uf
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
. tests/judge/command/lock.sh

changed() { # LAB : ce qu'il en faut est-il plus jeune que son juge ? Un dossier l'est quand un fichier en est ôté.
    [ -f "build/tests/$1/built" ] && [ -x "build/tests/$1/judge" ] || return 0
    sources="tests/$1 tests/shared tests/judge/library common tests/judge/command/judge.mk tests/judge/command/lab_reader.py tests/judge/command/lighten.sh tests/judge/command/work.mk tests/judge/command/compile.sh"
    [ ! -d tests/grading/sandbox ] || sources="$sources tests/grading/sandbox"
    # shellcheck disable=SC2086 # des noms de dossiers, sans espace
    [ -n "$(find $sources \( -name mutants -o -name variants -o -name naive -o -name hints \) -prune -o -newer "build/tests/$1/built" -print -quit)" ]
}

stale() {
    for lab; do
        if changed "$lab"; then return 0; fi
    done
    return 1
}

stale "$@" || exit 0
take_lock
stale "$@" || exit 0
for lab; do
    mkdir -p "build/tests/$lab" && touch "build/tests/$lab/building" || exit 2
done
jobs=$(nproc 2>/dev/null || echo 2)
${MAKE:-make} -s -j"$jobs" -f tests/judge/command/judge.mk LABS="$*" || exit 2
${MAKE:-make} -s -j"$jobs" -f tests/judge/command/work.mk LABS="$*" BASE=build/work/given common || exit 2
for lab; do
    mv -f "build/tests/$lab/building" "build/tests/$lab/built" || exit 2
done

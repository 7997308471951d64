#!/bin/bash
# shellcheck shell=bash source=tests/grading/hosted/vpl/vpl_unpack.sh disable=SC1091,SC2154 # il est à côté, et dit « lab »
# VPL lance ce script pour évaluer ; ce qu'il doit laisser est vpl_execution, dont VPL lit la sortie. Les fichiers d'exécution
# sont effacés entre les deux : tout est déballé ici.
. ./vpl_unpack.sh
cat >vpl_execution <<'FIN'
#!/bin/sh
# Rien de ce que dit un programme n'arrive à VPL sans être cité : la note est la nôtre, ou il n'y en a pas.
if sh .juge/sockets-en-c/tests/grading/hosted/judge.sh .rendu "@LAB@" vpl.txt .note.txt >.journal 2>&1; then
    cat .note.txt
else
    printf '%s\n' '<|--' '-Ce travail n'\''a pas pu être jugé ; ce n'\''est pas un zéro'
    tail -n 5 .journal | sed 's/^/>/'
    printf '%s\n' '--|>'
fi
FIN
chmod 755 vpl_execution

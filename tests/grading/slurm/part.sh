#!/bin/sh
# Ce que Slurm lance sur un nœud : part.sh DÉPÔT DOSSIER TÉMOIN
# Juge la part DOSSIER/$SLURM_ARRAY_TASK_ID. Statut 66 : ce nœud ne voit pas le dossier partagé.
set -u
part=$2/$SLURM_ARRAY_TASK_ID
cd -- "$1" 2>/dev/null || exit 66
[ "$(cat -- "$2/temoin" 2>/dev/null)" = "$3" ] || exit 66
exec sh tests/judge/command/python.sh tests/grading/slurm/node.py "$part" >>"$part.finis" 2>>"$part.journal"

#!/bin/sh
# Lance un programme jugé là où bubblewrap ne s'ouvre pas, mais où la machine entière est jetable : le conteneur d'une
# plateforme. C'est alors la valeur de JUDGE_WRAPPER, par son chemin entier (closed.py) :
#     sh …/closed.sh UTILISATEUR PROGRAMME ARGUMENTS…
#
# UTILISATEUR est un numéro : celui qu'il devient, si c'est root qui juge ; 0 si ce n'est pas root, et Landlock le ferme alors
# (closing.h). Il n'écrit que dans le dossier d'où on le lance. Le réseau est celui de qui appelle ; la mémoire et le disque ne
# sont bornés que par le conteneur.
set -uf
here=${0%/*}
# shellcheck source=tests/grading/sandbox/limits.conf disable=SC1091
. "$here/limits.conf"
user=$1
shift
# L'ombre d'un assainisseur réserve des téraoctets d'adresses.
space=$RUN_ADDRESS_SPACE
case $1 in *_thread | *_address) space=unlimited ;; esac
exec "$here/../../../build/sandbox/start" closed=. user="$user" space="$space" cpu="$RUN_CPU" file="$RUN_FILE" \
    descriptors="$RUN_DESCRIPTORS" stack="$RUN_STACK" ${JUDGE_PRELOAD:+preload="$JUDGE_PRELOAD"} "$@"

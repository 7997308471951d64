#!/bin/sh
# Fait faire une commande par un utilisateur ordinaire, sans aucun pouvoir : le jugement d'un travail entier,
# compilation comprise, quand c'est root qui corrige. Qui n'est pas root fait la commande lui-même, telle quelle.
#     sh tests/grading/sandbox/as_user.sh [--owns DOSSIER]… COMMANDE ARGUMENTS…
#     sh tests/grading/sandbox/as_user.sh --check       dit seulement si c'est possible, et rend 0 ou 2
#     sh tests/grading/sandbox/as_user.sh --uid         le numéro de l'utilisateur qui fera la commande
#
# --owns DOSSIER : ce dossier (créé s'il manque), et ce qu'il contient, est donné à cet utilisateur : c'est là que
# la commande peut écrire. Le reste du dépôt doit lui être lisible, et seulement cela.
#
# L'environnement est refait à neuf : il ne garde que PATH, les réglages de make (ci-dessous) et ceux du juge
# (JUDGE_*). HOME est vide, aucun groupe n'est gardé, aucun pouvoir ne peut revenir (no-new-privs).
# SANDBOX_UID choisit le numéro. Il ne doit être celui de personne : ce qui tourne sous le même numéro, hors d'un
# bac à sable, serait à portée de signal. Statut : celui de la commande, ou 2 si elle n'a pas pu être faite.
set -uf
uid=${SANDBOX_UID:-59871}

die() {
    printf 'bac à sable : %s\n' "$1" >&2
    exit 2
}

bare() { # COMMANDE… : sous ce numéro, sans groupe ni pouvoir
    setpriv --reuid="$uid" --regid="$uid" --clear-groups --no-new-privs --inh-caps=-all --ambient-caps=-all \
        --bounding-set=-all -- "$@"
}

# Ce qui doit s'ouvrir à ce numéro, une option de test puis un chemin, plusieurs fois ; rend le premier qui reste fermé.
# Un seul processus regarde tout : chaque setpriv coûterait, à chaque rendu, autant que lui.
first_closed() {
    # shellcheck disable=SC2016 # c'est l'autre shell qui développe
    bare sh -c 'while [ $# -gt 0 ]; do
                    test "$1" "$2" || { printf "%s %s" "$1" "$2"; exit 0; }
                    shift 2
                done' sh "$@"
}

# Le chemin entier, de la racine au dépôt, doit s'ouvrir : sous /root, ou dans un dossier privé, il ne s'ouvre pas.
check_reading() {
    here=$(pwd -P && echo x)
    here=${here%?x}
    path='' rest=${here#/}/
    set --
    while [ -n "$rest" ]; do
        path=$path/${rest%%/*}
        rest=${rest#*/}
        set -- "$@" -x "$path"
    done
    for file in Makefile tests/judge/command/judge.sh tests/judge/library/run/judge.h common labs; do
        [ ! -e "$file" ] || set -- "$@" -r "$here/$file"
    done
    closed=$(first_closed "$@") || die "setpriv ne peut pas devenir l'utilisateur $uid ici"
    case $closed in
    -x*) die "root corrige sous un numéro ordinaire ($uid), et « ${closed#-x } » ne lui est pas ouvert : mettez le dépôt ailleurs (/srv, /opt…), ou chmod a+rx « ${closed#-x } »" ;;
    -r*) die "root corrige sous un numéro ordinaire ($uid), et « ${closed#-r } » ne lui est pas lisible : chmod -R a+rX « $here »" ;;
    esac
}

if [ "$(id -u)" -ne 0 ]; then
    while [ "${1:-}" = --owns ]; do
        [ -d "$2" ] || mkdir -p -- "$2" || die "$2 : ce dossier ne peut pas être créé"
        shift 2
    done
    case ${1:-} in
    --check) exit 0 ;;
    --uid) id -u && exit 0 ;;
    esac
    exec "$@"
fi

case $uid in '' | *[!0-9]* | 0*) die "SANDBOX_UID=$uid : le numéro d'un utilisateur ordinaire est attendu" ;; esac
command -v setpriv >/dev/null || die "setpriv (util-linux) n'est pas installé : make deps GROUP=class"
case ${1:-} in
--uid) echo "$uid" && exit 0 ;;
esac
check_reading
[ "${1:-}" != --check ] || exit 0
while [ "${1:-}" = --owns ]; do
    [ -d "$2" ] || mkdir -p -- "$2" || die "$2 : ce dossier ne peut pas être créé"
    chown -Rh -- "$uid:$uid" "$2" || die "$2 : ce dossier ne peut pas être donné à l'utilisateur $uid"
    shift 2
done
[ $# -gt 0 ] || die "aucune commande"

# Les réglages à garder : « NOM=valeur » devant la commande, à l'octet près.
for name in WORK LAB LABS STEP TEST MIN JUNIT FRAMING SANITIZE COUNT CC MAKE NO_COLOR LANG TERM \
    COMPILE_WRAPPER JUDGE_WRAPPER JUDGE_NETWORK JUDGE_SLOWNESS JOBS OUT REVEAL; do
    eval "[ -z \"\${$name+set}\" ] || set -- \"$name=\$$name\" \"\$@\""
done
umask 022
exec setpriv --reuid="$uid" --regid="$uid" --clear-groups --no-new-privs --inh-caps=-all --ambient-caps=-all \
    --bounding-set=-all -- env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 "$@"

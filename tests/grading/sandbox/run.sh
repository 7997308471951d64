#!/bin/sh
# Lance un programme jugé dans un bac à sable (bubblewrap) : c'est la valeur de JUDGE_WRAPPER.
#     JUDGE_WRAPPER="sh tests/grading/sandbox/run.sh" make test WORK=…
#     sh tests/grading/sandbox/run.sh PROGRAMME ARGUMENTS…        (à la main)
#
# Dedans : PROGRAMME, en lecture seule, sous /app ; /usr en lecture seule ; de /etc, ce que demande la
# résolution des noms ; /proc pour lui seul ; un dossier jetable, /box, en mémoire et limité (limits.conf).
# Rien du dépôt, ni du reste de la machine. Le réseau est celui de qui appelle : le juge donne le sien à chaque
# test, fermé au dehors. Sans lui, ou sur un réseau partagé, un programme hostile peut sortir :
# protections.py le dit, et la correction d'une classe le refuse.
#
# Le moins de montages possible : bwrap relit à chacun la table de tous les autres, et un rendu lance cent programmes.
#
# build/sandbox/start (start.c, que construit tests/judge/command/judge.mk) y est le premier processus. Il pose
# les limites, lance le programme et dit comment il finit.
#
# Réglages, par l'environnement, posés par le juge (tests/judge/library/launch/spawn.c) :
#   JUDGE_REPORT=3       le descripteur où start rend compte, les entrée et sorties du programme étant alors
#                        les descripteurs 4 à 6 ; sans lui, le statut de run.sh est celui du
#                        programme (128 + N si le signal N l'a tué), et sa fin termine ses descendants
#   JUDGE_PRELOAD=LIB    bibliothèque préchargée dans le programme, et en lui seul ; JUDGE_INJECT : ses réglages
#   SANITIZE, ASAN_OPTIONS, LSAN_OPTIONS, UBSAN_OPTIONS, TSAN_OPTIONS    comme pour le juge
#   JUDGE_ETC=DOSSIER    ce qui tient lieu de /etc
#   JUDGE_SAVE=FICHIER   y écrire la commande, sans les arguments du programme, chaque mot suivi d'un octet nul : le
#                        juge lancera les fois suivantes bwrap lui-même, sans ce script
#   SANDBOX_NETWORK=none un réseau à part, vide : pour protections.py, qui lance sans juge
# Ce dossier peut être copié ailleurs, tant que ../../../build/sandbox/start s'y trouve aussi.
set -uf
here=${0%/*}
[ "$here" != "$0" ] || here=.
# shellcheck source=tests/grading/sandbox/opening.sh
. "$here/opening.sh"

[ $# -gt 0 ] || die "aucun programme à lancer"

program=$1
shift
arguments=$#
inside=/app/${program##*/}

# L'ombre d'un assainisseur réserve des téraoctets d'adresses : cette limite l'empêcherait de démarrer.
space=$RUN_ADDRESS_SPACE
case ${SANITIZE:-}$inside in address* | thread* | *_thread | *_address) space=unlimited ;; esac

# Ce qui suit se lit de bas en haut : chaque « set » ajoute devant.
set -- tasks="$RUN_TASKS" space="$space" cpu="$RUN_CPU" file="$RUN_FILE" descriptors="$RUN_DESCRIPTORS" \
    stack="$RUN_STACK" ${JUDGE_REPORT:+report="$JUDGE_REPORT" streams=4} ${JUDGE_PRELOAD:+preload=/app/preload.so} \
    "$inside" "$@"
set -- --remount-ro / --chdir /box -- /app/start "$@"
[ -z "${JUDGE_PRELOAD:-}" ] || set -- --ro-bind "$JUDGE_PRELOAD" /app/preload.so \
    --setenv JUDGE_INJECT "${JUDGE_INJECT:-}" "$@"
[ -z "${ASAN_OPTIONS:-}" ] || set -- --setenv ASAN_OPTIONS "$ASAN_OPTIONS" "$@"
[ -z "${LSAN_OPTIONS:-}" ] || set -- --setenv LSAN_OPTIONS "$LSAN_OPTIONS" "$@"
[ -z "${UBSAN_OPTIONS:-}" ] || set -- --setenv UBSAN_OPTIONS "$UBSAN_OPTIONS" "$@"
[ -z "${TSAN_OPTIONS:-}" ] || set -- --setenv TSAN_OPTIONS "$TSAN_OPTIONS" "$@"
[ "${SANDBOX_NETWORK:-}" != none ] || set -- --unshare-net "$@"
# shellcheck disable=SC2086 # des mots sans espace
set -- $system_folders "$@"

# De /etc, ce que lit la bibliothèque C : la copie que le juge en a faite, ou chaque fichier à sa place.
if [ -n "${JUDGE_ETC:-}" ]; then
    set -- --ro-bind "$JUDGE_ETC" /etc "$@"
else
    for file in hosts resolv.conf nsswitch.conf host.conf gai.conf services protocols ld.so.cache; do
        set -- --ro-bind-try "/etc/$file" "/etc/$file" "$@"
    done
fi

# L'environnement du processus 1 se lit du dedans, dans /proc/1/environ : c'est ici celui de start, refait à neuf
# (--clearenv, --as-pid-1), et non celui de bwrap, qui reste dehors.
set -- "$bwrap" \
    --unshare-user \
    --disable-userns \
    --unshare-pid \
    --as-pid-1 \
    --unshare-ipc \
    --unshare-uts \
    --unshare-cgroup-try \
    --die-with-parent \
    --new-session \
    --cap-drop ALL \
    --hostname lab \
    --clearenv \
    --setenv PATH /usr/local/bin:/usr/bin:/bin \
    --setenv MALLOC_PERTURB_ "${MALLOC_PERTURB_:-165}" --setenv MALLOC_ARENA_MAX "${MALLOC_ARENA_MAX:-1}" \
    --setenv LC_ALL C.UTF-8 \
    --setenv HOME /box \
    --setenv TMPDIR /box \
    --ro-bind /usr /usr \
    --ro-bind "$program" "$inside" \
    --ro-bind "$start" /app/start \
    --proc /proc \
    --dev-bind /dev/null /dev/null \
    --dev-bind /dev/zero /dev/zero \
    --dev-bind /dev/urandom /dev/urandom \
    --symlink urandom /dev/random \
    --symlink /proc/self/fd /dev/fd \
    --symlink /proc/self/fd/0 /dev/stdin \
    --symlink /proc/self/fd/1 /dev/stdout \
    --symlink /proc/self/fd/2 /dev/stderr \
    --size "$RUN_DISK" \
    --tmpfs /box \
    --symlink /box /tmp \
    --symlink /box /dev/shm \
    "$@"

# Plusieurs tests peuvent écrire ce fichier à la fois : chacun le sien, puis son nom.
if [ -n "${JUDGE_SAVE:-}" ]; then
    kept=$(($# - arguments))
    for word; do
        [ "$kept" -gt 0 ] || break
        printf '%s\000' "$word"
        kept=$((kept - 1))
    done >"$JUDGE_SAVE.$$" && mv -f "$JUDGE_SAVE.$$" "$JUDGE_SAVE"
fi
exec "$@"

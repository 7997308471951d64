#!/bin/sh
# Un appel du compilateur dans un bac à sable (bubblewrap) : c'est la valeur de COMPILE_WRAPPER.
#     COMPILE_WRAPPER="sh tests/grading/sandbox/compile.sh" make test WORK=…
#     sh tests/grading/sandbox/compile.sh cc OPTIONS… -o RÉSULTAT ENTRÉES…      (à la main)
# Appelé par tests/judge/command/compile.sh, à la racine du dépôt. Le statut est celui du
# compilateur (128 + N si le signal N l'a tué), ou 125 si c'est le bac à sable qui n'a pas pu faire son travail ;
# les messages sortent sur stderr.
#
# Dedans : /usr en lecture seule ; les entrées nommées (sources, objets, archives), et les en-têtes (*.h) des
# dossiers de -I, ceux et les *.c des dossiers de -iquote, en lecture seule et sous le même nom ; /dev/null. Ni /proc, ni /etc (sauf
# les liens de /etc/alternatives, par où Debian trouve le compilateur), ni autre
# périphérique, ni rien d'autre du dépôt. Le résultat sort par un tube : aucun dossier de la machine n'est
# inscriptible. Temps, mémoire, processus, tailles du résultat et des messages sont limités (limits.conf).
# Les dépendances (-MMD -MP) ne sont pas écrites : une correction de classe compile chaque travail à neuf.
set -uf
here=${0%/*}
[ "$here" != "$0" ] || here=.
# shellcheck source=tests/grading/sandbox/opening.sh
. "$here/opening.sh"

out=/out
# shellcheck source=tests/grading/sandbox/compile_words.sh
. "$here/compile_words.sh"

# shellcheck disable=SC2016 # c'est le shell du bac à sable qui développe
set -- --remount-ro / -- /app/start tasks="$COMPILE_TASKS" space="$COMPILE_ADDRESS_SPACE" cpu="$COMPILE_CPU" file="$COMPILE_FILE" \
    /bin/sh -c '"$@" >/dev/null 2>/out/messages
                status=$?
                [ ! -s /out/messages ] || head -c '"$COMPILE_MESSAGES"' /out/messages >&2
                case $status in 0) exec cat /out/result ;; 1) exit 64 ;; *) exit "$status" ;; esac' sh "$@"

# Où un fichier que la commande nomme sera montré ; nulle part, s'il y est déjà : /bin et /lib sont souvent des liens
# vers /usr, et bubblewrap, depuis la version 0.12, refuse de monter quoi que ce soit par un lien.
locate() { # CHEMIN
    place=
    [ -f "$1" ] || return 0
    case $1 in
    /usr/* | /bin/* | /lib/* | /lib32/* | /lib64/* | /app/* | /etc/alternatives/* | /dev/null) ;;
    /*) place=$1 ;;
    *) place=/src/$1 ;;
    esac
}

# « for » a copié la liste avant que « set » la change.
for word; do
    case $word in
    -I* | -iquote*)
        set +f
        folder=${word#-iquote}
        # Dans -iquote, ce que l'étudiant a écrit : il inclut parfois un de ses .c.
        case $word in -iquote*) kinds='h c' ;; *) kinds=h ;; esac
        for kind in $kinds; do
            for header in "${folder#-I}"/*."$kind"; do
                locate "$header"
                [ -z "$place" ] || set -- --ro-bind "$header" "$place" "$@"
            done
        done
        set -f
        ;;
    -*) ;;
    *)
        locate "$word"
        [ -z "$place" ] || set -- --ro-bind "$word" "$place" "$@"
        ;;
    esac
done
# shellcheck disable=SC2086 # des mots sans espace
set -- $system_folders "$@"

status=0
"$bwrap" \
    --unshare-user \
    --disable-userns \
    --unshare-pid \
    --as-pid-1 \
    --unshare-net \
    --unshare-ipc \
    --unshare-uts \
    --unshare-cgroup-try \
    --die-with-parent \
    --new-session \
    --cap-drop ALL \
    --clearenv \
    --setenv PATH /usr/local/bin:/usr/bin:/bin \
    --setenv LC_ALL C.UTF-8 \
    --setenv TMPDIR /out \
    --ro-bind /usr /usr \
    --ro-bind "$start" /app/start \
    --ro-bind-try /etc/alternatives /etc/alternatives \
    --dev-bind /dev/null /dev/null \
    --size "$COMPILE_DISK" \
    --tmpfs /out \
    --dir /src \
    --chdir /src \
    "$@" >"$output.part" || status=$?
# 1 est le statut de bwrap quand il n'a rien pu faire : celui du compilateur a été mis de côté.
case $status in
1) status=125 ;;
64) status=1 ;;
esac
settle "$status"

# shellcheck shell=sh
# À inclure (« . tests/judge/command/lock.sh ») : ce qui se compile sous build/ s'y compile un à la fois.
# Le verrou est celui du noyau (`man 2 flock`) : il meurt avec le dernier processus qui le tient, même tué ; le fichier ne
# fait que dire par qui il est tenu. Un compilateur dont le maître a été tué le tient donc tant qu'il écrit.
LOCK=build/lock

take_lock() { # Qui attend dit aussitôt qui il attend.
    [ -d build ] || mkdir -p build || exit 2
    { : >>"$LOCK"; } 2>/dev/null || {
        echo "juge : build/ : impossible d'y écrire" >&2
        exit 2
    }
    exec 9<>"$LOCK"
    flock -n -E 75 9 2>/dev/null
    # Un disque qui ne connaît pas les verrous (certains partages) : on s'en passe.
    if [ $? -eq 75 ]; then
        read -r holder <&9 || :
        echo "juge : j'attends ${holder:-une autre commande}, qui compile." >&2
        flock 9
    fi
    printf '%s\n' "${GOAL:-une autre commande} (processus $$)" >"$LOCK"
}

release_lock() {
    exec 9>&-
}

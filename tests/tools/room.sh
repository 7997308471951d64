#!/bin/sh
# Lance une commande avec une chambre à elle : room.sh COMMANDE…
# La chambre (JUDGE_ROOM) reçoit les programmes que cette commande juge ou montre, et ce qu'elle en écrit : une autre,
# sur le même travail au même instant, n'y touche pas. Elle disparaît avec le dernier processus de la commande, même
# tué : tous tiennent son verrou, que l'effacement attend.
set -uf
[ -z "${JUDGE_ROOM:-}" ] || exec "$@"

erase_when_free() { # CHAMBRE OPTIONS… de flock
    room=$1
    shift
    flock "$@" "$room/held" rm -rf "$room" 2>/dev/null
}

# Celles dont l'effacement a lui-même été tué. Une chambre à peine ouverte, pas encore tenue, peut y passer :
# qui l'ouvrait en ouvre une autre.
erase_forgotten() {
    set +f
    for forgotten in build/rooms/*/; do
        [ ! -d "$forgotten" ] || erase_when_free "${forgotten%/}" -n
    done
    set -f
}

open_room() {
    mkdir -p build/rooms && JUDGE_ROOM=$(mktemp -d build/rooms/XXXXXX) || {
        echo "juge : build/ : impossible d'y écrire" >&2
        exit 2
    }
    { chmod 755 "$JUDGE_ROOM" && command exec 8<>"$JUDGE_ROOM/held"; } 2>/dev/null || return 1
    flock -s 8
    [ -e "$JUDGE_ROOM/held" ]
}

erase_forgotten
until open_room; do :; done
export JUDGE_ROOM
(exec 8<&- && erase_when_free "$JUDGE_ROOM" &) </dev/null >/dev/null 2>&1
exec "$@"

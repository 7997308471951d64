#!/bin/sh
# Lance une commande avec une chambre à elle : room.sh COMMANDE…
# La chambre (JUDGE_ROOM, et un TMPDIR) reçoit les programmes que cette commande juge ou montre, et ce qu'elle en
# écrit : une autre, sur le même travail au même instant, n'y touche pas. Elle disparaît avec le dernier processus de la
# commande, même tué : tous tiennent son verrou, que l'effacement attend, hors d'atteinte de qui tue le groupe.
set -uf
[ -z "${JUDGE_ROOM:-}" ] || exec "$@"

# Le verrou, un fichier, dit où est le TMPDIR. Ce que l'on verrouille doit encore être ce que le nom désigne : un autre a pu
# effacer la chambre pendant qu'on l'ouvrait, et son verrou n'être plus à personne. Elle perd son nom avant son contenu, pour
# qu'on ne puisse plus l'ouvrir, et le TMPDIR avant elle : tué entre les deux, cet effacement est repris par un autre.
# shellcheck disable=SC2016 # c'est le shell lancé qui développe
ERASE='exec 9<>"$1/held" && flock $2 9 && [ "$1/held" -ef /proc/self/fd/9 ] || exit 0
name=${1##*/}
gone=build/rooms/.${name#.}
[ "$1" = "$gone" ] || mv -T "$1" "$gone" || exit 0
read -r temporary <"$gone/held" || :
rm -rf ${temporary:+"$temporary"} "$gone"'

# Celles dont l'effacement a lui-même été tué. Une chambre à peine ouverte, pas encore tenue, peut y passer :
# qui l'ouvrait en ouvre une autre.
erase_forgotten() {
    set +f
    for forgotten in build/rooms/*/ build/rooms/.[!.]*/; do
        [ ! -d "$forgotten" ] || sh -c "$ERASE" sh "${forgotten%/}" -n 2>/dev/null
    done
    set -f
}

refuse() {
    echo "juge : $1 : impossible d'y écrire" >&2
    exit 2
}

open_room() {
    number=$((number + 1))
    JUDGE_ROOM=build/rooms/$$-$number TMPDIR=$place/room-$$-$number
    { mkdir -m 755 "$JUDGE_ROOM" && command exec 8<>"$JUDGE_ROOM/held"; } 2>/dev/null || return 1
    flock -s 8
    # shellcheck disable=SC3013 # POSIX.1-2024 connaît -ef, et les anciennes dash et bash aussi
    [ "$JUDGE_ROOM/held" -ef /proc/self/fd/8 ] || return 1
    # Écrit d'abord : tué ici, rien ne reste qui ne soit dit.
    printf '%s\n' "$TMPDIR" >&8
    mkdir -m 755 "$TMPDIR" 2>/dev/null && return 0
    # Il est à un autre : ne pas l'effacer avec cette chambre.
    : >"$JUDGE_ROOM/held"
    return 1
}

place=${TMPDIR:-/tmp} number=0
[ -d build/rooms ] || mkdir -p build/rooms 2>/dev/null
[ -w build/rooms ] || refuse build/
[ -w "$place" ] || refuse "$place"
erase_forgotten
until open_room; do [ "$number" -lt 100 ] || refuse build/rooms; done
export JUDGE_ROOM TMPDIR
setsid -f sh -c "$ERASE" sh "$JUDGE_ROOM" '' 8<&- </dev/null >/dev/null 2>&1
exec "$@"

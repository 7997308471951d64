#!/bin/sh
# Refait en .tar une archive que Python ne lit pas, dans un bac à sable : unpack.sh SORTE OCTETS <ARCHIVE >TAR
#     unpack.sh --tool SORTE       l'outil qui l'ouvrirait ici ; statut 1 s'il n'y en a pas
# SORTE : 7z, rar ou zst ; OCTETS : la place de l'archive et de ce qu'elle contient. Statut : 0, 1 si l'outil n'a pas pu l'ouvrir, 2 s'il manque un outil ou le bac à sable.
# Dedans : /usr et l'outil, en lecture seule ; un dossier en mémoire, borné ; ni réseau, ni rien de la machine.
set -uf

tool_for() { # SORTE
    sort=$1
    case $sort in
    zst) set -- bsdtar zstd ;;
    rar) set -- bsdtar unrar 7zz 7z ;;
    7z) set -- bsdtar 7zz 7z 7za 7zr ;;
    *) return 1 ;;
    esac
    for name; do
        tool=$(command -v "$name") && knows "$sort" && return 0
    done
    return 1
}

# Celui de Debian a perdu ce qui lit un .rar, qui n'est pas libre : il dirait abîmée une archive saine.
knows() { # SORTE
    case $1:${tool##*/} in
    rar:7z*) "$tool" i 2>/dev/null | grep -q ' Rar' ;;
    esac
}

if [ "${1:-}" = --tool ]; then
    tool_for "${2:-}" || exit 1
    echo "$tool"
    exit 0
fi
tool_for "${1:-}" || exit 2
kind=$1 size=$2
bwrap=$(command -v bwrap) || exit 2
folder=${tool%/*}

set --
for name in /lib /lib32 /lib64 /bin /sbin; do
    if [ -L "$name" ]; then
        set -- "$@" --symlink "$(readlink "$name")" "$name"
    elif [ -d "$name" ]; then
        set -- "$@" --ro-bind "$name" "$name"
    fi
done
case $folder in
/usr/* | /bin) ;;
# Un paquet déballé : l'outil, et les bibliothèques qui sont venues avec lui.
*) set -- "$@" --ro-bind "${folder%/bin}" "${folder%/bin}" ;;
esac

# shellcheck disable=SC2016 # c'est le shell du bac à sable qui développe
exec "$bwrap" --unshare-user --unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try --die-with-parent \
    --new-session --cap-drop ALL --clearenv --setenv PATH "$folder:/usr/bin:/bin" --setenv LC_ALL C.UTF-8 \
    --ro-bind /usr /usr --ro-bind-try /etc/alternatives /etc/alternatives --dev-bind /dev/null /dev/null \
    --size "$size" --tmpfs /tmp --chdir /tmp "$@" --remount-ro / -- /bin/sh -c '
        ulimit -t 20; ulimit -v 1048576; ulimit -f 1048576
        cat >archive && mkdir out || exit 1
        case $2:${1##*/} in
        # Par un tube : en revenant en arrière, il prend un .rar qui finit par un .zip pour ce .zip.
        rar:bsdtar) cat archive | "$1" -cf - --format=pax @-; exit ;;
        *:bsdtar) exec "$1" -cf - --format=pax @archive ;;
        *:zstd) exec "$1" -dcq archive ;;
        *:unrar) "$1" x -p- -y -idq archive out/ >/dev/null 2>&1 ;;
        *) "$1" x -y -p -bd -oout archive >/dev/null 2>&1 ;;
        esac
        # 1 : un avertissement ; plus : il est abîmé, et ce qui en est sorti ne dit pas ce qui manque.
        [ $? -le 1 ] && cd out && exec tar -cf - .' sh "$tool" "$kind"

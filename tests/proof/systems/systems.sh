#!/bin/sh
# « make systems » : ce que fait un nouvel arrivant, sur une Debian nue, refaite à neuf à chaque fois.
#   SYSTEM=trixie   ce système seul ; sans lui, `bookworm` et `trixie` ; FULL=1 : `testing` aussi
#   BRIEF=1         chaque chemin, et chaque façon d'y juger, mais non par chacun des deux utilisateurs
#   SYSTEMS_CACHE=  où garder les systèmes et leurs paquets (~/.cache/sockets-en-c/systems)
# Chacun est une machine à part (unshare, pivot_root) : un simple chroot interdit les espaces d'utilisateurs, et
# mentirait sur le bac à sable. C'est justement un chroot, sans les pouvoirs que les conteneurs n'ont pas, qui sert
# à refaire le chemin sans eux. Les gestes sont dans newcomer.sh, qui est seul à savoir ce qui doit être vu.
# Rien de l'hôte n'est touché : montages et processus disparaissent avec la machine, même si l'on est tué.
# Statut : 0 tout va bien, ou cette machine ne permet pas d'essayer (c'est dit) ; 1 un geste a échoué ; 2 rien n'a pu être fait.
set -uf
export LC_ALL=C.UTF-8
here=tests/proof/systems
journals=build/check/systems
LIMIT_S=3600
kind=systems
# shellcheck source=tests/proof/systems/machine.sh
. "$here/machine.sh"

# Le premier processus d'un espace tué, plus rien n'y vit quand unshare rend la main.
leave() {
    if [ -n "$running" ]; then
        first=$(cat "/proc/$running/task/$running/children" 2>/dev/null)
        # shellcheck disable=SC2086 # un numéro, ou rien
        kill -KILL ${first:-"$running"} 2>/dev/null
        wait "$running"
    fi
    rm -rf --one-file-system "$machine" "$cache/depot.tar"
}

# Le dépôt tel qu'il est ici, avec ce qui n'est pas encore enregistré ; il devient un clone dans la machine.
pack_repository() {
    git ls-files --cached --others --exclude-standard -z |
        tar --null --verbatim-files-from --files-from=- --ignore-failed-read -cf "$cache/depot.tar" 2>/dev/null
}

# Le reste se passe dans la machine (enter), puis dans le système (newcomer.sh).
visit() { # SYSTÈME CHEMIN
    cp -a "$cache/$1" "$machine" && mkdir "$machine/depot" "$machine/journaux" || return 1
    cp "$cache/depot.tar" "$here/newcomer.sh" "$machine/depot" && cp -L /etc/resolv.conf "$machine/etc/resolv.conf" || return 1
    run_apart -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} \
        DEADLINE="$deadline" JOURNAL="$journal" BRIEF="${BRIEF:-}" \
        sh "$here/systems.sh" --enter "$machine" "$cache/debs-$1" "$journal" "$1" "$2"
    status=$?
    rm -rf --one-file-system "$machine"
    return "$status"
}

# Processus 1 de la machine : pose ses montages, puis change de racine.
enter() { # MACHINE PAQUETS JOURNAUX SYSTÈME CHEMIN
    machine=$1
    mount --bind "$machine" "$machine" || exit 2
    mount --bind "$2" "$machine/var/cache/apt/archives" && mount --bind "$3" "$machine/journaux" || exit 2
    mount_usual "$machine" || exit 2
    hostname "$4"
    cd "$machine" || exit 2
    if [ "$5" = sans-espaces ]; then
        # Comme un conteneur ordinaire : ce qu'il laisse voir de lui, et les pouvoirs qu'il retire.
        touch run/.containerenv
        exec setpriv --bounding-set=-sys_admin,-sys_ptrace,-net_admin chroot . sh /depot/newcomer.sh "$4" "$5"
    fi
    pivot_root . mnt && umount -l /mnt || exit 2
    exec sh /depot/newcomer.sh "$4" "$5"
}

if [ "${1:-}" = --enter ]; then
    shift
    enter "$@"
fi

systems=${SYSTEM:-bookworm trixie${FULL:+ testing}}
for system in $systems; do
    case $system in bookworm | trixie | testing) ;; *) die "SYSTEM=$system : « bookworm », « trixie » ou « testing » est attendu" ;; esac
done
check_mounts
sh tests/judge/command/deps.sh --if-missing systems || exit 2
find_cache
exec 9>"$cache/lock"
flock -n 9 || die "un autre « make systems » travaille dans $cache"
machine=$cache/machine running=''
rm -rf --one-file-system "$machine"
trap leave EXIT
trap 'exit 130' HUP INT TERM
pack_repository || die "git ne donne pas la liste des fichiers du dépôt"

read -r now _ </proc/uptime
deadline=$((${now%.*} + LIMIT_S))
passed=0 failed=0
for system in $systems; do
    mkdir -p "$journals/$system"
    if ! build_root "$system"; then
        echo "$system : ✗ debootstrap a échoué : $journals/$system/debootstrap" && failed=$((failed + 1))
        continue
    fi
    # Le premier chemin va chercher les paquets : le second, qui compte le temps du premier verdict, les a déjà.
    for path in sans-espaces entier sans-admin; do
        journal=$journals/$system/$path
        rm -rf "$journal"
        mkdir -p "$journal"
        echo "0 0" >"$journal/compte"
        visit "$system" "$path"
        status=$?
        read -r new_passed new_failed <"$journal/compte"
        passed=$((passed + new_passed)) failed=$((failed + new_failed))
        # Un chemin coupé (machine tuée, mémoire épuisée) n'a peut-être compté que des réussites.
        if [ "$status" -ne 0 ]; then
            echo "$system : ✗ le chemin « $path » ne s'est pas fini (statut $status)" && failed=$((failed + 1))
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

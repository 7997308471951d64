#!/bin/sh
# « make systems » : ce que fait un nouvel arrivant, sur une Debian nue, refaite à neuf à chaque fois.
#   SYSTEM=trixie   ce système seul ; sans lui, `bookworm` et `trixie` ; FULL=1 : `testing` aussi
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
FRESH_DAYS=30

die() {
    printf 'systems : %s\n' "$1" >&2
    exit 2
}

# Prend la place d'un sous-shell. Si l'on est tué, ce qui tourne là l'est aussi, et ses montages disparaissent.
apart() { # COMMANDE… : ses propres montages, processus, IPC et nom de machine
    exec setpriv --pdeathsig KILL unshare --mount --pid --mount-proc --ipc --uts --fork --kill-child "$@"
}

# À l'arrière-plan, pour que Ctrl-C soit entendu aussitôt ; les signaux que le shell y ignore sont rendus.
run_apart() { # COMMANDE…
    apart env --default-signal=INT,QUIT "$@" </dev/null &
    running=$!
    wait "$running"
    status=$?
    running=''
    return "$status"
}

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

check_mounts() {
    if [ "$(id -u)" -ne 0 ]; then
        why="il faut être administrateur (sudo make systems)"
    elif ! why=$(apart mount -t tmpfs essai /mnt 2>&1); then
        why="ici les montages sont interdits, comme dans la plupart des conteneurs ($(printf '%s' "$why" | head -n 1))"
    else
        return 0
    fi
    echo "systems : non essayé, $why ; sur les forges, les images de la matrice en tiennent lieu."
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

# Le miroir que cette machine emploie déjà pour Debian ; sans lui (Ubuntu, Fedora…), celui de debootstrap.
mirror() { # LABEL
    ! command -v apt-get >/dev/null || apt-get indextargets --format "\$(LABEL) \$(REPO_URI)" 'Created-By: Packages' 2>/dev/null |
        sed -n "s|^$1 \(.*[^/]\)/*\$|\1|p" | head -n 1
}

write_sources() { # SYSTÈME RACINE
    main=$(awk '$1 == "deb" { print $2; exit }' "$2/etc/apt/sources.list")
    security=$(mirror Debian-Security)
    cat >"$2/etc/apt/sources.list" <<FIN
deb $main $1 main
deb $main $1-updates main
deb ${security:-${main%/}-security} $1-security main
FIN
    # Un miroir en retard de quelques semaines suffit : rien d'installé ici ne dure.
    echo 'Acquire::Check-Valid-Until "false";' >"$2/etc/apt/apt.conf.d/late-mirror"
}

# Une racine qui a plus de trente jours est refaite : `testing` change, et les stables ont leurs mises à jour.
build_root() { # SYSTÈME
    root=$cache/$1
    [ -z "$(find "$root.ready" -mtime -"$FRESH_DAYS" 2>/dev/null)" ] || return 0
    rm -rf "$root" "$root.ready" "$cache/debs-$1"
    mkdir -p "$cache/debs-$1"
    echo "$1 : première fois, debootstrap fabrique le système (il sera gardé dans $cache)"
    # shellcheck disable=SC2046 # sans miroir, pas de mot
    run_apart debootstrap --force-check-gpg --variant=minbase --cache-dir="$cache/debs-$1" "$1" "$root" $(mirror Debian) \
        >"$journals/$1/debootstrap" 2>&1 || return 1
    write_sources "$1" "$root"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    touch "$root.ready"
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
        DEADLINE="$deadline" JOURNAL="$journal" \
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
    mount -t proc proc "$machine/proc" && mount -t sysfs -o ro sysfs "$machine/sys" || exit 2
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$machine/dev/pts" && mount -t tmpfs shm "$machine/dev/shm" || exit 2
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
cache=${SYSTEMS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockets-en-c/systems}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
mkdir -p "$cache" || die "$cache : ce dossier ne peut pas être créé (SYSTEMS_CACHE= en choisit un autre)"
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

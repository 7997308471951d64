# shellcheck shell=sh disable=SC2154 # « kind » et « journals » viennent de qui lit
# Des systèmes nus, faits par debootstrap et gardés, où l'on entre comme dans une machine à part. Lu (« . ») par systems.sh
# et platforms.sh ; « kind » est le nom de la commande, « journals » le dossier de ses journaux.
FRESH_DAYS=30

die() {
    printf '%s : %s\n' "$kind" "$1" >&2
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

check_mounts() {
    if [ "$(id -u)" -ne 0 ]; then
        why="il faut être administrateur (sudo make $kind)"
    elif ! why=$(apart mount -t tmpfs essai /mnt 2>&1); then
        why="ici les montages sont interdits, comme dans la plupart des conteneurs ($(printf '%s' "$why" | head -n 1))"
    else
        return 0
    fi
    echo "$kind : non essayé, $why ; sur les forges, les images de la matrice en tiennent lieu."
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

# Où ces systèmes sont gardés : « cache ».
find_cache() {
    cache=${SYSTEMS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockets-en-c/systems}
    case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
    mkdir -p "$cache" || die "$cache : ce dossier ne peut pas être créé (SYSTEMS_CACHE= en choisit un autre)"
}

# Ce que tout système attend, dans la machine où l'on est.
mount_usual() { # MACHINE
    mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys" &&
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts" && mount -t tmpfs shm "$1/dev/shm"
}

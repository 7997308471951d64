#!/bin/sh
# Une plateforme qui lance le juge, dans un système nu rangé comme elle le documente : platforms.sh PLATEFORME RENDUS SORTIE
#   RENDUS   un dossier par rendu à y juger, l'un après l'autre
#   SORTIE   reçoit NOM.ÉTIQUETTE : le fichier de résultats de chacun, ce qui a été écrit (.dit), et les processus restés (.reste)
# Le système est fait une fois, avec un compilateur, et gardé ; ce qui s'y écrit disparaît avec l'essai. Les scripts de
# la plateforme y tournent dans un chroot, où les espaces d'utilisateurs sont interdits, avec les seuls pouvoirs d'un conteneur
# ordinaire : bubblewrap ne s'y ouvre pas.
# Statut : 0 essayé ; 2 non ; 77 cette machine ne permet pas d'essayer (c'est dit).
set -uf
export LC_ALL=C.UTF-8
here=tests/proof/systems
journals=build/check/systems
kind=check-platforms
system=trixie
PACKAGES='gcc libc6-dev make python3 libcriterion-dev bubblewrap'
# Ceux que Docker laisse à root.
POWERS='-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write'
# shellcheck source=tests/proof/systems/machine.sh
. "$here/machine.sh"

# Un système nu, et ce qu'une image de plateforme a d'ordinaire en plus.
build_tools() {
    tools=$cache/$system-platforms
    [ -z "$(find "$tools.ready" -newer "$cache/$system.ready" 2>/dev/null)" ] || return 0
    rm -rf "$tools" "$tools.ready"
    echo "$system : première fois, un compilateur y est installé (il sera gardé dans $cache)"
    cp -a "$cache/$system" "$tools" && cp -L /etc/resolv.conf "$tools/etc/resolv.conf" || return 1
    # shellcheck disable=SC2016,SC2086 # c'est l'autre shell qui développe ; des noms de paquets
    run_apart -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
        sh -c 'mount --bind "$1" "$2/var/cache/apt/archives" && mount -t proc proc "$2/proc" && cd / && root=$2 && shift 2 &&
            chroot "$root" sh -c "apt-get update && apt-get install -y --no-install-recommends $*"' \
        sh "$cache/debs-$system" "$tools" $PACKAGES >"$journals/$system/platforms" 2>&1 || return 1
    touch "$tools.ready"
}

# --- Dans la machine ------------------------------------------------------------------------------

as_root() { # COMMANDE… : root, tel qu'un conteneur le laisse
    setpriv --bounding-set="$POWERS" --inh-caps=-all chroot "$machine" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
}

as_worker() { # NUMÉRO COMMANDE… : quelqu'un d'autre que root
    number=$1
    shift
    chroot "$machine" setpriv --reuid="$number" --regid="$number" --clear-groups --inh-caps=-all --bounding-set=-all \
        env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/ "$@"
}

# Sur une forge, un fichier va dans le lab jugé, ou dans celui qui l'a prêté.
lay_work() { # RENDU DÉPÔT LAB
    for file in "$1"/*; do
        into=$2/labs/$3
        for given in "$2"/labs/*/.skeleton/"${file##*/}"; do
            [ -e "$2/labs/$3/.skeleton/${file##*/}" ] || [ ! -e "$given" ] || into=${given%/.skeleton/*}
        done
        cp "$file" "$into/" || return 1
    done
}

# Ce qu'un rendu a laissé tourner : tout processus dont la racine est encore celle du chroot.
count_left() {
    left=0
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/root" 2>/dev/null)" != "$machine" ] || left=$((left + 1))
    done
    echo "$left"
}

# shellcheck source=/dev/null
enter() { # PLATEFORME RENDUS SORTIE SYSTÈME
    set +f
    platform=$1 works=$2 out=$3 layers=$out/.layers machine=$out/.machine
    mkdir -p "$layers" "$machine" && mount -t tmpfs layers "$layers" && mkdir "$layers/upper" "$layers/work" || exit 2
    mount -t overlay overlay -o "lowerdir=$4,upperdir=$layers/upper,workdir=$layers/work" "$machine" || exit 2
    mount_usual "$machine" || exit 2
    . "$here/platforms/$platform.sh"
    install_platform >"$out/.installation" 2>&1 || { tail -n 5 "$out/.installation" && exit 2; }
    for work in "$works"/*/; do
        work=${work%/}
        name=${work##*/}
        submit "$work" "$out/$name" >"$out/$name.dit" 2>&1
        echo $? >"$out/$name.statut"
        count_left >"$out/$name.reste"
    done
    exit 0
}

if [ "${1:-}" = --enter ]; then
    shift
    enter "$@"
fi
mkdir -p "$journals/$system"
refused=$(check_mounts)
[ -z "$refused" ] || { printf '%s\n' "$refused" | head -n 1 && exit 77; }
sh tests/judge/command/deps.sh --if-missing systems || exit 2
find_cache
exec 9>"$cache/lock"
flock 9
if ! build_root "$system" || ! build_tools; then
    die "le système nu n'a pas pu être fait : voir $journals/$system"
fi
mkdir -p "$3"
run_apart -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh "$here/platforms.sh" --enter "$1" "$(realpath "$2")" "$(realpath "$3")" "$cache/$system-platforms"

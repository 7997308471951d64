#!/bin/sh
# Trouve ce qui manque au juge et l'installe, ou dit la commande exacte et s'arrête (statut 2).
#   deps.sh [--if-missing] [GROUPE…]     les groupes sont la première colonne de la liste ; all : tous, sauf
# slurm, dont les paquets lancent des services : on le demande par son nom.
# GROUP, dans l'environnement, remplace le groupe. --if-missing ne dit rien quand tout est là.
# On regarde les commandes et les fichiers eux-mêmes, pas une liste de paquets : peu importe d'où ils viennent.
set -uf

quiet=
if [ "${1:-}" = --if-missing ]; then
    quiet=yes
    shift
fi
groups=${*:-${GROUP:-all}}

# Ce dont on a besoin, une ligne chacun : GROUPE NATURE NOM PAQUETS. Natures : une commande, un
# en-tête C, une bibliothèque du compilateur ou de clang (runtime), un module de Python, un dictionnaire,
# un navigateur, un démon de l'administrateur. Paquets : apt, dnf, pacman ; précédé de « ? », un paquet que tous
# les systèmes n'ont pas.
needs() {
    cat <<'FIN'
test  command cc           gcc                    gcc                  gcc
test  command ar           binutils               binutils             binutils
test  command objcopy      binutils               binutils             binutils
test  command make         make                   make                 make
test  python  json         python3                python3              python
test  command timeout      coreutils              coreutils            coreutils
test  command cmp          diffutils              diffutils            diffutils
test  command awk          mawk                   gawk                 gawk
test  header  stdio.h      libc6-dev              glibc-devel          glibc
test  header  criterion/criterion.h libcriterion-dev criterion-devel   criterion
docs  command doxygen      doxygen                doxygen              doxygen
docs  command dot          graphviz               graphviz             graphviz
check command gcc          gcc                    gcc                  gcc
check command clang        clang                  clang                clang
check command clang-format clang-format           clang-tools-extra    clang
check command clang-tidy   clang-tidy             clang-tools-extra    clang
check command cppcheck     cppcheck               cppcheck             cppcheck
check command shellcheck   shellcheck             ShellCheck           shellcheck
check command valgrind     valgrind               valgrind             valgrind
check command xmllint      libxml2-utils          libxml2              libxml2
trace command tcpdump      tcpdump                tcpdump              tcpdump
trace command strace       strace                 strace               strace
trace command mscgen       mscgen                 mscgen               mscgen
trace command addr2line    binutils               binutils             binutils
trace command unshare      util-linux             util-linux           util-linux
similar command sim_c     similarity-tester      similarity-tester    similarity-tester
similar command diff      diffutils              diffutils            diffutils
check command hunspell     hunspell               hunspell             hunspell
check dictionary fr        hunspell-fr            hunspell-fr          hunspell-fr
check dictionary en_US     hunspell-en-us         hunspell-en-US       hunspell-en_us
browser browser chromium   ?chromium              chromium             chromium
browser command node       nodejs                 nodejs               nodejs
browser command npm        npm                    npm                  npm
pdf   command weasyprint   weasyprint             weasyprint           python-weasyprint
pdf   command pdftotext    poppler-utils          poppler-utils        poppler
pdf   font    Libertine    fonts-linuxlibertine   linux-libertine-fonts ttf-linux-libertine
pdf   font    DejaVuSansMono fonts-dejavu-core    dejavu-sans-mono-fonts ttf-dejavu
check library asan         gcc                    libasan              gcc-libs
check library ubsan        gcc                    libubsan             gcc-libs
systems command debootstrap  debootstrap            debootstrap          debootstrap
bench command sockperf     ?sockperf              ?sockperf            ?sockperf
bench header  uv.h         libuv1-dev             libuv-devel          libuv
bench command stress-ng    stress-ng              stress-ng            stress-ng
bench command setpriv      util-linux             util-linux           util-linux
check header  uv.h         libuv1-dev             libuv-devel          libuv
debug command gdb          gdb                    gdb                  gdb
debug command strace       strace                 strace               strace
debug command nc           netcat-openbsd         netcat               openbsd-netcat
check runtime fuzzer       libclang-rt-dev        compiler-rt          compiler-rt
class command parallel     parallel               parallel             parallel
class command bwrap        bubblewrap             bubblewrap           bubblewrap
class command setpriv      util-linux             util-linux           util-linux
slurm command sbatch       slurm-client           slurm                slurm-llnl
slurm daemon  slurmctld    slurmctld              slurm-slurmctld      slurm-llnl
slurm daemon  slurmd       slurmd                 slurm-slurmd         slurm-llnl
slurm daemon  munged       munge                  munge                munge
FIN
}

has_header() {
    set +f
    for folder in /usr/include /usr/local/include /usr/include/*-linux-gnu /opt/*/include; do
        [ ! -e "$folder/$1" ] || return 0
    done
    return 1
}

# Debian sait installer un Python sans sa bibliothèque standard : on cherche un module, pas la commande.
has_python() {
    set +f
    command -v python3 >/dev/null 2>&1 || return 1
    for folder in /usr/lib/python3* /usr/lib64/python3*; do
        [ ! -e "$folder/$1/__init__.py" ] || return 0
    done
    python3 -c "import $1" 2>/dev/null
}

# libFuzzer et les siens : des bibliothèques de clang, que Debian met dans un paquet à part.
has_runtime() {
    set +f
    command -v clang >/dev/null 2>&1 || return 1
    for archive in "$(clang -print-resource-dir)"/lib/*/"libclang_rt.$1"*.a; do
        [ ! -e "$archive" ] || return 0
    done
    return 1
}

has_dictionary() {
    set +f
    for folder in /usr/share/hunspell /usr/share/myspell/dicts /usr/share/myspell; do
        for file in "$folder/$1".aff "$folder/$1"_*.aff "$folder/$1"-*.aff; do
            [ ! -e "$file" ] || return 0
        done
    done
    return 1
}

has_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "*$1*" 2>/dev/null | head -n 1)" ]
}

# Le même navigateur, sous les noms que lui donnent les systèmes.
has_browser() {
    for name in "$1" "$1-browser" google-chrome; do
        ! command -v "$name" >/dev/null 2>&1 || return 0
    done
    return 1
}

present() { # NATURE NOM
    case $1 in
    dictionary) has_dictionary "$2" ;;
    font) has_font "$2" ;;
    browser) (has_browser "$2") ;;
    command) command -v "$2" >/dev/null 2>&1 ;;
    daemon) PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin command -v "$2" >/dev/null 2>&1 ;;
    header) has_header "$2" ;;
    python) has_python "$2" ;;
    runtime) has_runtime "$2" ;;
    library) command -v cc >/dev/null 2>&1 && [ "$(cc -print-file-name="lib$2.so")" != "lib$2.so" ] ;;
    esac
}

find_missing() {
    missing='' names=''
    while read -r group nature name apt dnf pacman; do
        case " $groups " in *" $group "*) ;; *) continue ;; esac
        ! present "$nature" "$name" || continue
        case $manager in
        apt-get) package=$apt ;;
        dnf) package=$dnf ;;
        *) package=$pacman ;;
        esac
        case " $unavailable " in *" $package "*) continue ;; esac
        names="$names $name"
        package=${package#\?}
        case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done <<FIN
$(needs)
FIN
}

# Les paquets facultatifs qu'apt ne connaît pas, une fois sa liste à jour.
find_unavailable() {
    [ "$manager" = apt-get ] || return 0
    for package in $(needs | awk '$4 ~ /^\?/ { print $4 }'); do
        case " $missing " in *" ${package#\?} "*) ;; *) continue ;; esac
        if ! apt-cache show "${package#\?}" >/dev/null 2>&1; then
            unavailable="$unavailable $package"
            echo "deps : ce système n'a pas de paquet ${package#\?} ; ce qui en a besoin ne sera pas essayé." >&2
        fi
    done
}

find_manager() {
    for manager in apt-get dnf pacman; do
        ! command -v "$manager" >/dev/null 2>&1 || return 0
    done
    manager=
}

install_command() {
    case $manager in
    apt-get) echo "apt-get install -y --no-install-recommends$missing" ;;
    dnf) echo "dnf install -y$missing" ;;
    pacman) echo "pacman -S --needed --noconfirm$missing" ;;
    esac
}

give_up() {
    printf 'deps : %s\n' "$1" >&2
    exit 2
}

known=$(needs | awk '!seen[$1]++ { print $1 }' | tr '\n' ' ')
known=${known% }
[ "$groups" != all ] || groups=$(printf '%s' "$known" | sed 's/ slurm//')
for group in ${groups:-?}; do
    case " $known " in *" $group "*) ;; *) give_up "GROUP : $known ou all est attendu" ;; esac
done

unavailable=''
find_manager
find_missing
if [ -z "$missing" ]; then
    [ -n "$quiet" ] || echo "deps : tout est là ($groups)."
    exit 0
fi
[ -n "$manager" ] || give_up "il manque :$names ; ni apt, ni dnf, ni pacman ici : installez-les vous-même."

become=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        become=sudo
    else
        give_up "il manque :$names. En administrateur, tapez : $(install_command)"
    fi
fi

echo "deps : il manque :$names. Installation : ${become:+$become }$(install_command)" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp) || give_up "aucun fichier temporaire ne peut être créé"
trap 'rm -f "$log"' EXIT
# Une machine neuve n'a pas encore la liste des paquets : la demander est sans danger.
update() {
    [ "$manager" != apt-get ] || $become apt-get update
}
update >"$log" 2>&1 && find_unavailable && find_missing
if [ -z "$missing" ]; then
    exit 0
fi
# shellcheck disable=SC2046
if $become $(install_command) >>"$log" 2>&1 </dev/null; then
    find_missing
    [ -z "$missing" ] || give_up "l'installation a réussi, mais il manque encore :$names"
    echo "deps : c'est installé." >&2
    exit 0
fi
tail -n 5 "$log" >&2
give_up "l'installation a échoué. À taper vous-même : ${become:+$become }$(install_command)"

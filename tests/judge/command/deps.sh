#!/bin/sh
# Trouve ce qui manque et l'installe, ou dit la commande exacte et s'arrête (statut 2).
#   deps.sh [--if-missing] [GROUPE…]     les groupes sont dits plus bas ; all : tous, sauf slurm, dont les paquets
# lancent des services. Sans argument, ceux de GROUP, dans l'environnement ; sinon test.
#   deps.sh --groups                     la liste des groupes, pour « make help »
# On regarde les commandes et les fichiers eux-mêmes, pas une liste de paquets : peu importe d'où ils viennent.
# Sur Debian et Ubuntu, ce qui n'a pas besoin d'être administrateur est déballé dans build/packages, et sert là.
# Un paquet que le système n'a pas ne prive jamais des autres. Statut : 2 s'il manque encore ce qu'il faut pour juger, ce
# que la commande en cours attend (--if-missing), ou ce que ce système a ; 0 sinon.
set -uf

HERE=build/packages
# Où sont des commandes que le PATH d'un utilisateur n'a pas toujours.
PATH=$PATH:$PWD/$HERE/bin:/usr/games

# GROUPE, les mégaoctets à télécharger (sur une Debian 13 nue, au-delà du groupe test), et ce qui ne marche pas sans lui.
GROUPS_KNOWN='
test      66 make test, et presque toutes les commandes
debug     11 make debug-server, make debug-client, make strace
trace     16 make trace
docs      84 make docs
pdf       66 make pdf
epub      40 make epub
class      5 make test WORK=rendus/ (noter une classe) et SANDBOX=1
similar    1 make similar
bench     53 make bench, make soak
check    175 make check
browser  250 make check-accessibility
slurm     15 make slurm-proof
handout   26 make handout
systems    1 make systems'

# Ce dont on a besoin, une ligne chacun : GROUPE NATURE NOM PAQUETS. Natures : une commande, un
# en-tête C, une bibliothèque du compilateur ou de clang (runtime), un module de Python, un dictionnaire,
# un navigateur, un démon de l'administrateur. Paquets : apt, dnf, pacman ; précédé de « ? », la commande qui le voudrait
# sait s'en passer ; de « + », il sert aussi déballé, sans administrateur ; de « @ », il l'est toujours : installé,
# Criterion amènerait dix mégaoctets d'en-têtes dont rien ici ne se sert.
NEEDS='
test  command cc           gcc                    gcc                  gcc
test  command ar           binutils               binutils             binutils
test  command objcopy      binutils               binutils             binutils
test  command addr2line    binutils               binutils             binutils
test  command make         make                   make                 make
test  python  json         python3                python3              python
test  command timeout      coreutils              coreutils            coreutils
test  command cmp          diffutils              diffutils            diffutils
test  command awk          mawk                   gawk                 gawk
test  header  stdio.h      libc6-dev              glibc-devel          glibc
test  header  criterion/criterion.h @libcriterion-dev criterion-devel   criterion
handout command git       git                    git                  git
docs  python  json         python3                python3              python
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
trace command tcpdump      +tcpdump               tcpdump              tcpdump
trace command strace       +strace                strace               strace
trace command mscgen       +mscgen                mscgen               mscgen
trace command addr2line    binutils               binutils             binutils
trace command unshare      util-linux             util-linux           util-linux
similar command sim_c     +similarity-tester     similarity-tester    similarity-tester
similar command diff      diffutils              diffutils            diffutils
check command hunspell     hunspell               hunspell             hunspell
check dictionary fr        hunspell-fr            hunspell-fr          hunspell-fr
check dictionary en_US     hunspell-en-us         hunspell-en-US       hunspell-en_us
browser browser chromium   ?chromium              ?chromium            ?chromium
browser command node       nodejs                 nodejs               nodejs
browser command npm        npm                    npm                  npm
pdf   command weasyprint   weasyprint             weasyprint           python-weasyprint
pdf   command pdftotext    poppler-utils          poppler-utils        poppler
pdf   font    Libertine    fonts-linuxlibertine   linux-libertine-fonts ttf-linux-libertine
pdf   font    DejaVuSansMono fonts-dejavu-core    dejavu-sans-mono-fonts ttf-dejavu
epub  command pandoc       pandoc                 pandoc               pandoc-cli
check command epubcheck    ?epubcheck             ?epubcheck           ?epubcheck
check library asan         gcc                    libasan              gcc-libs
check library ubsan        gcc                    libubsan             gcc-libs
systems command debootstrap  debootstrap            debootstrap          debootstrap
bench command sockperf     ?sockperf              ?sockperf            ?sockperf
bench header  uv.h         libuv1-dev             libuv-devel          libuv
bench command stress-ng    stress-ng              stress-ng            stress-ng
bench command setpriv      util-linux             util-linux           util-linux
check header  uv.h         libuv1-dev             libuv-devel          libuv
debug command gdb          +gdb                   gdb                  gdb
debug command strace       +strace                strace               strace
debug command nc           +netcat-openbsd        netcat               openbsd-netcat
check runtime fuzzer       libclang-rt-dev        compiler-rt          compiler-rt
class command parallel     parallel               parallel             parallel
class command bwrap        bubblewrap             bubblewrap           bubblewrap
class command setpriv      util-linux             util-linux           util-linux
slurm command sbatch       slurm-client           slurm                slurm-llnl
slurm daemon  slurmctld    slurmctld              slurm-slurmctld      slurm-llnl
slurm daemon  slurmd       slurmd                 slurm-slurmd         slurm-llnl
slurm daemon  munged       munge                  munge                munge'

has_header() {
    set +f
    for folder in "$HERE/usr/include" /usr/include /usr/local/include /usr/include/*-linux-gnu /opt/*/include; do
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

# Le cas ordinaire, à chaque « make test » : rien n'est lancé pour le savoir.
all_present() {
    while read -r group nature name _; do
        case " $groups " in *" $group "*) present "$nature" "$name" || return 1 ;; esac
    done <<FIN
$NEEDS
FIN
}

list_missing() { # une ligne par besoin : GROUPE NOM MARQUE PAQUET
    printf '%s\n' "$NEEDS" | while read -r group nature name apt dnf pacman; do
        case " $groups " in *" $group "*) ;; *) continue ;; esac
        ! present "$nature" "$name" || continue
        case $manager in
        dnf) package=$dnf ;;
        pacman) package=$pacman ;;
        *) package=$apt ;;
        esac
        [ "$nature" != python ] || name=python3
        case $package in
        [?+@]*) echo "$group $name ${package%"${package#?}"} ${package#?}" ;;
        *) echo "$group $name - $package" ;;
        esac
    done
}

# De ces lignes : les noms, ou les paquets, chacun une fois.
names_of() {
    printf '%s\n' "$1" | awk 'NF && !seen[$2]++ { printf "%s%s", (n++ ? ", " : ""), $2 }'
}

packages_of() {
    printf '%s\n' "$1" | awk 'NF && !seen[$4]++ { printf "%s%s", (n++ ? " " : ""), $4 }'
}

purpose_of() { # GROUPE
    printf '%s\n' "$GROUPS_KNOWN" | sed -n "s/^$1 *[0-9]* //p"
}

say() {
    printf 'deps : %s\n' "$1" >&2
}

give_up() {
    say "$1"
    exit 2
}

find_manager() {
    for manager in apt-get dnf pacman; do
        ! command -v "$manager" >/dev/null 2>&1 || return 0
    done
    manager=
}

# Qui est administrateur, ou peut l'être : « become » est ce qu'il faut mettre devant une commande. Un sudo qui
# refuserait, sur la machine d'une université, n'est pas essayé.
find_rights() {
    become='' rights=yes
    [ "$(id -u)" -ne 0 ] || return 0
    become=sudo
    if command -v sudo >/dev/null 2>&1; then
        ! sudo -n true 2>/dev/null || return 0
        case " $(id -nG) " in *" sudo "* | *" wheel "* | *" admin "*) [ ! -t 0 ] || return 0 ;; esac
    fi
    become='' rights=
}

install_command() { # PAQUETS
    case $manager in
    apt-get) echo "apt-get install -y --no-install-recommends $1" ;;
    dnf) echo "dnf install -y $1" ;;
    pacman) echo "pacman -S --needed --noconfirm $1" ;;
    esac
}

# --- Les listes de paquets -----------------------------------------------------------------------

# Une machine neuve n'a pas encore de liste : la demander est sans danger. Celle de pacman, que l'on ne renouvelle pas
# sans mettre tout le système à jour, n'est demandée que s'il n'y en a aucune.
update() {
    case $manager in
    apt-get) run_apt "la liste des paquets" update ;;
    pacman) [ -n "$(pacman -Slq 2>/dev/null | head -n 1)" ] || $become pacman -Sy --noconfirm >&2 9>&- ;;
    esac
}

knows() { # PAQUET
    case $manager in
    apt-get) LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]' ;;
    dnf) dnf -q list "$1" >/dev/null 2>&1 ;;
    pacman) pacman -Si "$1" >/dev/null 2>&1 ;;
    esac
}

# Met à part, dans « unknown », les paquets que ce système n'a pas.
sort_known() { # PAQUETS
    kept=''
    for package in $1; do
        if knows "$package"; then
            kept="$kept $package"
        else
            unknown="$unknown $package "
        fi
    done
    kept=${kept# }
}

megabytes() { # OCTETS
    awk -v bytes="$1" 'BEGIN { m = bytes / 1e6; printf (m < 9.95 ? "%.1f Mo\n" : "%.0f Mo\n"), m }' | tr . ,
}

# Ce qu'il reste à télécharger ; dnf le dit lui-même.
size_of() { # PAQUETS
    # shellcheck disable=SC2086
    case $manager in
    apt-get) apt-get install --print-uris -qq -y --no-install-recommends $1 2>/dev/null | awk '{ n += $3 } END { print n + 0 }' ;;
    pacman) pacman -Sp --needed --print-format %s $1 2>/dev/null | awk '{ n += $1 } END { print n + 0 }' ;;
    *) echo 0 ;;
    esac
}

# --- Installer, en administrateur ----------------------------------------------------------------

# L'avancement qu'écrit apt, sur une ligne qui se remplace ; hors d'un terminal, une ligne par phase.
show_progress() { # TITRE
    phase='' shown=''
    while IFS= read -r line; do
        case $line in
        dlstatus:*) now=téléchargement ;;
        pmstatus:*) now=installation ;;
        *)
            printf '%s\n' "$line" >>"$log"
            continue
            ;;
        esac
        rest=${line#*:*:} percent=${rest%%[.:]*}
        [ "$now" = "$phase" ] || read -r moment _ </proc/uptime
        [ "$now" = "$phase" ] || [ "$now" != installation ] || echo "${moment%.*}" >"$log.began"
        if [ -t 2 ]; then
            [ "$now $percent" = "$shown" ] || printf '\r\033[Kdeps : %s, %s %s %%' "$1" "$now" "$percent" >&2
        elif [ "$now" != "$phase" ]; then
            say "$1 : $now…"
        fi
        phase=$now shown="$now $percent"
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

run_apt() { # TITRE ARGUMENTS…
    title=$1
    shift
    # apt ferme aux scripts des paquets le descripteur où il écrit son avancement : ce ne peut pas être leur sortie.
    # sudo ferme tous ceux qu'il ne connaît pas : celui-là est ouvert après lui.
    # shellcheck disable=SC2016 # c'est le shell lancé qui développe
    { $become env DEBIAN_FRONTEND=noninteractive sh -c 'exec apt-get -q -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 "$@" 3>&1 >&2' sh "$@" \
        2>>"$log" </dev/null 9>&-
        echo $? >"$log.status"; } | show_progress "$title"
    read -r apt_status <"$log.status"
    return "$apt_status"
}

install_packages() { # PAQUETS
    size=$(size_of "$1")
    said=$(install_command "$1")
    [ "$size" -eq 0 ] && size='' || size=" ($(megabytes "$size") à télécharger)"
    say "installation$size : ${become:+$become }$said"
    # shellcheck disable=SC2086
    case $manager in
    apt-get)
        run_apt "les paquets" install -y --no-install-recommends $1 || {
            grep -E '^(E|W):' "$log" | tail -n 3 >&2
            return 1
        }
        [ -s "$log.began" ] || return 0
        read -r began <"$log.began"
        read -r now _ </proc/uptime
        say "installé en $((${now%.*} - began)) s, téléchargement à part."
        ;;
    dnf) $become $said --skip-broken >&2 </dev/null 9>&- ;;
    *) $become $said >&2 </dev/null 9>&- ;;
    esac
}

# --- Déballer, sans être administrateur ----------------------------------------------------------

# Les listes de paquets de la machine, ou si elle n'en a pas, ou de trop vieilles, les nôtres.
use_own_lists() {
    mkdir -p "$HERE/apt/lists/partial" "$HERE/apt/archives/partial"
    cat >"$HERE/apt/apt.conf" <<FIN
Dir::State::Lists "$PWD/$HERE/apt/lists";
Dir::Cache "$PWD/$HERE/apt";
FIN
    export APT_CONFIG="$PWD/$HERE/apt/apt.conf"
    become='' run_apt "la liste des paquets" update
}

# Ce qu'il faut déballer pour que ces paquets servent : eux, et ce dont ils dépendent et qui n'est pas installé. Les
# en-têtes d'autres bibliothèques (-dev) ne servent qu'à qui s'en sert ; une version plus récente de ce qui est déjà
# installé n'est pas prise : mêler deux bibliothèques C ne pardonnerait pas.
closure_of() { # PAQUETS
    # shellcheck disable=SC2086
    LC_ALL=C apt-get install -s -qq --no-install-recommends $1 2>>"$log" | awk -v wanted=" $1 " '
        $1 == "Inst" && $3 !~ /^\[/ && ($2 !~ /-dev(:|$)/ || index(wanted, " " $2 " ")) { print $2 }'
}

download() { # PAQUETS : là où sont les .deb
    closure=$(closure_of "$1") && [ -n "$closure" ] || return 1
    rm -rf "$HERE/new" && mkdir -p "$HERE/new/debs" || return 1
    # shellcheck disable=SC2086
    size=$(cd "$HERE/new/debs" && apt-get download --print-uris -qq $closure 2>>"$log" | awk '{ n += $3 } END { print n + 0 }')
    say "téléchargement de $1 ($(megabytes "$size"))"
    # shellcheck disable=SC2086
    (cd "$HERE/new/debs" && apt-get download -q $closure </dev/null >>"$log" 2>&1 9>&-)
}

unpack() { # PAQUETS
    download "$1" || { use_own_lists && download "$1"; } || {
        grep -E '^(E|W):' "$log" | tail -n 3 >&2
        return 1
    }
    find "$HERE/new/debs" -name '*.deb' -exec dpkg-deb -x {} "$HERE/new/root" \; || return 1
    cp -a "$HERE/new/root/." "$HERE/" && make_commands
    rm -rf "$HERE/new" "$HERE/apt"
}

# Les commandes dont nous nous servons, avec les bibliothèques déballées, dans bin/. C'est le chargeur qui les leur
# donne, et non l'environnement : ce qu'elles lancent (strace, gdb) n'en hérite pas.
make_commands() {
    mkdir -p "$HERE/bin" || return 1
    loader=$(LC_ALL=C ldd /bin/sh | awk '$1 ~ "^/.*/ld" { print $1 }')
    [ -x "$loader" ] || return 1
    set +f
    for name in $(printf '%s\n' "$NEEDS" | awk '$4 ~ /^[+]/ { print $3 }'); do
        for file in "$HERE"/usr/bin/"$name" "$HERE"/usr/sbin/"$name" "$HERE"/usr/bin/"$name".openbsd "$HERE"/bin/"$name".openbsd; do
            [ ! -f "$file" ] || make_command "$name" "${file#"$HERE"/}"
        done
    done
    set -f
}

make_command() { # NOM FICHIER
    [ "$(head -c 4 "$HERE/$2" | tail -c 3)" = ELF ] || {
        ln -sf "../$2" "$HERE/bin/$1"
        return
    }
    # shellcheck disable=SC2016 # c'est la commande écrite qui développe
    libraries=$(cd "$HERE" && find usr/lib lib -maxdepth 1 -name '*-linux-gnu*' -printf '$here/%p:' 2>/dev/null)
    # shellcheck disable=SC2016 # c'est la commande écrite qui développe
    printf '#!/bin/sh\nhere=${0%%/*}/..\nexec %s --library-path "%s" "$here/%s" "$@"\n' "$loader" "$libraries" "$2" >"$HERE/bin/$1"
    chmod 755 "$HERE/bin/$1"
}

# --- Le déroulement ------------------------------------------------------------------------------

# Ce qui sera déballé (« lifted »), et ce qui demande un administrateur (« owed »).
share_out() {
    marks=@
    [ -n "$rights" ] || marks=@+
    [ "$manager" = apt-get ] || marks=''
    lifted=$(printf '%s\n' "$missing" | awk -v marks="$marks" 'NF && index(marks, $3)')
    owed=$(printf '%s\n' "$missing" | awk -v marks="$marks" 'NF && !index(marks, $3)')
}

bring() {
    if [ -n "$rights" ] && [ -n "$owed" ]; then
        update
        sort_known "$(packages_of "$owed")"
        [ -z "$kept" ] || install_packages "$kept" || failed=yes
    elif [ -n "$owed" ]; then
        sort_known "$(packages_of "$owed")"
    fi
    [ -z "$lifted" ] || bring_lifted
}

bring_lifted() {
    [ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | head -n 1)" ] || use_own_lists
    sort_known "$(packages_of "$lifted")"
    [ -z "$kept" ] || unpack "$kept" || failed=yes
}

# Ce qui manque encore, pourquoi, et ce qui ne marchera pas ; « status » dit si l'on peut continuer.
report_left() {
    reachable=''
    while read -r group name mark package; do
        [ -n "$group" ] || continue
        [ "$mark" = '?' ] || [ -z "$quiet" ] && [ "$group" != test ] || status=2
        case $unknown in
        *" $package "*)
            case $told in *" $package "*) continue ;; esac
            told="$told $package "
            say "ce système n'a pas de paquet $package ($name). Sans lui ne marche pas : $(purpose_of "$group")"
            ;;
        *)
            [ "$mark" = '?' ] || status=2
            reachable="$reachable
$group $name $mark $package"
            ;;
        esac
    done <<FIN
$missing
FIN
    [ -n "$reachable" ] || return 0
    command=$(install_command "$(packages_of "$reachable")")
    if [ -z "$rights" ]; then
        say "il manque : $(names_of "$reachable"). En administrateur, tapez : $command"
    elif [ -n "$failed" ]; then
        say "l'installation a échoué. À taper vous-même : ${become:+$become }$command"
    else
        say "l'installation a réussi, mais il manque encore : $(names_of "$reachable")"
    fi
}

quiet=
case ${1:-} in
--groups)
    printf '%s\n' "${GROUPS_KNOWN#?}" | while read -r group size purpose; do
        # L'archive des étudiants n'a pas tout ce qui entretient le dépôt.
        case $group in class | similar | bench | check | browser | slurm | handout | systems) [ -d tests/grading ] || continue ;; esac
        printf '  GROUP=%-8s %4s Mo   %s\n' "$group" "$size" "$purpose"
    done
    exit 0
    ;;
--if-missing)
    quiet=yes
    shift
    ;;
esac
groups=${*:-${GROUP:-test}}
known=
while read -r group _; do
    known=$known${group:+$group }
done <<FIN
$GROUPS_KNOWN
FIN
known=${known% }
[ "$groups" != all ] || groups="${known% slurm*}${known#* slurm}"
for group in ${groups:-?}; do
    case " $known " in *" $group "*) ;; *) give_up "GROUP : $known ou all est attendu" ;; esac
done

if all_present; then
    [ -n "$quiet" ] || say "tout est là ($groups)."
    exit 0
fi
find_manager
missing=$(list_missing)
[ -n "$manager" ] || give_up "il manque : $(names_of "$missing") ; ni apt, ni dnf, ni pacman ici. À installer vous-même \
(noms de Debian) : $(packages_of "$missing")"

# shellcheck source=tests/judge/command/lock.sh
. tests/judge/command/lock.sh
take_lock
# Une autre commande a pu l'installer pendant que celle-ci attendait.
missing=$(list_missing)
log=$(mktemp) || give_up "aucun fichier temporaire ne peut être créé"
trap 'rm -f "$log" "$log.status" "$log.began"' EXIT
unknown='' told='' failed='' status=0
find_rights
share_out
bring
# Fait par root dans le dossier de quelqu'un d'autre, build/ reste à celui-là.
[ "$(id -u)" -ne 0 ] || chown -R --reference=. "$LOCK" "$HERE" 2>/dev/null
[ "$(id -u)" -ne 0 ] || chown --reference=. build
missing=$(list_missing)
report_left
if [ -z "$missing" ]; then
    if [ -z "$failed" ]; then say "c'est installé."; else say "tout est là, mais l'installation a fini par l'erreur ci-dessus."; fi
fi
exit "$status"

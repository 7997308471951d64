#!/bin/sh
# Éprouve deps.sh devant de faux gestionnaires de paquets : dnf et pacman, que cette machine n'a pas, et apt sans réseau.
# Ce qu'ils « installent » est une commande vide de plus dans un PATH qui n'est qu'à cet essai.
# Le vrai apt, sur de vrais systèmes neufs : make systems.
set -u
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GROUP CC
top=$PWD/build/check/installation
rm -rf "$top"
mkdir -p "$top/managers" "$top/tree/tests/judge/command"
cp tests/judge/command/deps.sh tests/judge/command/lock.sh "$top/tree/tests/judge/command"
passed=0
failed=0

# UNKNOWN : les paquets que ce système n'a pas. Comme les vrais, il refuse tout quand l'un des noms est inconnu.
cat >"$top/managers/fake" <<'FIN'
#!/bin/sh
echo "${0##*/} $*" >>"$TOP/calls"
name=${0##*/}
unknown() { case " $UNKNOWN " in *" $1 "*) return 0 ;; esac; return 1; }
asks() { for last; do :; done; ! unknown "$last"; }
add() {
    for package; do case $package in -*) continue ;; esac; ! unknown "$package" || { echo "inconnu : $package" >&2; exit 1; }; done
    for package; do
        case $package in
        -*) continue ;;
        netcat* | *-netcat) package=nc ;;
        similarity-tester) package=sim_c ;;
        gcc) package=cc ;;
        nodejs) package=node ;;
        # Un en-tête, non une commande ; cette machine ne l'a pas toujours installé, mais déballé.
        criterion*) mkdir -p "$TOP/tree/build/packages/usr/include/criterion" && : >"$TOP/tree/build/packages/usr/include/criterion/criterion.h" ;;
        esac
        printf '#!/bin/sh\n' >"$TOP/tools/$package" && chmod 755 "$TOP/tools/$package"
    done
    echo "installé par $name"
}
case "$name $*" in
'id -u') echo "$USER_ID" ;;
'id '*) echo eleve ;;
'sudo -n true') exit 0 ;;
sudo*) exec "$@" ;;
'apt-cache policy '*) shift; if unknown "$1"; then exit 0; fi; printf '%s:\n  Candidate: 1.0\n' "$1" ;;
'apt-get '*update) ;;
'apt-get install --print-uris '*) echo "'http://exemple.fr/a.deb' a.deb 5000000 MD5Sum:0" ;;
'apt-get '*) while [ "$1" != install ]; do shift; done; shift
    { echo "dlstatus:1:0.0000:x"; echo "pmstatus:x:50.0000:x"; } >&3 || exit 1; add "$@" 3>&- ;;
'dnf -q list '*) asks "$@" ;;
'dnf install '*) shift; add "$@" ;;
'pacman -Sy '*) : >"$TOP/synchronised" ;;
'pacman -Slq') [ ! -e "$TOP/synchronised" ] || echo gdb ;;
'pacman -Si '*) [ -e "$TOP/synchronised" ] && asks "$@" ;;
'pacman -Sp '*) echo 2500000 ;;
'pacman -S '*) shift; [ -e "$TOP/synchronised" ] && add "$@" ;;
esac
FIN
chmod 755 "$top/managers/fake"

# MANAGER… : une machine neuve qui a ces gestionnaires de paquets, et ni compilateur, ni débogueur, ni sim_c.
machine() {
    rm -rf "$top/tools" "$top/calls" "$top/synchronised" "$top/tree/build"
    mkdir "$top/tools"
    for folder in /usr/sbin /usr/bin /sbin /bin; do
        ln -s "$folder"/* "$top/tools/" 2>/dev/null
    done
    for absent in apt-get apt-cache dnf pacman sudo id cc gdb strace nc sim_c chromium chromium-browser google-chrome node npm; do
        rm -f "$top/tools/$absent"
    done
    for name in id "$@"; do
        ln -s ../managers/fake "$top/tools/$name"
    done
    UNKNOWN='' USER_ID=0
}

deps() { # STATUT ARGUMENTS…
    wanted=$1
    shift
    (cd "$top/tree" && TOP=$top UNKNOWN=$UNKNOWN USER_ID=$USER_ID PATH=$top/tools sh tests/judge/command/deps.sh "$@") >"$top/output" 2>&1 </dev/null
    status=$?
    check "statut $status, $wanted attendu" [ "$status" -eq "$wanted" ]
}

check() { # CE QUI EST FAUX, COMMANDE…
    complaint=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "✗ $case_name : $complaint"
    sed 's/^/  | /' "$top/output"
    [ ! -f "$top/calls" ] || sed 's/^/  > /' "$top/calls"
}

says() { check "il n'est pas dit : $1" grep -qE -e "$1" "$top/output"; }
silent_on() { check "il ne fallait pas dire : $1" not grep -qE -e "$1" "$top/output"; }
called() { check "il n'a pas été lancé : $1" grep -qE -e "^$1" "$top/calls"; }
not_called() { check "il ne fallait pas lancer : $1" not grep -qE -e "^$1" "$top/calls"; }
has() { for tool; do check "$tool n'est pas là" [ -x "$top/tools/$tool" ]; done; }
lines() { check "$(wc -l <"$top/output") lignes, $1 attendue" [ "$(wc -l <"$top/output")" -eq "$1" ]; }
not() { ! "$@"; }

for manager in dnf pacman apt-get; do
    others=
    [ "$manager" != apt-get ] || others=apt-cache

    case_name="$manager : tout est connu"
    machine "$manager" $others
    deps 0 debug
    has gdb strace nc
    says "^deps : c'est installé"
    says "^(installé par $manager|deps : installé en [0-9]+ s)"

    case_name="$manager : un paquet inconnu ne prive pas des autres"
    machine "$manager" $others
    UNKNOWN=strace
    deps 0 debug
    has gdb nc
    says "pas de paquet strace \(strace\)\. Sans lui ne marche pas : .*make strace"
    not_called "$manager .*install.* strace"
    rm "$top/tools/gdb"
    deps 2 --if-missing debug
    has gdb

    case_name="$manager : la commande sait se passer de ce qui est marqué « ? »"
    machine "$manager" $others
    UNKNOWN=chromium
    deps 0 --if-missing browser
    has node npm
    says "pas de paquet chromium"

    case_name="$manager : sans compilateur, rien ne marche"
    machine "$manager" $others
    UNKNOWN=gcc
    deps 2 test debug
    has gdb
    says "pas de paquet gcc \(cc\)\. Sans lui ne marche pas : make test"

    case_name="$manager : sans administrateur, une ligne à taper, qui marcherait"
    machine "$manager" $others
    USER_ID=1000 UNKNOWN=doxygen
    [ "$manager" != pacman ] || : >"$top/synchronised"
    rm -f "$top/tools/doxygen" "$top/tools/dot"
    deps 2 --if-missing docs
    says "En administrateur, tapez : $manager (-S|install) .*graphviz$"
    says "pas de paquet doxygen"
    lines 2
    not_called "$manager .*(install -y|-S ).*graphviz"

    case_name="$manager : par sudo, quand il ne demande rien"
    machine "$manager" $others sudo
    USER_ID=1000
    deps 0 debug
    called "sudo .*$manager .*gdb"
    has gdb strace nc
done

case_name="pacman qui n'a pas encore ses listes"
machine pacman
deps 0 debug
called "pacman -Sy "
says "2,5 Mo à télécharger"
machine pacman
: >"$top/synchronised"
deps 0 debug
not_called "pacman -Sy "

case_name="apt : la taille est dite avant, et Debian 13 n'a pas similarity-tester"
machine apt-get apt-cache
UNKNOWN=similarity-tester
deps 0 debug similar
says "installation \(5,0 Mo à télécharger\) : apt-get install -y --no-install-recommends gdb strace netcat-openbsd$"
says "pas de paquet similarity-tester \(sim_c\)\. Sans lui ne marche pas : make similar"

case_name="aucun gestionnaire de paquets"
machine
deps 2 debug
says "il manque : gdb, strace, nc ; ni apt, ni dnf, ni pacman ici\. À installer .* : gdb strace netcat-openbsd$"
lines 1

case_name="le groupe par défaut ne demande ni débogueur ni le reste"
machine dnf
deps_group_is_test() { ! grep -qE 'gdb|doxygen|clang|chromium' "$top/output"; }
UNKNOWN=gcc
deps 2
says "pas de paquet gcc"
check "d'autres groupes que test" deps_group_is_test
deps 2 inconnu
says "GROUP : test .* est attendu"
lines 1

case_name="all : tout, sauf ce qui lance des services"
machine dnf
deps 0 all
has gdb node sim_c
not_called "dnf .*slurm"

case_name="« make » dans un lab, sans compilateur"
machine
PATH=$top/tools make -s -C "labs/${LABS%% *}" >"$top/output" 2>&1 </dev/null
check "statut $?, 2 attendu" [ $? -eq 2 ]
says "^cc n'est pas installé.* make deps$"
check "d'autres lignes" [ "$(grep -vc '^make' "$top/output")" -eq 1 ]

rm -rf "$top"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

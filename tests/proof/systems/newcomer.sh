#!/bin/sh
# Ce que fait un nouvel arrivant sur une machine nue, geste après geste : newcomer.sh SYSTÈME CHEMIN
# Lancé dans la machine par systems.sh. Un geste est réussi quand il a le statut attendu, que s'y lit ce qui doit s'y
# lire, et qu'aucun avertissement n'est montré. CHEMIN :
#   entier         root, puis un utilisateur ordinaire
#   sans-espaces   d'utilisateurs : les mêmes notes, et une classe refusée avec le vrai remède
#   sans-admin     sur une machine d'université, où gcc et Python sont déjà là
set -uf
system=$1 path=$2
number=0 passed=0 failed=0
# Le dossier où l'on tape, dans /srv pour root, chez lui pour un utilisateur ordinaire.
folder=sockets-en-c
REPOSITORY=/srv/$folder STUDENT=/home/eleve
HOSTILE=tests/proof/hostile/submissions/signals-all

now() {
    read -r seconds _ </proc/uptime
    echo "${seconds%.*}"
}

# Un utilisateur ordinaire a son propre clone ; aucun réglage de qui a lancé le tout n'arrive jusqu'ici.
as() { # QUI COMMANDE
    left=$((DEADLINE - $(now)))
    [ "$left" -gt 0 ] || { echo "plus le temps : la limite est dépassée" && return 124; }
    set -- "$1" timeout -k 10 "$left" sh -c "cd $folder && $2"
    case $1 in
    root)
        shift
        (cd "${REPOSITORY%/*}" && exec env -i PATH="$PATH" HOME=/root TERM=dumb ${http_proxy:+http_proxy="$http_proxy"} "$@")
        ;;
    *)
        shift
        (cd "$STUDENT" && exec setpriv --reuid=eleve --regid=eleve --init-groups env -i PATH=/usr/local/bin:/usr/bin:/bin \
            HOME="$STUDENT" USER=eleve TERM=dumb ${http_proxy:+http_proxy="$http_proxy"} "$@")
        ;;
    esac
}

fault_of() { # JOURNAL STATUT ATTENDU MOTIF… : ce qui ne va pas, sur une ligne ; rien si tout va
    log=$1 status=$2 wanted=$3
    shift 3
    [ "$status" -eq "$wanted" ] || { echo "statut $status au lieu de $wanted" && return; }
    for pattern; do
        case $pattern in
        !*) ! grep -m 1 -E -- "${pattern#!}" "$log" || return ;;
        *) grep -qE -- "$pattern" "$log" || { echo "« $pattern » n'y est pas" && return; } ;;
        esac
    done
    noise=$(grep -iE 'warning|avertissement|traceback \(' "$log" | head -n 1)
    [ -z "$noise" ] || echo "avertit : $noise"
}

step() { # QUI STATUT COMMANDE MOTIF… : un geste, et ce qui doit s'y lire (« !MOTIF » : ne pas s'y lire)
    who=$1 expected=$2 command=$3
    shift 3
    number=$((number + 1))
    name=$(printf '%02d' "$number")
    began=$(now)
    as "$who" "$command" >"/journaux/$name" 2>&1
    fault=$(fault_of "/journaux/$name" $? "$expected" "$@")
    spent=$(($(now) - began))
    if [ -z "$fault" ]; then
        passed=$((passed + 1)) verdict="✓ $spent s"
    else
        failed=$((failed + 1)) verdict="✗ $fault : voir $JOURNAL/$name"
    fi
    printf '%-8s %-12s %-5s %-50s %s\n' "$system" "$path" "$who" "${folder#sockets-en-c} $command" "$verdict"
    echo "$passed $failed" >/journaux/compte
}

# Chaque lab à cette note, et la moyenne avec.
judged() { # QUI NOTE COMMANDE
    if [ "$2" -eq 20 ]; then status=0; else status=1; fi
    # shellcheck disable=SC2046 # un motif par lab, sans espace
    step "$1" "$status" "$3" "^Moyenne : $2 / 20 " $(cd "$REPOSITORY/labs" && set +f && printf "^  %s ·.* $2./.20\$\n" * | tr ' ' .)
}

first_lab() {
    (set +f && cd "$REPOSITORY/solutions" && set -- * && echo "$1")
}

both_commands() { # QUI : les deux premières lignes du README
    judged "$1" 0 'make test WORK=labs'
    judged "$1" 20 'make test'
}

# git et make, rien d'autre ; un clone pour root, un pour un utilisateur ordinaire, et une classe de trois dans chacun :
# deux corrigés, et un rendu qui tue tout ce qu'il peut atteindre.
prepare() { # PAQUET…
    apt-get update && apt-get install -y --no-install-recommends git make "$@" && useradd --create-home --shell /bin/sh eleve || return 1
    mkdir "$REPOSITORY" && cd "$REPOSITORY" && tar -xf /depot/depot.tar || return 1
    git -c init.defaultBranch=main init -q && git add -A && git -c user.name=essai -c user.email=essai@localhost commit -qm essai || return 1
    mkdir -p build/classe
    for student in alice bob mallory; do
        cp -R solutions "build/classe/$student" || return 1
    done
    lab=$(first_lab)
    sed "/\[la suite\]/r solutions/$lab/server.c" "$HOSTILE/server.c" >"build/classe/mallory/$lab/server.c" || return 1
    cp -R "$REPOSITORY" "$STUDENT" && chown -R eleve:eleve "$STUDENT"
}

walk_without_namespaces() {
    step eleve 1 'unshare --user true'
    both_commands root
    [ -n "$BRIEF" ] || judged eleve 20 'make test'
    step root 0 'make deps GROUP=class'
    for who in root eleve; do
        for command in 'make test WORK=build/classe' 'make test SANDBOX=1'; do
            step "$who" 2 "$command" '^Remède : ce conteneur interdit les espaces' "le code d'inconnus n'est pas lancé" '!^Remède : [^c].*'
        done
    done
}

walk_without_administrator() {
    [ -n "$BRIEF" ] || judged eleve 0 'make test WORK=labs'
    judged eleve 20 'make test'
}

walk_whole() {
    step eleve 0 'unshare --user true'
    judged root 0 'make test WORK=labs'
    echo "$system : premier verdict en $spent s, installation comprise, les paquets étant déjà téléchargés (visé : 20 s)"
    [ -n "$BRIEF" ] || judged root 20 'make test'
    both_commands eleve
    step root 0 'make deps GROUP=class'
    for who in root eleve; do
        # Un lab : celui du rendu qui tue. Les autres passent par le même bac à sable, à la ligne suivante.
        step "$who" 0 "make test WORK=build/classe LAB=$(first_lab)" '^ *alice .* 20' '^ *bob .* 20' '^ *mallory .* 20 .*à voir'
        judged "$who" 20 'make test SANDBOX=1'
    done
    step root 0 'make docs'
    step root 0 'make handout'
    step eleve 0 "mkdir ../archive && tar -xzf $REPOSITORY/build/handout/sockets-en-c.tar.gz -C ../archive"
    folder=archive/sockets-en-c
    judged eleve 0 'make test'
    step eleve 0 'make docs'
    folder=sockets-en-c
    step root 0 'make deps'
}

packages=
[ "$path" != sans-admin ] || packages='gcc libc6-dev python3'
cd /
# shellcheck disable=SC2086
if ! (prepare $packages) >/journaux/preparation 2>&1; then
    echo "$system : ✗ la machine n'a pas pu être préparée : voir $JOURNAL/preparation"
    exit 1
fi
case $path in
entier) walk_whole ;;
sans-espaces) walk_without_namespaces ;;
sans-admin) walk_without_administrator ;;
esac
exit 0

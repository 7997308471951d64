#!/bin/sh
# Éprouve « make test » comme on le tape : statuts, demandes mal écrites, travaux étranges.
set -u
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
lab=${LABS%% *}
top=build/check/options
rm -rf "$top"
mkdir -p "$top"
passed=0
failed=0

# STATUT MOTIF ARGUMENTS… : le statut voulu, et une ligne qui correspond au motif
expect() {
    wanted=$1
    pattern=$2
    shift 2
    make test "$@" >"$top/output" 2>&1 </dev/null
    status=$?
    if [ "$status" -eq "$wanted" ] && grep -qE -e "$pattern" "$top/output"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    printf '✗ make test'
    printf " '%s'" "$@"
    printf '\n  statut %s, %s voulu ; motif voulu : %s\n' "$status" "$wanted" "$pattern"
    sed 's/^/  | /' "$top/output"
}

# Une demande refusée : statut 2, et une seule ligne de nous, celle-ci.
refuse() {
    pattern=$1
    shift
    expect 2 "^juge : .*$pattern" "$@"
    lines=$(grep -vc '^make' "$top/output")
    [ "$lines" -eq 1 ] || { failed=$((failed + 1)) && echo "✗ $lines lignes au lieu d'une : $*"; }
}

# Un travail fait de la solution d'un lab.
work() {
    mkdir -p "$1" && cp "solutions/$lab"/*.[ch] "$1/"
}

refuse "WORK=nulle-part : ce dossier n'existe pas" WORK=nulle-part
refuse "WORK=README.md : ce n'est pas un dossier" WORK=README.md
# shellcheck disable=SC2016
refuse 'WORK=\$\(HOME\) `id` : ce dossier' 'WORK=$(HOME) `id`'
refuse "WORK=deux.lignes : ce dossier" "WORK=deux
lignes"
refuse "LAB=99 : ce lab n'existe pas \(il y a : .*$lab" LAB=99
refuse "LAB=\* : ce lab" 'LAB=*'
refuse "STEP=trois : un nombre" STEP=trois
refuse "STEP=-1 : un nombre" STEP=-1
refuse "STEP=99 : aucun test ne correspond .* étapes : 0 à [0-9]" STEP=99
refuse "TEST=inconnu : aucun test" TEST=inconnu
refuse "TEST=a;b : un nom de test" 'TEST=a;b'
refuse "MIN=21 : une note" MIN=21
printf 'total = 10\n%s nulle_part = 2\n' "$lab" >"$top/bareme"
refuse "SCALE, ligne 2 : $lab n'a pas de test « nulle_part »" SCALE="$top/bareme"
refuse "SCALE=nulle-part : ce fichier n'existe pas" SCALE=nulle-part
printf 'total = 10\n' >"$top/bareme"
refuse "MIN=12 : une note de 0 à 10" SCALE="$top/bareme" MIN=12
refuse "REVEAL=oui : 0 ou 1" REVEAL=oui
refuse "DETAIL=oui : 1 est attendu" DETAIL=oui
refuse "MIN=bien : une note" MIN=bien
refuse "JUNIT=nulle/part.xml : impossible" JUNIT=nulle/part.xml
mkdir "$top/vide"
refuse "aucun lab n'y est" WORK="$top/vide"
work "$top/sans-nom"
[ "$LABS" = "$lab" ] || refuse "dites quel lab" WORK="$top/sans-nom"

# Voir qui est qui n'attend pas qu'un juge soit construit : rien n'est compilé.
work "$top/classe/Alice/$lab"
refuse "PREVIEW=2 : 1 est attendu" WORK="$top/classe" PREVIEW=2
mkdir "$top/seul" && echo 'exec sh tests/judge/command/judge.sh "$@"' >"$top/seul/judge.sh"
expect 0 "^Aperçu : 1 personne, dont 0 à voir" WORK="$top/classe" LAB="$lab" PREVIEW=1 COMMAND="$top/seul"

expect 1 "Note : 0 / 20" WORK=labs LAB="$lab"
expect 0 "Note : 0 / 20" WORK=labs LAB="$lab" MIN=0
expect 0 "Note : 0 / 10" WORK=labs LAB="$lab" MIN=0 SCALE="$top/bareme"
expect 1 "Note : 0 / 20" WORK=labs LAB="$lab" MIN=0,5
expect 0 "Note : 20 / 20" LAB="$lab" MIN=20
expect 0 "Note : 20 / 20" LAB="${lab%%-*}"
expect 0 "Points : " LAB="$lab" STEP=1
expect 1 "Points : 0 / " LAB="$lab" STEP=1 WORK=labs
# Ce qui est pris, non ce qui est jugé : une étape suffit.
first_step='^Points : ([0-9,]+) / \1 '
expect 0 "$first_step" WORK="$top/sans-nom" LAB="$lab" STEP=1

# Un dossier, quel que soit son nom : le lab y est sous son nom, ou dans labs/.
# shellcheck disable=SC2016
odd="$top/"'-l'"'"'été "$HOME" `x` \ %s *
fin'
work "$odd/$lab"
expect 0 "$first_step" WORK="$odd" LAB="$lab" STEP=1
work "$top/copie/labs/$lab"
expect 0 "$first_step" WORK="$top/copie" LAB="$lab" STEP=1
expect 0 "$first_step" WORK="$PWD/$top/copie" LAB="$lab" STEP=1
[ "$LABS" = "$lab" ] || expect 0 "ce lab n'est pas dans le travail jugé" WORK="$top/copie"

expect 0 "Note : 20 / 20" LAB="$lab" JUNIT="$top/un rapport.xml"
[ -s "$top/un rapport.xml" ] || { failed=$((failed + 1)) && echo "✗ pas de rapport JUnit"; }

# Des sources qui ne peuvent pas être prises.
for kind in lien fifo dossier absent erreur enorme; do
    work "$top/$kind/$lab"
    rm "$top/$kind/$lab/server.c"
done
ln -s ../../../../../solutions/"$lab"/server.c "$top/lien/$lab/server.c"
mkfifo "$top/fifo/$lab/server.c"
mkdir "$top/dossier/$lab/server.c"
printf 'int main(void)\n{\n    return zero;\n}\n' >"$top/erreur/$lab/server.c"
head -c 2000000 /dev/zero >"$top/enorme/$lab/server.c"
expect 1 "server.c est un lien symbolique" WORK="$top/lien" LAB="$lab" STEP=1
expect 1 "server.c n'est pas un fichier ordinaire" WORK="$top/fifo" LAB="$lab" STEP=1
expect 1 "server.c n'est pas un fichier ordinaire" WORK="$top/dossier" LAB="$lab" STEP=1
expect 1 "server.c manque" WORK="$top/absent" LAB="$lab" STEP=1
expect 1 "server.c dépasse" WORK="$top/enorme" LAB="$lab" STEP=1
expect 1 "^ +server.c:3:12: error: .*zero" WORK="$top/erreur" LAB="$lab" STEP=1
expect 1 "^ +3 \|     return zero;" WORK="$top/erreur" LAB="$lab" STEP=1
# Corrigée, la source est prise aussitôt.
cp "solutions/$lab/server.c" "$top/erreur/$lab/server.c"
expect 0 "$first_step" WORK="$top/erreur" LAB="$lab" STEP=1

for header in "solutions/$lab"/*.h; do
    [ -f "$header" ] || continue
    work "$top/entete/$lab"
    echo '#error "pris"' >"$top/entete/$lab/${header##*/}"
    expect 0 "Remarque : ${header##*/} a été modifié" WORK="$top/entete" LAB="$lab" STEP=1
done

# Une part d'un programme est demandée quand son en-tête est là ; sans l'un ni l'autre, l'éditeur de liens dit ce qui manque.
for header in solutions/*/*.h; do
    other=${header%/*} other=${other#*/} part=${header##*/} part=${part%.h}
    grep -q "^LIBRARY := .*$part\.h" "tests/$other/lab.mk" || continue
    mkdir -p "$top/part/$other"
    cp "solutions/$other"/*.[ch] "$top/part/$other/"
    expect 0 "$first_step" WORK="$top/part" LAB="$other" STEP=1
    rm "$top/part/$other/$part.c"
    expect 1 "^ +$part.c manque" WORK="$top/part" LAB="$other" STEP=1
    rm "$top/part/$other/$part.h"
    expect 1 "server.c:[0-9]+: undefined reference to .${part}_" WORK="$top/part" LAB="$other" STEP=1
done

# Pour root, tout est lisible.
if [ "$(id -u)" -ne 0 ]; then
    work "$top/secret/$lab"
    chmod 000 "$top/secret/$lab/server.c"
    refuse "server.c : ce fichier n'est pas lisible" WORK="$top/secret" LAB="$lab"
    chmod 000 "$top/secret/$lab"
    refuse "ce dossier n'est pas lisible" WORK="$top/secret" LAB="$lab"
    chmod 755 "$top/secret/$lab"
fi

# Ce qu'un juge tué laisse porte un numéro de processus : le jour où ce numéro revient, rien n'en est changé.
apart() { # COMMANDE… : lancée où les numéros de processus et /dev/shm ne sont qu'à elle
    unshare --map-root-user --mount --pid --fork --mount-proc "$@"
}
# shellcheck disable=SC2016
litter='mount -t tmpfs none /dev/shm || exit 1
    for number in $(seq 2 4000); do : >"/dev/shm/bxf_arena_$number"; : >"/dev/shm/bxfi_$number"; done
    exec make test "$@"'
if apart true 2>/dev/null; then
    if apart sh -c "$litter" sh LAB="$lab" >"$top/output" 2>&1 </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "✗ les restes d'un juge tué gênent le suivant"
        sed 's/^/  | /' "$top/output"
    fi
fi

rm -rf "$top"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

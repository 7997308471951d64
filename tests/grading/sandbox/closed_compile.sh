#!/bin/sh
# Un appel du compilateur là où bubblewrap ne s'ouvre pas : c'est alors la valeur de COMPILE_WRAPPER. Mêmes mots et même statut
# que compile.sh. JUDGE_CLOSED est l'utilisateur que devient le compilateur (closed.sh).
#
# Il ne lit que des copies : les entrées nommées, et les en-têtes des dossiers de -I et de -iquote, posés sous les mêmes noms
# dans un dossier jetable. Le résultat sort par un tube.
# shellcheck disable=SC2015 # « A && B || die » : die ne revient pas
set -uf
here=${0%/*}
[ "$here" != "$0" ] || here=.
# shellcheck source=tests/grading/sandbox/limits.conf disable=SC1091
. "$here/limits.conf"

die() {
    printf 'bac à sable : %s\n' "$1" >&2
    exit 125
}

start=$(cd "$here/../../../build/sandbox" && pwd)/start
stage=$(mktemp -d /tmp/compile-XXXXXX) && mkdir "$stage/out" "$stage/src" || die "/tmp : impossible d'y écrire"
trap 'rm -rf "$stage"' EXIT
out=$stage/out
# shellcheck source=tests/grading/sandbox/compile_words.sh
. "$here/compile_words.sh"

# Où un chemin se trouve dans le dossier jetable, et sous quel nom le compilateur le lira ; ce qui est au système y reste.
locate() { # CHEMIN
    name=$1 place=$stage/src/$1
    case $1 in
    /usr/* | /bin/* | /lib/* | /lib32/* | /lib64/* | /etc/alternatives/* | /dev/null) place='' ;;
    /*) name=$stage$1 place=$stage$1 ;;
    esac
}

# D'un coup : chaque appel du compilateur a des dizaines d'en-têtes.
copy() { # DOSSIER FICHIER… : ceux qui existent
    locate "$1"
    shift
    for file; do
        shift
        [ ! -f "$file" ] || set -- "$@" "$file"
    done
    [ -z "$place" ] || [ $# -eq 0 ] || { mkdir -p "$place" && cp -- "$@" "$place/"; } || die "$* : ne peut pas être copié"
}

# Un dossier de « ../x » n'a pas de place sous le dossier jetable : aucune de nos commandes n'en nomme.
count=$#
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    count=$((count - 1))
    case $word in
    -I* | -iquote*)
        folder=${word#-iquote} option=-iquote kinds='h c'
        [ "$folder" != "$word" ] || folder=${word#-I} option=-I kinds=h
        set +f
        for kind in $kinds; do
            copy "$folder" "$folder"/*."$kind"
        done
        set -f
        locate "$folder"
        word=$option$name
        ;;
    -*) ;;
    *)
        if [ -f "$word" ]; then
            case $word in */*) copy "${word%/*}" "$word" ;; *) copy . "$word" ;; esac
            locate "$word"
            word=$name
        fi
        ;;
    esac
    set -- "$@" "$word"
done
# Ce que le programme dit de ses sources (« votre ligne »), comme s'il avait été compilé à sa place.
[ -n "$executable" ] || { compiler=$1 && shift && set -- "$compiler" "-ffile-prefix-map=$stage=" "$@"; }
chmod -R a+rX "$stage" || die "$stage : les copies ne peuvent pas être ouvertes"

status=0
# shellcheck disable=SC2016 # c'est le shell d'en dessous qui développe
(cd "$stage/src" && exec env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 TMPDIR="$out" \
    "$start" closed="$out" user="$JUDGE_CLOSED" read="$stage" tasks="${JUDGE_TASKS:-unlimited}" space="$COMPILE_ADDRESS_SPACE" \
    cpu="$COMPILE_CPU" file="$COMPILE_FILE" /bin/sh -c '
        out=$1 stage=${1%/out} most=$2
        shift 2
        "$@" >/dev/null 2>"$out/messages"
        status=$?
        [ ! -s "$out/messages" ] || head -c "$most" "$out/messages" | sed "s|$stage||g" >&2
        [ "$status" -ne 0 ] || exec cat "$out/result"
        exit "$status"' sh "$out" "$COMPILE_MESSAGES" "$@") >"$output.part" || status=$?
settle "$status"

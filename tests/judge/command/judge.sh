#!/bin/sh
# Juge un travail : le déroulement de « make test ».
#   judge.sh            trouve les sources, les copie, les compile, les juge, écrit le rapport
#   judge.sh --check    vérifie seulement que la demande a un sens
#   judge.sh --build    compile seulement, et dit où : DOSSIER LAB…
#   judge.sh --results  compile et juge, et laisse results.json où --where le dit, sans rapport (statut 0 ou 2)
#   judge.sh --where    ne fait rien, et dit où est quoi, par trois mots finis chacun d'un octet nul :
#                       base DOSSIER DOSSIER_DE_CETTE_COMMANDE ; lab NOM DOSSIER ; source FICHIER NOM ; header FICHIER DONNÉ
# Plusieurs jugements à la fois, du même travail ou d'autres : chacun copie d'abord les sources, telles qu'elles sont ;
# la compilation se fait chacun son tour, dans le dossier du travail (lock.sh) ; il emporte enfin dans sa chambre
# (room.sh) les programmes construits, et c'est là qu'il juge. Des résultats entiers, eux seuls, en reviennent.
# JUDGE_BASE est un dossier qui n'est qu'à l'appelant : tout s'y fait sur place, sans attendre personne.
# Une classe, ou tout travail avec SANDBOX=1, passe par tests/grading/grade.py, qui rappelle judge.sh --results.
# Réglages, par l'environnement : WORK LAB STEP TEST MIN SCALE JUNIT FRAMING SANITIZE COUNT REVEAL DETAIL, et les deux
# coutures COMPILE_WRAPPER (devant le compilateur) et JUDGE_WRAPPER (devant chaque programme jugé).
# LIVE=1 laisse à côté des résultats un lien, « live », vers le dossier où les verdicts s'écrivent un à un.
# Statut : 0 tous les points demandés, 1 il en manque, 2 le juge n'a pas pu faire son travail.
# shellcheck disable=SC2015 # « A && B || die » : die ne revient pas
set -uf
umask 022
# Une source écrite à la main n'est pas plus longue.
LONGEST=1048576
tab=$(printf '\t')
export LC_ALL=C.UTF-8
# Les makes lancés ici ne sont pas les enfants de celui qui nous appelle.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# Un texte venu de l'utilisateur, sur une seule ligne et sans commande de terminal.
show() {
    case $1 in
    *[[:cntrl:]]*) printf '%s' "$1" | LC_ALL=C tr '\000-\037\177' '?' ;;
    *) printf '%s' "$1" ;;
    esac
}

# shellcheck source=tests/judge/command/lock.sh
. tests/judge/command/lock.sh

die() {
    printf 'juge : %s\n' "$1" >&2
    exit 2
}

# --- La demande ----------------------------------------------------------------------------------

check_step() { # NUMÉRO
    case $1 in
    *[!0-9]* | ???*) die "STEP=$(show "$1") : un nombre de 0 à 99 est attendu" ;;
    esac
}

check_request() {
    [ -z "${STEP:-}" ] || check_step "$STEP"
    case ${TEST:-} in
    *[!A-Za-z0-9_*?/.-]*)
        die "TEST=$(show "$TEST") : un nom de test est attendu, où * remplace une suite de lettres" ;;
    esac
    case ${MIN:-0} in
    *[!0-9.,]* | *[.,]*[.,]*) bad=yes ;;
    [0-9] | 1[0-9] | 20 | [0-9][.,][0-9]* | 1[0-9][.,][0-9]* | 20[.,]0 | 20[.,]00) bad='' ;;
    # La note d'un barème peut aller au-delà ; scale.py, qui le lit, le dit.
    [0-9]*) if [ -n "${SCALE:-}" ]; then bad=''; else bad=yes; fi ;;
    *) bad=yes ;;
    esac
    [ -z "$bad" ] || die "MIN=$(show "$MIN") : une note de 0 à 20 est attendue"
    [ -z "${SCALE:-}" ] || sh tests/judge/command/python.sh tests/judge/report/scale.py || exit 2
    case ${SANITIZE:-} in
    '' | address | thread | coverage) ;;
    *) die "SANITIZE=$(show "$SANITIZE") : address, thread ou coverage est attendu" ;;
    esac
    case ${REVEAL:-} in
    '' | 0 | 1) ;;
    *) die "REVEAL=$(show "$REVEAL") : 0 ou 1 est attendu" ;;
    esac
    case ${DETAIL:-} in
    '' | 0 | 1) ;;
    *) die "DETAIL=$(show "$DETAIL") : 1 est attendu, pour nommer chaque test" ;;
    esac
    case ${SANDBOX:-0} in
    0 | 1) ;;
    *) die "SANDBOX=$(show "$SANDBOX") : 1 est attendu, pour juger dans le bac à sable" ;;
    esac
    case ${PREVIEW:-0} in
    0 | 1) ;;
    *) die "PREVIEW=$(show "$PREVIEW") : 1 est attendu, pour voir qui est qui avant de juger" ;;
    esac
    case ${FRAMING:-own} in
    own | reference) ;;
    *) die "FRAMING=$(show "$FRAMING") : « own » ou « reference » est attendu" ;;
    esac
    if [ -n "${JUNIT:-}" ]; then
        folder=${JUNIT%/*}
        [ "$folder" != "$JUNIT" ] || folder=.
        case $folder in '') folder=/ ;; -*) folder=./$folder ;; esac
        [ -d "$folder" ] && [ -w "$folder" ] && [ ! -d "$JUNIT" ] ||
            die "JUNIT=$(show "$JUNIT") : impossible d'écrire ce fichier"
    fi
}

# L'ensemble des labs, réduit par LAB : « 01-tcp », ou son numéro seul.
choose_labs() {
    [ -n "${LABS:-}" ] || die "aucun lab dans tests/"
    if [ -n "${LAB:-}" ]; then
        chosen=
        for lab in $LABS; do
            case $lab in "$LAB" | "$LAB"-*) chosen=$lab ;; esac
        done
        [ -n "$chosen" ] || die "LAB=$(show "$LAB") : ce lab n'existe pas (il y a : $LABS)"
    else
        chosen=$LABS
    fi
}

# Lit tests/NN/lab.mk : des affectations simples, sans l'aide de make.
read_lab() {
    programs='' library='' headers='' borrow=''
    while read -r key operator value; do
        [ "$operator" = ":=" ] || continue
        case $key in
        PROGRAMS) programs=$value ;;
        LIBRARY) library=$value ;;
        HEADERS) headers=$value ;;
        BORROW) borrow=$value ;;
        esac
    done <"tests/$1/lab.mk"
    sources=$library
    for program in $programs; do
        sources="$sources $program.c"
    done
}

# Ce dossier contient-il une source du lab, ou ce qui ne peut être qu'elle ? Un lien brisé compte : il sera refusé, et dit.
holds_sources() { # DOSSIER LAB
    for source in $sources; do
        if [ -e "$1/$source" ] || [ -L "$1/$source" ]; then return 0; fi
    done
    has_c_files "$1" && folder_rule --holds "$2" "$1"
}

# La règle qui dit ce qui est pris d'un dossier ; la porte d'une classe suit la même.
folder_rule() {
    sh tests/judge/command/python.sh tests/judge/command/folder.py "$@"
}

has_c_files() { # DOSSIER
    set +f
    for entry in "$1"/*.[cChH]*; do
        set -f
        [ ! -f "$entry" ] || return 0
    done
    set -f
    return 1
}

# Les labs trouvés dans WORK : « found » ; ceux qui manquent : « absent ».
find_work() {
    if [ -z "${WORK:-}" ]; then
        if [ -d solutions ]; then WORK=solutions; else WORK=labs; fi
    fi
    shown=$(show "$WORK")
    case $WORK in
    /*) root=$WORK ;;
    *) root=./$WORK ;;
    esac
    [ -e "$root" ] || die "WORK=$shown : ce dossier n'existe pas"
    ! is_class || return 0
    [ -d "$root" ] || die "WORK=$shown : ce n'est pas un dossier"
    [ -r "$root" ] && [ -x "$root" ] || die "WORK=$shown : ce dossier n'est pas lisible"
    found='' absent='' flat=''
    for lab in $chosen; do
        if [ -d "$root/$lab" ] || [ -d "$root/labs/$lab" ]; then
            found="$found $lab"
        else
            absent="$absent $lab"
        fi
    done
    [ -n "$found" ] || find_flat_work
}

# Une classe, une archive, ou un travail à juger dans le bac à sable : « class ».
is_class() {
    class=
    case ${asked:-} in --build | --results | --where) return 1 ;; esac
    # L'archive des étudiants n'a pas de quoi noter une classe.
    if [ ! -d tests/grading ]; then
        [ "${SANDBOX:-0}" != 1 ] || die "SANDBOX=1 : le bac à sable n'est pas dans cette archive"
        [ "${PREVIEW:-0}" != 1 ] || die "PREVIEW=1 : de quoi noter une classe n'est pas dans cette archive"
        return 1
    fi
    if [ "${SANDBOX:-0}" = 1 ] || [ "${PREVIEW:-0}" = 1 ]; then
        [ -d "$root" ] || [ -f "$root" ] || die "WORK=$shown : ni un dossier, ni une archive"
        class=yes
        return 0
    fi
    # Le cas ordinaire est reconnu sans l'aide de personne.
    [ ! -d "$root/labs" ] || return 1
    for lab in $LABS; do
        read_lab "$lab"
        if [ -d "$root/$lab" ] || holds_sources "$root" "$lab"; then return 1; fi
    done
    command -v python3 >/dev/null || return 1
    LABS=$LABS sh tests/judge/command/python.sh tests/grading/is_class.py "$root" || return 1
    class=yes
}

# WORK est-il lui-même le dossier d'un lab ? Son nom le dit, ou bien LAB.
find_flat_work() {
    name=$(cd -P -- "$root" && pwd -P && echo x) || die "WORK=$shown : ce dossier n'est pas lisible"
    name=${name%?x}
    name=${name##*/}
    here=
    for lab in $chosen; do
        read_lab "$lab"
        holds_sources "$root" "$lab" || continue
        here="$here $lab"
        if [ "$lab" = "$name" ]; then
            here=" $lab"
            break
        fi
    done
    case $here in
    '') die "WORK=$shown : aucun lab n'y est (cherché : $chosen)" ;;
    ' '*' '*) die "WORK=$shown : dites quel lab y est, avec LAB= (il y a :$here)" ;;
    esac
    [ "$here" = " $name" ] || [ -n "${LAB:-}" ] || [ "$LABS" = "${here# }" ] ||
        die "WORK=$shown : dites quel lab y est, avec LAB= (il y a : $LABS)"
    found=$here absent='' flat=yes
}

folder_of() { # LAB : son dossier dans WORK, dans « folder »
    if [ -n "$flat" ]; then
        folder=$root
    elif [ -d "$root/$1" ]; then
        folder=$root/$1
    else
        folder=$root/labs/$1
    fi
}

asked=${1:-}
check_request
choose_labs
find_work
[ "$asked" != --check ] || exit 0
if [ -n "$class" ]; then
    export WORK
    # Sous Slurm, c'est chaque nœud qui en a besoin, et qui le dira.
    [ "${HOSTED:-0}" = 1 ] || [ "${INSECURE:-0}" = 1 ] || [ "${PREVIEW:-0}" = 1 ] || [ "${ENGINE:-}" = slurm ] || sh tests/judge/command/deps.sh --if-missing class || :
    exec sh tests/judge/command/python.sh tests/grading/grade.py
fi
case $asked in
'' | --results) [ -n "${JUDGE_BASE:-}" ] || [ -n "${JUDGE_ROOM:-}" ] || exec sh tests/judge/command/room.sh sh "$0" "$@" ;;
esac

# --- Les sources ---------------------------------------------------------------------------------

read -r started _ </proc/uptime

# Où construire : un dossier par travail jugé et par façon de compiler.
build_folder() {
    absolute=$(cd -P -- "$root" && pwd -P && echo x)
    absolute=${absolute%?x}
    top=$(pwd -P && echo x)
    top=${top%?x}
    case $absolute in
    "$top/labs") slug=labs ;;
    "$top/solutions") slug=solutions ;;
    *) slug=$(printf '%s' "$absolute" | cksum) && slug=${slug%% *} ;;
    esac
    variant=
    case ${CC:=cc} in
    cc) ;;
    *) variant=+$(printf '%s' "${CC##*/}" | LC_ALL=C tr -c 'A-Za-z0-9\n' -) ;;
    esac
    [ -z "${SANITIZE:-}" ] || variant=$variant+$SANITIZE
    [ -z "${FRAMING:-}" ] || variant=$variant+$FRAMING
    base=${JUDGE_BASE:-build/work/$slug$variant}
    run=$base
    [ -z "${JUDGE_ROOM:-}" ] || [ -n "${JUDGE_BASE:-}" ] || run=$JUDGE_ROOM/$slug$variant
}

# Pourquoi une source ne peut pas être prise ; rien, si elle le peut.
problem_of() { # DOSSIER/FICHIER
    problem='' name=${1##*/}
    if [ -L "$1" ]; then
        problem="$name est un lien symbolique : le juge ne prend que de vrais fichiers."
    elif [ ! -e "$1" ]; then
        problem="$name manque : ce fichier n'est pas dans le dossier jugé."
    elif [ ! -f "$1" ]; then
        problem="$name n'est pas un fichier ordinaire : le juge ne prend que de vrais fichiers."
    elif [ ! -r "$1" ]; then
        die "$(show "$1") : ce fichier n'est pas lisible"
    fi
}

# Ce qui est pris d'un dossier : les noms attendus, et ce que la règle y ajoute s'il y en a d'autres.
take_folder() { # DOSSIER LAB [lent]
    place=$taken${3:+/$3} prefix=${3:+$3/} rule=
    is_usual "$1" || rule=$(folder_rule "$2" "$1" ${3:+"$3"}) || die "$(show "$1") : ce dossier n'est pas lisible"
    from_folder=$1
    set --
    for source in ${lent:-$sources}; do
        case $rule in *"as$tab$source$tab"*) ;; *) set -- "$@" "$from_folder/$source" ;; esac
    done
    take_sources "$@"
    [ -z "$rule" ] || apply_rule
}

# Seul un fichier de plus appelle la règle : sans lui, rien d'autre ne peut être pris.
is_usual() { # DOSSIER
    usual=yes
    set +f
    for from in "$1"/*.[cChH]*; do
        case " $sources $headers " in *" ${from##*/} "*) ;; *) [ ! -f "$from" ] || usual= ;; esac
    done
    set -f
    [ -n "$usual" ]
}

apply_rule() {
    set --
    while IFS=$tab read -r word first second; do
        case $word in
        as) take_as "$from_folder/$second" "$first" ;;
        unclear) [ -n "$where" ] || printf '%s\n' "$second" >"$place/$first.problem" ;;
        remark) remark "$first" ;;
        own)
            # Prêté par le dossier du lab lui-même : c'est déjà pris.
            [ -z "$prefix" ] || [ "$from_folder" != "$folder" ] || continue
            own="$own ${prefix:-own/}$first"
            set -- "$@" "$from_folder/$first"
            ;;
        esac
    done <<END
$rule
END
    take_sources "$@"
}

# Copie bornée d'une source qui porte un autre nom que celui qu'on attend.
take_as() { # DOSSIER/FICHIER NOM
    if [ -n "$where" ]; then
        tell source "$1" "$prefix$2"
        return
    fi
    head -c $((LONGEST + 1)) -- "$1" >"$place/$2" || die "$(show "$1") : ce fichier ne peut pas être copié"
}

# Copie des sources, telles qu'elles sont en ce moment. Ce qui ne peut pas être pris est dit dans FICHIER.problem :
# la compilation le rapportera.
take_sources() { # DOSSIER/FICHIER…
    if [ -n "$where" ]; then
        for from; do tell source "$from" "$prefix${from##*/}"; done
        return
    fi
    count=$#
    while [ "$count" -gt 0 ]; do
        from=$1 count=$((count - 1))
        shift
        problem_of "$from"
        if [ -n "$problem" ]; then
            printf '%s\n' "$problem" >"$place/$name.problem"
        else
            set -- "$@" "$from"
        fi
    done
    [ $# -gt 0 ] || return 0
    # Un fichier énorme arrête tout : les autres sont alors pris un à un, et lui n'est pris qu'en partie.
    { (ulimit -f $((LONGEST / 512 + 2)) && exec cp -- "$@" "$place/"); } 2>/dev/null || for from; do
        head -c $((LONGEST + 1)) -- "$from" >"$place/${from##*/}" || die "$(show "$from") : ce fichier ne peut pas être copié"
    done
}

# Pose les sources prises où elles sont compilées, celles qui ont changé seulement : leur date dit quoi recompiler.
lay_sources() { # LAB
    src=$base/$1/src taken=$run/$1/taken
    [ -d "$src/lent" ] || mkdir -p "$src/lent" || die "build/ : impossible d'y écrire"
    ! diff -rq -- "$taken" "$src" >/dev/null 2>&1 || return 0
    set +f
    for from in "$src"/*.* "$src"/lent/*.*; do
        [ -e "$taken/${from#"$src/"}" ] || [ ! -e "$from" ] || { rm -f -- "$from" && touch "$base/$1/left"; }
    done
    for from in "$taken"/*.* "$taken"/lent/*.*; do
        [ ! -f "$from" ] || lay_source "${from#"$taken/"}"
    done
    set -f
}

lay_source() { # NOM
    to=$src/$1
    ! cmp -s -- "$from" "$to" || return 0
    rm -f -- "$to"
    if [ "$(wc -c <"$from")" -gt "$LONGEST" ]; then
        echo "${1##*/} dépasse un mébioctet : ce n'est pas une source écrite à la main." >"$to.problem"
    else
        cp -- "$from" "$to" || die "build/ : impossible d'y écrire"
    fi
}

# Emporte ce qui vient d'être construit : des liens, puisque rien n'est jamais récrit sur place.
take_programs() { # LAB
    from=$base/$1
    set -- "$run/$1"
    # Un jugement arrêté a pu n'en laisser, ou n'en effacer, qu'une part.
    [ ! -d "$1/bin" ] && [ ! -d "$1/obj" ] && [ ! -d "$1/lib" ] && [ ! -d "$1/src" ] ||
        rm -rf -- "${1:?}/bin" "${1:?}/obj" "${1:?}/lib" "${1:?}/src"
    cp -al -- "$from/bin" "$from/obj" "$from/lib" "$from/src" "$1" 2>/dev/null ||
        cp -a -- "$from/bin" "$from/obj" "$from/lib" "$from/src" "$1" || die "build/ : impossible d'y écrire"
}

# Les en-têtes donnés sont ceux du dépôt : celui du travail, s'il diffère, n'est pas pris ; une erreur de compilation le redit.
compare_headers() { # DOSSIER LAB
    for header in $headers; do
        [ -z "$where" ] || tell header "$1/$header" "labs/$2/$header"
        [ -e "$1/$header" ] || continue
        if [ ! -f "$1/$header" ] || [ -L "$1/$header" ] || ! cmp -s -- "$1/$header" "labs/$2/$header"; then
            remark "$header a été modifié : le juge compile avec celui qui a été donné."
            [ -n "$where" ] || echo "($header a été modifié dans ce dossier ; c'est celui qui a été donné qui sert ici.)" >"$place/$header.changed"
        fi
    done
}

tell() {
    printf '%s\0' "$@"
}

remark() {
    [ -n "$where" ] || printf '%s\n' "$1" >>"$target/remarks.txt"
}

# D'où vient la bibliothèque d'un autre lab (03 reprend le cadrage de 01), « from » : du même travail. « lent » : ses sources.
borrow_sources() {
    lender=$borrow
    read_lab "$lender"
    lent=$library first=${library%% *}
    from=
    [ "${FRAMING:-own}" = own ] || [ -f "solutions/$lender/$first" ] ||
        die "FRAMING=reference : la référence ($lent) n'est pas ici ; le vôtre s'éprouve seul par « $(test_alone) »"
    if [ "${FRAMING:-own}" = own ]; then
        for candidate in "$root/$lender" "$root/labs/$lender" "$root" "$folder" "$root/../$lender"; do
            if [ -z "$from" ] && lends "$candidate"; then from=$candidate; fi
        done
        [ -n "$from" ] || remark "$lent de $lender n'est pas dans ce travail : c'est la référence qui sert."
    fi
    if [ -z "$from" ]; then
        from=solutions/$lender
        [ -f "$from/$first" ] || from=labs/$lender
        [ -n "$where" ] || printf '%s\n' "$lent" | tr ' ' '\n' >"$target/given.txt"
    elif [ -z "$where" ]; then
        printf '%s\n' "$lender $lent" >"$target/borrowed.txt"
    fi
    [ "$from" = "$folder" ] || [ ! -e "$folder/$first" ] || [ "$folder" = "$root" ] ||
        remark "$first de ce dossier n'est pas lu : celui de $lender sert."
}

# La commande qui juge le lab qui prête, selon le dossier où l'on tape.
test_alone() {
    if [ -n "${FROM_LAB:-}" ]; then echo "make -C ../$lender test"; else echo "make test LAB=$lender"; fi
}

lends() { # DOSSIER : a-t-il ce fichier, ou ce qui ne peut être que lui ?
    [ -e "$1/$first" ] || [ -L "$1/$first" ] || { has_c_files "$1" && folder_rule --holds "$lender" "$1" "$first"; }
}

prepare_lab() { # LAB
    read_lab "$1"
    folder_of "$1"
    [ -r "$folder" ] && [ -x "$folder" ] || die "$(show "$folder") : ce dossier n'est pas lisible"
    target=$run/$1 taken=$run/$1/taken
    [ -z "$where" ] || tell lab "$1" "$folder"
    [ -n "$where" ] || make_target
    own='' lent='' place=$taken
    compare_headers "$folder" "$1"
    take_folder "$folder" "$1"
    [ -z "$borrow" ] || take_lent "$1"
    [ -n "$where" ] || printf '%s\n' "$own" >"$target/own.txt"
}

# Ce que prête l'autre lab, avec ce que cela appelle.
take_lent() { # LAB
    borrow_sources
    [ "$from" = "$folder" ] || place=$taken/lent
    compare_headers "$from" "$lender"
    take_folder "$from" "$1" lent
}

make_target() {
    [ ! -d "$taken" ] || rm -rf -- "$taken" "$target/borrowed.txt" "$target/given.txt"
    mkdir -p "$taken/lent" && : >"$target/remarks.txt" && : >"$run/began" || die "build/ : impossible d'y écrire"
}

compile() {
    [ -n "${JUDGE_BASE:-}" ] || take_lock
    for lab in $found; do
        lay_sources "$lab"
    done
    ${MAKE:-make} -s -k -j"$(nproc 2>/dev/null || echo 2)" -f tests/judge/command/work.mk BASE="$base" LABS="$found" ||
        die "la compilation n'a pas pu être conduite"
    for lab in $found; do
        tell_own "$lab"
    done
    [ "$run" = "$base" ] || for lab in $found; do
        take_programs "$lab"
    done
    [ -n "${JUDGE_BASE:-}" ] || release_lock
}

# Ce que sont devenues les sources en plus, quand elles ne sont pas dans un programme.
tell_own() { # LAB
    target=$run/$1
    read -r own <"$target/own.txt"
    for source in $own; do
        case $source in own/*.c) ;; *) continue ;; esac
        made=$base/$1/lib/${source%.c} name=${source#own/}
        if [ -f "$made.main" ]; then
            remark "$name a sa propre fonction main : il est laissé de côté."
        elif [ -f "$made.error" ]; then
            remark "$name est laissé de côté, il ne se compile pas : $(head -n 1 "$made.error")"
        elif ! is_linked "$1" "$name"; then
            remark "$name n'est lié à aucun programme : rien n'y appelle ce qu'il contient."
        fi
    done
}

# Un programme compilé avec -g nomme chaque source dont il a une part ; une autre source a pu l'inclure, tout .c qu'elle est.
is_linked() { # LAB NOM
    [ -d "$base/$1/bin" ] && grep -rqaF -- "/$1/src/$2" "$base/$1/bin" ||
        grep -rqE "^[[:space:]]*#[[:space:]]*include[[:space:]]*\"([^\"]*/)?$2\"" "$base/$1/src"
}

# --- Le jugement ---------------------------------------------------------------------------------

# Ce qu'il fallait peut-être écrire : TEST est un motif, qui doit couvrir le nom entier d'un test.
suggest_tests() {
    word=$(printf '%s' "${TEST:-}" | sed 's/^[*?]*//; s/[*?].*$//')
    [ -n "$word" ] || return 0
    printf ' ; TEST est un motif, qui doit couvrir le nom entier'
    names=$(for lab in $found; do
        "build/tests/$lab/judge" --list </dev/null 2>/dev/null | grep -v '"private":true' | grep -o '"name":"[^"]*"'
    done | cut -d '"' -f 4 | grep -iF -e "$word" | awk '!seen[$0]++')
    if [ -z "$names" ]; then
        printf ', et aucun nom ne contient « %s »' "$word"
        return
    fi
    # La casse est celle du premier nom trouvé : le motif proposé doit en trouver.
    word=$(printf '%s\n' "$names" | grep -ioF -m 1 -e "$word" | head -n 1)
    if [ -n "${STEP:-}" ]; then
        printf " : essayez, sans STEP, TEST='*%s*' (" "$word"
    else
        printf " : essayez TEST='*%s*' (" "$word"
    fi
    printf '%s\n' "$names" | awk 'NR <= 5 { printf "%s%s", (NR > 1 ? ", " : ""), $0 } END { print (NR > 5 ? ", …)" : ")") }'
}

# STEP seul : le numéro d'une étape que ces labs ont.
suggest_steps() {
    [ -z "${TEST:-}" ] || return 0
    last=$(for lab in $found; do
        "build/tests/$lab/judge" --list </dev/null 2>/dev/null | grep -o '"number":[0-9]*'
    done | cut -d : -f 2 | sort -n | tail -n 1)
    [ -z "$last" ] || printf ' ; étapes : 0 à %s' "$last"
}

# Un test nommé peut n'exister que dans un lab : les autres ne sont alors pas jugés.
select_labs() {
    [ -n "${STEP:-}${TEST:-}" ] || return 0
    selected=''
    for lab in $found; do
        "build/tests/$lab/judge" --list ${STEP:+--step "$STEP"} ${TEST:+--test "$TEST"} \
            </dev/null >/dev/null 2>&1 && selected="$selected $lab"
    done
    [ -n "$selected" ] ||
        die "${STEP:+STEP=$STEP }${TEST:+TEST=$TEST }: aucun test ne correspond (labs :$found)$(suggest_steps)$(suggest_tests)"
    found=$selected
    absent=''
}

# Les empreintes de ce qui est jugé ; souvent, rien n'est dans « lent ».
prints_of() { # DOSSIER
    cd "$1" && set +f && sha256sum -- *.* lent/*.* 2>/dev/null
}

# Les labs vont de front : l'un attend souvent pendant que l'autre travaille. Le juge qui n'a pas pu
# faire son travail est noté dans « troubles ».
judge_labs() {
    pids=''
    trap 'kill $pids 2>/dev/null; wait; exit 143' TERM HUP
    for lab in $found; do
        results=$run/$lab/results.json
        [ "$run" != "$base" ] && [ ! -e "$results" ] || rm -f "$results" "$run/$lab/live"
        "build/tests/$lab/judge" ${STEP:+--step "$STEP"} ${TEST:+--test "$TEST"} --work "$shown" \
            ${LIVE:+--live "$run/$lab/live"} --sources "$(prints_of "$run/$lab/taken")" \
            --programs "$run/$lab/bin" --results "$results" </dev/null >"$run/$lab/judge.log" 2>&1 &
        pids="$pids $!"
    done
    troubles=''
    # shellcheck disable=SC2086 # des numéros de processus
    set -- $pids
    for lab in $found; do
        status=0
        wait "$1" || status=$?
        shift
        if [ "$status" -gt 2 ] || [ ! -s "$run/$lab/results.json" ]; then
            troubles="$troubles $lab:$status"
        elif [ "$run" != "$base" ]; then
            publish "$lab"
        fi
    done
    trap - TERM HUP
}

# Des résultats entiers, d'un coup, datés du début : ceux d'un jugement commencé plus tard ne sont pas remplacés.
# Le dernier jugement de tout le lab : un jugement partiel ne l'efface pas.
publish() { # LAB
    place=$base/$1/complete.json
    [ -z "${STEP:-}${TEST:-}" ] || place=$base/$1/partial.json
    # shellcheck disable=SC3013 # POSIX.1-2024 connaît -nt, et les anciennes dash et bash aussi
    [ ! "$place" -nt "$run/began" ] || return 0
    touch -r "$run/began" "$run/$1/results.json" && cp -p "$run/$1/results.json" "$place.$$" && mv -f "$place.$$" "$place" ||
        die "build/ : impossible d'y écrire"
}

build_folder
where=
if [ "$asked" = --where ]; then
    where=yes
    tell base "$base" "$run"
fi
for lab in $found; do
    prepare_lab "$lab"
done
[ -z "$where" ] || exit 0
[ "$asked" = --build ] || select_labs
compile
if [ "$asked" = --build ]; then
    echo "$run$found"
    exit 0
fi
judge_labs
if [ "$asked" = --results ]; then
    [ -z "$troubles" ] || die "le programme juge s'est arrêté ($(show "${troubles# }"))"
    exit 0
fi

set --
for lab in $found; do
    set -- "$@" "$run/$lab/results.json"
done
exec sh tests/judge/command/python.sh tests/judge/report/terminal.py --work "$WORK" --started "$started" \
    --troubles "$troubles" --absent "$absent" --minimum "${MIN:-}" --junit "${JUNIT:-}" \
    ${STEP:+--narrowed} ${TEST:+--narrowed} ${COUNT:+--count} -- "$@"

#!/bin/sh
# Une étape de la compilation d'un travail jugé. Rend 0, l'échec étant écrit dans un fichier ; ou 2, quand le
# compilateur ou son bac à sable n'ont pas pu être lancés.
#   compile.sh object  CIBLE.o SOURCE OPTIONS…           échec : CIBLE.error
#   compile.sh archive CIBLE.a OBJETS…                   les objets absents sont laissés de côté
#   compile.sh program CIBLE OBJET BIBLIOTHÈQUES… OPTIONS…   échec : CIBLE.error
# Le compilateur lit un texte hostile : temps, mémoire et taille lui sont comptés.
# Rien n'est récrit sur place : ce qui est complet prend d'un coup la place de l'ancien, dont un autre jugement se sert.
set -u
export LC_ALL=C.UTF-8
kind=$1 target=$2
shift 2
folder=${target%/*}
name=${target%.o}
[ -d "$folder" ] || mkdir -p "$folder"

# Le calcul seul est compté au travail jugé (`ulimit -t`). L'horloge n'arrête que qui attendrait sans fin : une machine chargée en prend
# sa part, et ce n'est alors pas la faute de ce travail.
patience=${COMPILE_PATIENCE:-300}

# COMPILE_WRAPPER est la couture où mettre un bac à sable : des mots, placés devant le compilateur.
limited() {
    # shellcheck disable=SC3045 # dash, bash et busybox les connaissent toutes
    (
        ulimit -t 20
        ulimit -f 131072
        ulimit -c 0
        ulimit -v 4194304
        # shellcheck disable=SC2086
        exec timeout -k 1 "$patience" ${COMPILE_WRAPPER:-} "$@"
    )
}

# La première erreur en entier, sans le chemin de notre copie : les noms que l'étudiant connaît.
first_error() { # JOURNAL PRÉFIXE
    awk -v prefix="$2" '
        { while ((at = index($0, prefix)) > 0) $0 = substr($0, 1, at - 1) substr($0, at + length(prefix)) }
        /^[^ ].*: (fatal )?(error|warning|note): / || /: In function / { if (found) exit }
        /: (fatal )?error: / { found = 1 }
        found && ++lines <= 20 { print substr($0, 1, 300) }
    ' "$1"
}

# Quand le compilateur ne montre aucune ligne du travail : la limite atteinte, ou ce que dit l'assembleur.
explain_status() { # STATUT JOURNAL
    limit=
    case $1 in
    137 | 152) limit="elle dépassait le temps permis" ;;
    153) limit="elle écrivait trop" ;;
    esac
    if grep -qE 'CPU time limit exceeded|Killed signal terminated' "$2"; then limit="elle dépassait le temps permis"; fi
    if grep -qE 'File size limit exceeded|File too large|file too big|No space left' "$2"; then limit="elle écrivait trop"; fi
    if grep -qiE 'out of memory|memory exhausted|cannot allocate memory|bad_alloc' "$2"; then limit="elle demandait trop de mémoire"; fi
    if [ -n "$limit" ]; then
        echo "La compilation a été arrêtée : $limit."
        return
    fi
    refused=$(sed -n 's/^[^ ]*: Error: //p' "$2" | head -n 1 | cut -c 1-300)
    if [ -n "$refused" ]; then
        echo "L'assembleur refuse ce code : $refused"
    else
        echo "La compilation a échoué sans dire pourquoi (statut $1)."
    fi
}

# Secondes écoulées : un compilateur tué avant d'avoir atteint une limite de temps l'a été par la machine.
seconds() {
    read -r uptime _ </proc/uptime
    echo "${uptime%.*}"
}

# Ce n'est pas la faute du travail jugé : make s'arrêtera, et le juge dira qu'il n'a pas pu travailler.
refuse_failure_of_ours() { # STATUT JOURNAL
    ours=
    case $1 in 125 | 126 | 127) ours=yes ;; esac
    elapsed=$(($(seconds) - began))
    if [ "$elapsed" -ge "$patience" ]; then
        echo "le compilateur n'a pas fini en $patience s, sans avoir dépassé son temps de calcul : la machine est trop chargée" >&2
        ours=yes
    elif [ "$elapsed" -lt 12 ] &&
        { [ "$1" -eq 137 ] || grep -qE 'Killed signal terminated program|terminated with signal 9' "$2"; }; then
        echo "le compilateur a été tué, et non par une limite" >&2
        ours=yes
    fi
    if ! head -c 65536 /dev/zero 2>/dev/null >"$folder/.room.$$"; then
        echo "$folder : il n'y a plus de place" >&2
        ours=yes
    fi
    rm -f "$folder/.room.$$"
    [ -n "$ours" ] || return 0
    cat "$2" >&2
    exit 2
}

# Une source où il reste un TODO a des paramètres, et des fonctions, dont rien ne se sert encore (common/lab.mk).
unfinished() { # SOURCE
    if grep -qs TODO "$1"; then echo "-Wno-unused-parameter -Wno-unused-function"; fi
}

# Un travail ne règle pas les assainisseurs qui le jugent : ce qu'il définit sous leurs noms n'est plus vu que de lui.
hide_sanitizer_settings() { # OPTIONS…
    case " $* " in
    *' -fsanitize='*) objcopy --wildcard --localize-symbol='__[alt]san_*' --localize-symbol='__ubsan_*' \
        --localize-symbol='__sanitizer_*' "$target.new" ;;
    esac
}

# Une source que l'étudiant a en plus, et qui a son propre main, est un autre programme : elle n'est liée à rien.
is_another_program() { # OBJET
    case $1 in */own/* | */lent/*) ;; *) return 1 ;; esac
    rm -f "${1%.o}.main"
    nm -g "$1" 2>/dev/null | grep -q ' [TW] main$' && : >"${1%.o}.main"
}

began=$(seconds)
case $kind in
object)
    source=$1
    shift
    rm -f "$name.error"
    if [ ! -f "$source" ]; then
        rm -f "$target"
        # Absent avec l'en-tête que l'étudiant aurait écrit : rien ne le demande, tout est dans le programme.
        [ -f "${source%.c}.h.problem" ] || cp "$source.problem" "$name.error" || exit 2
        exit 0
    fi
    if ! grep -q '[^[:space:]]' "$source"; then
        rm -f "$target"
        echo "${source##*/} est vide." >"$name.error" || exit 2
        exit 0
    fi
    rm -f "$name.log"
    : >"$name.log" || exit 2
    status=0
    # shellcheck disable=SC2086,SC2046 # des options : jamais d'espace
    limited ${CC:-cc} "$@" $(unfinished "$source") -MMD -MP -MF "$name.d.new" -MT "$target" -c -o "$target.new" "$source" 2>"$name.log" </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        hide_sanitizer_settings "$@" || exit 2
        # Un bac à sable n'écrit pas de dépendances.
        [ ! -f "$name.d.new" ] || mv -f "$name.d.new" "$name.d" || exit 2
        mv -f "$target.new" "$target" || exit 2
        exit 0
    fi
    rm -f "$target" "$target.new" "$name.d.new"
    refuse_failure_of_ours "$status" "$name.log"
    first_error "$name.log" "${source%/*}/" >"$name.error"
    [ -s "$name.error" ] || explain_status "$status" "$name.log" >"$name.error"
    for changed in "${source%/*}"/*.changed; do
        [ ! -f "$changed" ] || cat "$changed" >>"$name.error"
    done
    ;;

archive)
    rm -f "$target.new"
    for object; do
        shift
        if [ ! -f "$object" ] || is_another_program "$object"; then continue; fi
        set -- "$@" "$object"
    done
    # q, et non r : deux sources du même nom, de deux dossiers, y sont toutes deux.
    ar qcs "$target.new" "$@" && mv -f "$target.new" "$target" || exit 2
    ;;

program)
    object=$1
    rm -f "$target" "$target.error"
    if [ ! -f "$object" ]; then
        cp "${object%.o}.error" "$target.error" || exit 2
        exit 0
    fi
    # Un journal que l'on ne peut pas écrire n'est pas la faute du travail jugé.
    rm -f "$target.link"
    : >"$target.link" || exit 2
    status=0
    # shellcheck disable=SC2086
    limited ${CC:-cc} -o "$target.new" "$@" 2>"$target.link" </dev/null || status=$?
    if [ "$status" -eq 0 ]; then
        mv -f "$target.new" "$target" || exit 2
        exit 0
    fi
    rm -f "$target.new"
    refuse_failure_of_ours "$status" "$target.link"
    # Un fichier de la bibliothèque qui ne compile pas explique mieux que l'éditeur de liens ; un fichier en plus, aussi.
    for folder in "${2%/*}" "${2%/*}/own" "${2%/*}/lent"; do
        for error in "$folder"/*.error; do
            [ ! -f "$error" ] || cat "$error" >>"$target.error"
        done
        [ ! -f "$target.error" ] || break
    done
    if [ ! -f "$target.error" ] && grep -qE "undefined (reference to .|symbol: )main\b" "$target.link"; then
        object=${object##*/}
        echo "${object%.o}.c n'a pas de fonction main : c'est par elle qu'un programme commence." >"$target.error"
    fi
    # Sans le nom de l'éditeur de liens (ld, ld.bfd, ld.lld), ni la place dans la section que binutils, depuis la version
    # 2.41, ajoute au numéro de ligne.
    [ -f "$target.error" ] || sed -e 's|^/usr/bin/[^ ]*ld[.a-z]*: ||' -e "s|${object%/*}/||g" -e 's|[^ ]*/src/||g' \
        -e 's|^\([^ ]*:[0-9][0-9]*\):(\.[^)]*): |\1: |' "$target.link" | head -n 12 >"$target.error"
    [ -s "$target.error" ] || explain_status "$status" "$target.link" >"$target.error"
    ;;
esac
exit 0

# shellcheck shell=sh disable=SC2034,SC2154 # « out » vient de qui lit, « output » et « executable » lui servent
# Les mots d'un appel du compilateur, refaits : lu (« . ») par compile.sh et closed_compile.sh, dont il change les arguments.
# La commande, refaite mot à mot : le résultat ira dans $out, les dépendances nulle part.
count=$# output='' executable=yes
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    count=$((count - 1))
    case $word in
    -MMD | -MP) continue ;;
    -MF | -MT)
        shift
        count=$((count - 1))
        continue
        ;;
    -c) executable='' ;;
    -o)
        [ "$count" -gt 0 ] || die "-o sans résultat"
        output=$1 word=-o$out/result
        shift
        count=$((count - 1))
        ;;
    esac
    set -- "$@" "$word"
done
[ -n "$output" ] || die "aucun résultat (-o) n'est demandé"

# Le résultat, sorti par un tube dans « .part », prend sa place ; ou le statut est celui du compilateur.
settle() { # STATUT
    if [ "$1" -ne 0 ]; then
        rm -f "$output.part"
        exit "$1"
    fi
    # Un objet naît déjà avec ses droits ; un programme doit pouvoir s'exécuter.
    [ -z "$executable" ] || chmod 755 "$output.part" || die "$output : le résultat ne peut pas être rendu exécutable"
    mv -f "$output.part" "$output" || die "$output : le résultat ne peut pas être mis en place"
}

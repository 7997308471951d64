#!/bin/sh
# Passe les vérifications du dépôt : check.sh [VÉRIFICATION…] (sans argument : toutes, dans l'ordre).
# Chacune est une fonction de gates.sh, dont la sortie va dans build/check/NOM.log ; l'écran n'en montre
# qu'une ligne, et le détail seulement en cas d'échec. Un juge qui finit par « N passed, N failed »
# compte pour ses tests ; toute autre vérification compte pour un.
# BRIEF=1 : des classes plus petites, les rendus hostiles qui menacent la machine seulement, un programme hostile sur quatre,
# un cas sur cinq, une variante sur trois, un mutant par test, un lab sous chaque vérificateur, une plateforme, ni PDF, ni
# commandes des README, ni passage d'une édition à l'autre. C'est pour une intégration continue au temps compté ; tout le reste est fait en entier.
set -uf
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
unset WORK LAB STEP TEST MIN JUNIT FRAMING SANITIZE COMPILE_WRAPPER JUDGE_WRAPPER REVEAL DETAIL NO_COLOR FILE ARGS
unset OUT JOBS ENGINE INSECURE ALIASES LATE SANDBOX JUDGE_CLASS CASES
# UPDATE récrirait ce qui est vérifié, QUICK en passerait ; FULL=1 a ses propres commandes (make hostile, make mutants).
unset UPDATE FULL QUICK FEW N


. tests/proof/gates.sh

# Le nom de chaque vérification, et « ## » ou « ##& » devant ce qu'elle dit.
described() {
    sed -n 's/^gate_\([a-z_]*\)() { \(##&*\) \(.*\)/\1 \2 \3/p' tests/proof/gates.sh
}

describe() { # VÉRIFICATION
    described | sed -n "s/^$1 ##&* //p"
}

# La dernière ligne d'un juge, s'il y en a une, dit combien de tests ; sinon la vérification en vaut un.
count_tests() { # JOURNAL STATUT
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
    case $gate in skeleton | options) line='' ;; esac
    if [ -z "$line" ]; then
        if [ "$2" -eq 0 ]; then line="1 passed, 0 failed"; else line="0 passed, 1 failed"; fi
    fi
    # shellcheck disable=SC2086
    set -- $line "$2"
    new_passed=$1 new_failed=${3%,} new_skipped=0
    case $line in *skipped*) new_skipped=$5 ;; esac
    # Un juge qui n'a pas pu travailler n'a peut-être compté aucun échec.
    if [ "$status" -ne 0 ] && [ "$new_failed" -eq 0 ]; then new_failed=1; fi
    passed=$((passed + new_passed))
    failed=$((failed + new_failed))
    skipped=$((skipped + new_skipped))
}

# Dans ce shell même : un tube en ferait un autre, qui n'a pas eu ces enfants.
spent() { # le processeur pris jusque-là par les vérifications finies, en secondes, dans « spent »
    times >"$log.times"
    { read -r _ && read -r user system; } <"$log.times"
    rm -f "$log.times"
    user=${user%%.*} system=${system%%.*}
    spent=$((${user%m*} * 60 + ${user#*m} + ${system%m*} * 60 + ${system#*m}))
}

run_gate() {
    gate=$1
    log=build/check/$gate.log
    spent
    processor=$spent
    read -r before _ </proc/uptime
    ("gate_$gate") >"$log" 2>&1 </dev/null
    status=$?
    read -r after _ </proc/uptime
    spent
    taken="$((${after%.*} - ${before%.*})) s, dont $((spent - processor)) de processeur"
    count_tests "$log" "$status"
    if [ "$status" -eq 0 ] && [ "$new_passed" -eq 0 ] && [ "$new_skipped" -gt 0 ]; then
        printf '– %-10s %s : « skipped », non essayé ; %s\n' "$gate" "$(describe "$gate")" "$(head -n 1 "$log")"
    elif [ "$status" -eq 0 ]; then
        printf '✓ %-10s %s (%s)\n' "$gate" "$(describe "$gate")" "$taken"
        sed -n 's/^note : /  /p' "$log"
    else
        printf '✗ %-10s %s (%s) : voir %s\n' "$gate" "$(describe "$gate")" "$taken" "$log"
        broken="$broken $gate"
    fi
}

mkdir -p build/check || exit 2
rm -f "build/check/sites.$$"
all=$(described | cut -d ' ' -f 1 | tr '\n' ' ')
chosen=$all
# Les commandes des README, un système nu vient de les taper (make systems).
[ -z "${BRIEF:-}" ] || chosen=$(printf ' %s' "$all" | sed 's/ pdf / /; s/ readme / /')
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $chosen
for gate; do
    case " $all" in *" $gate "*) ;; *) echo "check : « $gate » n'existe pas (il y a : $all)" >&2 && exit 2 ;; esac
done
sh tests/judge/command/deps.sh --if-missing test docs check || exit 2

run_gates() { # NOM VÉRIFICATION… : les passe l'une après l'autre, et laisse le compte dans build/check/NOM.total
    total=build/check/$1.total
    shift
    passed=0 failed=0 skipped=0 broken=''
    for gate; do
        run_gate "$gate"
    done
    echo "$passed $failed $skipped$broken" >"$total"
}

aside='' rest=''
for gate; do
    if described | grep -q "^$gate ##& "; then aside="$aside $gate"; else rest="$rest $gate"; fi
done
# shellcheck disable=SC2086
run_gates aside $aside &
# shellcheck disable=SC2086
run_gates rest $rest
wait
rm -f "build/check/sites.$$"

passed=0 failed=0 skipped=0 broken=''
for total in rest aside; do
    read -r new_passed new_failed new_skipped names <"build/check/$total.total" || exit 2
    passed=$((passed + new_passed)) failed=$((failed + new_failed)) skipped=$((skipped + new_skipped))
    broken="$broken $names"
done
for gate in $broken; do
    printf '\n✗ %s : %s\n' "$gate" "$(describe "$gate")"
    tail -n 60 "build/check/$gate.log" | sed 's/^/    /'
done
echo
if [ "$skipped" -eq 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" -eq 0 ]

#!/bin/sh
# Passe les vérifications du dépôt : check.sh [VÉRIFICATION…] (sans argument : toutes, dans l'ordre).
# Chacune est une fonction gate_NOM, dont la sortie va dans build/check/NOM.log ; l'écran n'en montre
# qu'une ligne, et le détail seulement en cas d'échec. Un juge qui finit par « N passed, N failed »
# compte pour ses tests ; toute autre vérification compte pour un.
# BRIEF=1 : des classes plus petites, les rendus hostiles qui menacent la machine seulement, pas de PDF. C'est pour une
# intégration continue au temps compté ; tout le reste est fait en entier.
set -uf
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
unset WORK LAB STEP TEST MIN JUNIT FRAMING SANITIZE COMPILE_WRAPPER JUDGE_WRAPPER REVEAL DETAIL NO_COLOR FILE ARGS
unset OUT JOBS ENGINE INSECURE ALIASES LATE SANDBOX JUDGE_CLASS
# UPDATE récrirait ce qui est vérifié, QUICK en passerait ; FULL=1 a ses propres commandes (make hostile, make mutants).
unset UPDATE FULL QUICK

ALL="solutions skeleton warnings circles parity points catalogue private archive likeness format lint report writers class protections rendus sameness options together hints comforts watching shared patience sanitize threads valgrind interop slurm traces measures docs links axe pdf spelling readme installation mutants variants hostile coverage torture fuzz"
# Celles-ci jugent des centaines de programmes, et attendent souvent : elles vont de front avec les autres.
# Elles ont leurs propres dossiers sous build/.
ASIDE="mutants variants hostile coverage torture fuzz"
STRICT="-std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
JOBS=$(nproc 2>/dev/null || echo 2)

describe() {
    case $1 in
    solutions) echo "les solutions ont tous les points" ;;
    skeleton) echo "le squelette compile, a zéro point, et dit quoi faire" ;;
    warnings) echo "aucun avertissement de gcc ni de clang" ;;
    circles) echo "la bibliothèque du juge ne tourne pas en rond, et chaque fichier a son en-tête" ;;
    parity) echo "squelette et solution se correspondent" ;;
    points) echo "points, étapes et défauts concordent avec les notes" ;;
    catalogue) echo "le catalogue des défauts dit ce que disent notes, tests et mutants" ;;
    private) echo "les tests réservés restent secrets, et comptent" ;;
    rendus) echo "les rendus hostiles, notés en classe : rien ne fuit, rien ne change, rien ne reste" ;;
    sameness) echo "une classe au hasard, notée deux fois, tuée et reprise : mêmes notes" ;;
    archive) echo "l'archive des étudiants : reproductible, complète, sans rien des corrigés" ;;
    likeness) echo "les passages proches : copies trouvées, noms hostiles sans effet, personne d'accusé" ;;
    format) echo "la mise en forme du C" ;;
    lint) echo "clang-tidy, cppcheck, shellcheck" ;;
    report) echo "les rapports, sur des résultats d'exemple" ;;
    writers) echo "les fichiers de notes d'une classe, devant des noms et des textes hostiles" ;;
    class) echo "noter une classe : la porte, la reprise, les listes, les noms hostiles" ;;
    protections) echo "le bac à sable tient, et l'auto-test voit chaque protection ôtée" ;;
    options) echo "les demandes mal écrites, et les statuts" ;;
    together) echo "des commandes au hasard, plusieurs à la fois : chacune dit ce qui était là" ;;
    hints) echo "trois indices par étape, sans une ligne de code" ;;
    comforts) echo "indices, progression, reset, débogueur, éditeur" ;;
    watching) echo "make watch, dans un vrai terminal" ;;
    shared) echo "mêmes points sans réseau à part" ;;
    patience) echo "le juge attend ce que le réseau doit encore" ;;
    sanitize) echo "solutions sous ASan et UBSan" ;;
    threads) echo "solutions sous TSan" ;;
    valgrind) echo "solutions sous valgrind" ;;
    mutants) echo "chaque programme faux est démasqué par le test qui nomme son défaut" ;;
    variants) echo "les programmes justes écrits autrement ont 20/20" ;;
    hostile) echo "les pires programmes ne gênent pas le juge" ;;
    torture) echo "les solutions survivent à chaque appel qui échoue" ;;
    fuzz) echo "cadrage, affichage et nombres contre des modèles, par libFuzzer" ;;
    coverage) echo "les tests passent par toutes les lignes des solutions" ;;
    interop) echo "des programmes en Python s'entendent avec les solutions" ;;
    slurm) echo "la notation d'une classe sous Slurm : mêmes notes, malgré les pannes" ;;
    traces) echo "chaque paquet capturé est dessiné, et sa ligne trouvée" ;;
    measures) echo "les mesures : générateurs et serveurs s'entendent, une mesure nulle le dit" ;;
    docs) echo "la documentation, sans avertissement" ;;
    links) echo "aucun lien mort dans la documentation, aucun chemin faux dans les textes" ;;
    axe) echo "la documentation dans Chromium : aucune faute d'accessibilité, rien qui déborde" ;;
    pdf) echo "les livres à imprimer, et tout leur texte dans le PDF" ;;
    spelling) echo "l'orthographe des textes, des commentaires et des messages" ;;
    readme) echo "chaque commande des deux README" ;;
    installation) echo "ce qui manque : installé, ou dit, par apt, dnf et pacman ; un paquet inconnu ne prive pas des autres" ;;
    esac
}

sources() { # DOSSIER… : les fichiers C qui s'y trouvent
    find "$@" -name '*.[ch]' -not -path '*/build/*' | LC_ALL=C sort
}

judge() { # RÉGLAGE=VALEUR… : juge, et compte les tests
    env COUNT=1 "$@" sh tests/tools/judge.sh
}

gate_solutions() {
    judge WORK=solutions
}

gate_skeleton() {
    judge WORK=labs
    [ $? -eq 1 ] || return 1
    set +f
    for lab in $LABS; do
        sh tests/tools/python.sh tests/tools/skeleton.py "build/work/labs/$lab/complete.json" "labs/$lab" || return 1
    done
}

compile_strictly() { # COMPILATEUR : chaque source C, sous les options les plus sévères
    # shellcheck disable=SC2016 # c'est le shell lancé qui développe
    # Les programmes naïfs et les pires programmes sont écrits comme on les rencontre.
    sources labs solutions common tests | grep '\.c$' | grep -vE '^tests/(variants/naive|grading)/' | xargs -P "$JOBS" -I '{}' \
        sh -c '"$1" $2 -fPIC -Icommon -Itests/harness $(for d in labs/*/; do printf "%s" "-I$d "; done) -c -o /dev/null "$3"' \
        - "$1" "$STRICT" '{}'
}

gate_warnings() {
    compile_strictly gcc && compile_strictly clang
}

gate_circles() {
    sh tests/tools/python.sh tests/tools/circles.py
}

gate_parity() {
    sh tests/tools/python.sh tests/tools/parity.py
}

gate_points() {
    # shellcheck disable=SC2086 # des noms de labs, séparés par des espaces
    sh tests/tools/python.sh tests/tools/points.py $LABS
}

gate_catalogue() {
    sh tests/tools/python.sh tests/tools/catalogue.py --check
}

gate_private() {
    sh tests/tools/deps.sh --if-missing class || return 1
    sh tests/tools/python.sh tests/tools/private.py
}

# make hostile FULL=1 les note aussi tous sous un utilisateur ordinaire.
gate_rendus() {
    sh tests/tools/deps.sh --if-missing class || return 1
    sh tests/tools/python.sh tests/grading/hostile/prove.py
}

# make class-proof fait la même chose en grand.
gate_sameness() {
    sh tests/tools/deps.sh --if-missing class || return 1
    env N=$((8 / (1 + ${BRIEF:-0}))) LAB="${LABS%% *}" RUNS="1 2" KILLS=2 SAMPLE=0 SLURM=0 sh tests/tools/python.sh tests/grading/proofs/class_proof.py
}

gate_archive() {
    sh tests/tools/python.sh tests/handout/check.py
}

# Tous les systèmes n'ont pas de paquet pour sim_c.
gate_likeness() {
    if ! sh tests/tools/deps.sh --if-missing similar; then
        echo "sim_c est absent : les passages proches ne sont pas essayés"
        return 0
    fi
    sh tests/tools/python.sh tests/grading/similar/similar_test.py
}

# Ces outils disent autre chose à chaque version : ceux de Debian 12 font foi. Une autre ne refuse rien : une ligne dit
# combien elle trouve à redire, et son détail est gardé.
CLANG_REFERENCE=14
CPPCHECK_REFERENCE=2.10

by_reference() { # OUTIL VERSION_DE_RÉFÉRENCE COMMANDE…
    tool=$1 reference=$2 remarks=build/check/$1.remarks
    shift 2
    version=$("$tool" --version | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
    case $version in
    "$reference" | "$reference".*)
        "$@"
        return
        ;;
    esac
    "$@" >"$remarks" 2>&1
    status=$?
    found=$(grep -cE ': (error|warning|performance|portability): ' "$remarks")
    if [ "$status" -ne 0 ] && [ "$found" -eq 0 ]; then
        cat "$remarks"
        return 1
    fi
    echo "note : $tool $version n'est pas la version de référence, $reference : $found remarque(s), sans refus ; voir $remarks"
}

format_sources() {
    sources labs solutions common tests | xargs clang-format --dry-run -Werror
}

gate_format() {
    by_reference clang-format "$CLANG_REFERENCE" format_sources
}

# clang-tidy reçoit les fichiers un par un : à plusieurs, sa version 14 accuse à tort les va_list.
tidy_sources() {
    # shellcheck disable=SC2016
    sources labs solutions common tests | grep '\.c$' | grep -vE '^tests/(variants|grading|mutants)/' | xargs -P "$JOBS" -n 1 \
        sh -c 'clang-tidy --quiet "$1" -- -std=c11 -D_GNU_SOURCE -Icommon -Itests/harness -Ilabs/01-tcp' -
}

# cppcheck ne connaît ni les macros de Criterion, ni les fonctions du juge qui ne reviennent pas ; et le juge, les
# générateurs et les programmes naïfs ont le droit de mourir quand il n'y a plus de mémoire. Qu'il n'ait pas suivi toutes
# les branches (2.17) n'est pas une remarque, mais change son statut.
cppcheck_sources() {
    cppcheck --quiet --std=c11 -j "$JOBS" --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --suppress='nullPointerRedundantCheck:tests/*' --suppress='nullPointerArithmeticRedundantCheck:tests/*' \
        --suppress='nullPointerOutOfMemory:tests/*' --suppress=normalCheckLevelMaxBranches \
        --error-exitcode=1 -Icommon -Itests/harness -Ilabs/01-tcp \
        -D_GNU_SOURCE '-DTest(suite,name,...)=void test_##name(void)' labs solutions common tests
}

gate_lint() {
    by_reference clang-tidy "$CLANG_REFERENCE" tidy_sources || return 1
    by_reference cppcheck "$CPPCHECK_REFERENCE" cppcheck_sources || return 1
    find tests .ci .devcontainer \( -name '*.sh' -o -path .ci/run \) -exec shellcheck -s sh {} +
}

gate_report() {
    sh tests/tools/python.sh tests/report/selftest.py
}

gate_writers() {
    sh tests/tools/python.sh tests/grading/proofs/gate.py formats
}

gate_class() {
    sh tests/tools/deps.sh --if-missing class || return 1
    KILLS=${KILLS:-${BRIEF:+3}} sh tests/tools/python.sh tests/grading/proofs/gate.py classroom
}

gate_protections() {
    sh tests/tools/deps.sh --if-missing class || return 1
    sh tests/tools/python.sh tests/grading/sandbox/protections_test.py
}

# BRIEF=1 en tire moins.
gate_together() {
    env N=$((200 / (1 + 3 * ${BRIEF:-0}))) sh tests/tools/python.sh tests/tools/together.py
}

gate_options() {
    sh tests/tools/options_test.sh
}

gate_hints() {
    # shellcheck disable=SC2086
    sh tests/tools/python.sh tests/student/hints_check.py $LABS
}

gate_comforts() {
    sh tests/tools/python.sh tests/student/comforts_test.py
}

gate_watching() {
    sh tests/tools/python.sh tests/student/watch_test.py
}

gate_shared() {
    judge WORK=solutions JUDGE_NETWORK=shared
}

gate_patience() {
    sh tests/tools/python.sh tests/tools/patience.py
}

gate_sanitize() {
    judge WORK=solutions SANITIZE=address JUDGE_SLOWNESS=5
}

gate_threads() {
    judge WORK=solutions SANITIZE=thread JUDGE_SLOWNESS=5
}

gate_valgrind() {
    judge WORK=solutions JUDGE_SLOWNESS=20 JUDGE_WRAPPER="valgrind --quiet --error-exitcode=66 \
--leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
}

gate_mutants() {
    sh tests/tools/python.sh tests/tools/mutants.py
}

# Une variante par lab est jugée aussi sous la charge ; « make variants » les essaie toutes, et de toutes les façons.
gate_variants() {
    QUICK=1 sh tests/tools/python.sh tests/tools/variants.py
}

gate_hostile() {
    sh tests/tools/python.sh tests/grading/hostile/programs.py
}

gate_torture() {
    sh tests/tools/python.sh tests/torture/torture.py
}

gate_fuzz() {
    SECONDS=10 sh tests/tools/python.sh tests/fuzz/fuzz.py
}

gate_coverage() {
    sh tests/tools/python.sh tests/torture/coverage.py
}

gate_interop() {
    if ! command -v python3 >/dev/null; then
        echo "python3 est absent : l'entente avec un autre langage n'est pas essayée"
        return 0
    fi
    env WORK=solutions sh tests/tools/judge.sh --build || return 1
    # shellcheck disable=SC2086
    sh tests/tools/python.sh tests/tools/interop.py $LABS
}

# Un seul lab suffit ici ; « make check-slurm » les essaie tous.
gate_slurm() {
    env LAB="${LABS%% *}" sh tests/tools/python.sh tests/grading/slurm/check.py
    status=$?
    [ "$status" -ne 77 ] || echo "0 passed, 0 failed, 1 skipped"
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

gate_traces() {
    sh tests/tools/deps.sh --if-missing trace || return 1
    set --
    for work in solutions tests/variants/naive; do
        built=$(env WORK="$work" sh tests/tools/judge.sh --build) || return 1
        # shellcheck disable=SC2086 # un dossier de build, puis des noms de labs : jamais d'espace
        for lab in ${built#* }; do
            set -- "$@" "${work##*/}:$lab=${built%% *}/$lab/bin"
        done
    done
    sh tests/tools/python.sh tests/trace/selftest.py "$@"
}

gate_measures() {
    sh tests/tools/deps.sh --if-missing bench || return 1
    sh tests/tools/python.sh tests/bench/bench_test.py
}

gate_docs() {
    sh tests/tools/docs.sh
}

gate_links() {
    sh tests/tools/docs.sh || return 1
    set +f
    sh tests/tools/python.sh docs/tools/links.py build/docs/html docs/*.md README*.md labs/*/*.md solutions/*/*.md
}

# Un système sans paquet de Chromium ne peut pas essayer ; il le dit (statut 3).
# Les pages de « make trace » sont celles que « traces », passée avant, a laissées.
gate_axe() {
    sh tests/tools/docs.sh || return 1
    for folder in build/docs/html build/check/trace/solutions; do
        [ -d "$folder" ] || continue
        sh tests/tools/browser.sh "$folder" || [ $? -eq 3 ] || return 1
    done
}

gate_pdf() {
    sh tests/tools/pdf.sh
}

gate_spelling() {
    sh tests/tools/python.sh tests/tools/spelling.py
}

gate_readme() {
    sh tests/tools/python.sh tests/tools/readme.py README.md README.fr.md
}

gate_installation() {
    sh tests/tools/deps_test.sh
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

run_gate() {
    gate=$1
    log=build/check/$gate.log
    read -r before _ </proc/uptime
    ("gate_$gate") >"$log" 2>&1 </dev/null
    status=$?
    read -r after _ </proc/uptime
    seconds=$((${after%.*} - ${before%.*}))
    count_tests "$log" "$status"
    if [ "$status" -eq 0 ] && [ "$new_passed" -eq 0 ] && [ "$new_skipped" -gt 0 ]; then
        printf '– %-10s %s : « skipped », non essayé ; %s\n' "$gate" "$(describe "$gate")" "$(head -n 1 "$log")"
    elif [ "$status" -eq 0 ]; then
        printf '✓ %-10s %s (%s s)\n' "$gate" "$(describe "$gate")" "$seconds"
        sed -n 's/^note : /  /p' "$log"
    else
        printf '✗ %-10s %s (%s s) : voir %s\n' "$gate" "$(describe "$gate")" "$seconds" "$log"
        broken="$broken $gate"
    fi
}

if [ "${1:-}" = --describe ]; then
    for gate in $ALL; do
        case " docs pdf $ASIDE " in *" $gate "*) continue ;; esac
        printf '  make %-22s %s\n' "$gate" "$(describe "$gate")"
    done
    exit 0
fi

mkdir -p build/check || exit 2
chosen=$ALL
[ -z "${BRIEF:-}" ] || chosen="${ALL%% pdf *} ${ALL##* pdf }"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $chosen
for gate; do
    case " $ALL " in *" $gate "*) ;; *) echo "check : « $gate » n'existe pas (il y a : $ALL)" >&2 && exit 2 ;; esac
done
sh tests/tools/deps.sh --if-missing test docs check || exit 2

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
    case " $ASIDE " in
    *" $gate "*) aside="$aside $gate" ;;
    *) rest="$rest $gate" ;;
    esac
done
# shellcheck disable=SC2086
run_gates aside $aside &
# shellcheck disable=SC2086
run_gates rest $rest
wait

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

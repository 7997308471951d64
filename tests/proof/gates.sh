# shellcheck shell=sh
# Les vérifications du dépôt, dans l'ordre où check.sh les passe : une fonction gate_NOM chacune, décrite sur sa première
# ligne. « ##& » la met de front avec les autres : elle calcule beaucoup, ou attend souvent, et a ses propres
# dossiers sous build/. « make check-NOM » la passe seule.
# Criterion, quand deps.sh l'a déballé là plutôt qu'installé.
UNPACKED="-isystem build/packages/usr/include"
STRICT="-std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror $UNPACKED"
INCLUDES="-Icommon -Itests/shared $(find tests/judge/library labs -mindepth 1 -maxdepth 1 -type d -printf '-I%p ')"
JOBS=$(nproc 2>/dev/null || echo 2)

COMMAND=tests/judge/command

prove() { # ESSAI [ARGUMENTS…] : un script Python de tests/proof
    script=$1
    shift
    sh $COMMAND/python.sh "tests/proof/$script" "$@"
}

need() { # GROUPE : les outils qu'il faut, ou ce qui manque
    sh $COMMAND/deps.sh --if-missing "$@"
}

sources() { # DOSSIER… : les fichiers C qui s'y trouvent
    find "$@" -name '*.[ch]' -not -path 'labs/*/build/*' -not -path 'solutions/*/build/*' | LC_ALL=C sort
}

judge() { # RÉGLAGE=VALEUR… : juge, et compte les tests
    env COUNT=1 "$@" sh $COMMAND/judge.sh
}

gate_solutions() { ## les solutions ont tous les points
    judge WORK=solutions
}

gate_skeleton() { ## le squelette compile, a zéro point, et dit quoi faire
    judge WORK=labs
    [ $? -eq 1 ] || return 1
    set +f
    for lab in $LABS; do
        prove agreement/skeleton.py "build/work/labs/$lab/complete.json" "labs/$lab" || return 1
    done
}

compile_strictly() { # COMPILATEUR : chaque source C, sous les options les plus sévères
    # shellcheck disable=SC2016 # c'est le shell lancé qui développe
    # Les programmes naïfs et les pires programmes sont écrits comme on les rencontre.
    # Un squelette a les deux options qui épargnent ce qui n'y est pas encore écrit (common/lab.mk).
    sources labs solutions common tests | grep '\.c$' | grep -vE '^tests/([^/]*/naive|grading|proof/hostile)/' | xargs -P "$JOBS" -I '{}' \
        sh -c '"$1" $2 $(grep -qs TODO "$3" && echo -Wno-unused-parameter -Wno-unused-function) -fPIC -c -o /dev/null "$3"' \
        - "$1" "$STRICT $INCLUDES" '{}'
}

gate_start() { ## l'étape 0 : au plus 400 mots à lire et dix lignes à écrire, et le premier ✓ est là
    # shellcheck disable=SC2086 # des noms de labs, séparés par des espaces
    prove agreement/first_step.py $LABS || return 1
    judge WORK=build/check/first STEP=0
}

gate_warnings() { ## aucun avertissement de gcc ni de clang
    compile_strictly gcc && compile_strictly clang
}

gate_rooms() { ## chaque pièce ne se sert que de celles d'en dessous, et rien ne tourne en rond
    prove agreement/rooms.py
}

gate_parity() { ## squelette et solution se correspondent
    prove agreement/parity.py
}

gate_points() { ## points, étapes et défauts concordent avec les notes
    # shellcheck disable=SC2086 # des noms de labs, séparés par des espaces
    prove agreement/points.py $LABS
}

gate_catalogue() { ## le catalogue des défauts dit ce que disent notes, tests et mutants
    prove agreement/catalogue.py --check
}

gate_private() { ## les tests réservés restent secrets, et comptent
    need class || return 1
    prove programs/private_tests.py
}

# make hostile FULL=1 les note aussi tous sous un utilisateur ordinaire.
gate_submissions() { ## les rendus hostiles, notés en classe : rien ne fuit, rien ne change, rien ne reste
    need class || return 1
    prove hostile/prove.py
}

# make class-proof fait la même chose en grand.
gate_sameness() { ## une classe au hasard, notée deux fois, tuée et reprise : mêmes notes
    need class || return 1
    export N=$((8 - 5 * ${BRIEF:-0})) LAB="${LABS%% *}" RUNS="1 2" KILLS=$((2 - ${BRIEF:-0})) SAMPLE=0 SLURM=0
    prove grading/class_proof.py
}

gate_archive() { ##& l'archive des étudiants : reproductible, complète, sans rien des corrigés
    prove archive_test.py
}

# BRIEF=1 n'en fait qu'un, de trois programmes ; c'est dans l'autre que toutes les vérifications sont passées.
gate_newlab() { ##& make lab : tout est vert dans un lab neuf, et ce qu'on y casse est dit, avec la ligne et la forme attendue
    prove new_lab/new_lab_test.py
}

# Tous les systèmes n'ont pas de paquet pour sim_c.
gate_similar() { ## les passages proches : copies trouvées, noms hostiles sans effet, personne d'accusé
    if ! need similar; then
        echo "sim_c est absent : les passages proches ne sont pas essayés"
        return 0
    fi
    prove grading/similar_test.py
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

gate_format() { ## la mise en forme du C
    by_reference clang-format "$CLANG_REFERENCE" format_sources
}

# clang-tidy reçoit les fichiers un par un : à plusieurs, sa version 14 accuse à tort les va_list.
tidy_sources() {
    # shellcheck disable=SC2016
    sources labs solutions common tests | grep '\.c$' | grep -vE '^tests/([^/]*/(variants|naive)|grading|proof/hostile)/' | xargs -P "$JOBS" -I '{}' \
        sh -c 'clang-tidy --quiet "$2" -- -std=c11 -D_GNU_SOURCE $1' - "$INCLUDES $UNPACKED" '{}'
}

# cppcheck ne connaît ni les macros de Criterion, ni les fonctions du juge qui ne reviennent pas ; et le juge, les
# générateurs et les programmes naïfs ont le droit de mourir quand il n'y a plus de mémoire. Qu'il n'ait pas suivi toutes
# les branches (2.17) n'est pas une remarque, mais change son statut.
cppcheck_sources() {
    # shellcheck disable=SC2086 # des options, et des noms du dépôt : jamais d'espace
    cppcheck --quiet --std=c11 -j "$JOBS" --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --suppress='nullPointerRedundantCheck:tests/*' --suppress='nullPointerArithmeticRedundantCheck:tests/*' \
        --suppress='nullPointerOutOfMemory:tests/*' --suppress=normalCheckLevelMaxBranches \
        --error-exitcode=1 $INCLUDES \
        -D_GNU_SOURCE '-DTest(suite,name,...)=void test_##name(void)' labs solutions common tests
}

gate_lint() { ##& clang-tidy, cppcheck, shellcheck
    by_reference clang-tidy "$CLANG_REFERENCE" tidy_sources || return 1
    by_reference cppcheck "$CPPCHECK_REFERENCE" cppcheck_sources || return 1
    find tests .ci .devcontainer \( -name '*.sh' -o -path .ci/run \) -exec shellcheck -s sh {} +
}

gate_report() { ## les rapports, sur des résultats d'exemple
    prove report/report_test.py
}

gate_writers() { ## les fichiers de notes d'une classe, devant des noms et des textes hostiles
    prove grading/gate.py formats
}

gate_class() { ## noter une classe : la porte, la reprise, les listes, les noms hostiles
    need class || return 1
    export KILLS="${KILLS:-${BRIEF:+1}}"
    prove grading/gate.py classroom
}

# BRIEF=1 : une plateforme ; « make platforms-proof » y juge tous les rendus hostiles d'un lab.
gate_platforms() { ##& les plateformes qui lancent le juge, du dépôt au résultat, dans un système nu rangé comme elles
    prove grading/hosted_test.py
}

gate_protections() { ## le bac à sable tient, et l'auto-test voit chaque protection ôtée
    need class || return 1
    prove grading/protections_test.py
}

# BRIEF=1 en tire moins.
gate_together() { ## des commandes au hasard, plusieurs à la fois : chacune dit ce qui était là
    export N=$((200 / (1 + 9 * ${BRIEF:-0})))
    prove programs/together.py
}

gate_folder() { ## un vrai dossier : sources en plus, noms presque justes, fichier vide ; chez soi comme en classe
    prove programs/real_folder_test.py
}

gate_options() { ## les demandes mal écrites, et les statuts
    sh tests/proof/programs/options_test.sh
}

gate_hints() { ## trois indices par étape, sans une ligne de code
    # shellcheck disable=SC2086
    prove agreement/hints_check.py $LABS
}

gate_comforts() { ## indices, progression, reset, débogueur, éditeur
    prove student/comforts_test.py
}

gate_watching() { ## make watch, dans un vrai terminal
    prove student/watch_test.py
}

gate_shared() { ## mêmes points sans réseau à part
    judge WORK=solutions JUDGE_NETWORK=shared
}

gate_patience() { ## le juge attend ce que le réseau doit encore
    prove programs/patience.py
}

# BRIEF=1 : le dernier lab seulement, où sont les threads.
checked_lab() {
    echo "${BRIEF:+${LABS##* }}"
}

gate_sanitize() { ## solutions sous ASan et UBSan
    judge WORK=solutions LAB="$(checked_lab)" SANITIZE=address JUDGE_SLOWNESS=5
}

gate_threads() { ## solutions sous TSan
    judge WORK=solutions LAB="$(checked_lab)" SANITIZE=thread JUDGE_SLOWNESS=5
}

gate_valgrind() { ## solutions sous valgrind
    judge WORK=solutions LAB="$(checked_lab)" JUDGE_SLOWNESS=20 JUDGE_WRAPPER="valgrind --quiet --error-exitcode=66 \
--leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
}

gate_mutants() { ##& chaque programme faux est démasqué par le test qui nomme son défaut
    prove programs/mutants.py
}

# Une variante par lab est jugée aussi sous la charge ; « make variants » les essaie toutes, et de toutes les façons.
gate_variants() { ##& les programmes justes écrits autrement ont 20/20
    export QUICK=1
    prove programs/variants.py
}

gate_cases() { ##& les erreurs que des gens font sont vues, ce qui est juste est acquitté, et le premier message mène à la cause
    prove programs/known_cases.py
}

# Quelques programmes, deux fois ; « make steady » les juge tous, dix fois.
gate_steady() { ##& quelques programmes, jugés aussi sous la charge : les mêmes tests échouent
    export FEW=$((9 / (1 + 3 * ${BRIEF:-0}))) N=2
    prove programs/steady.py
}

gate_hostile() { ##& les pires programmes ne gênent pas le juge
    prove hostile/programs.py
}

gate_torture() { ##& les solutions survivent à chaque appel qui échoue
    prove torture/torture.py
}

gate_fuzz() { ##& cadrage, affichage et nombres contre des modèles, par libFuzzer
    export SECONDS=10
    prove fuzz/fuzz.py
}

gate_coverage() { ##& les tests passent par toutes les lignes des solutions
    prove torture/coverage.py
}

gate_interop() { ## des programmes en Python s'entendent avec les solutions
    if ! command -v python3 >/dev/null; then
        echo "python3 est absent : l'entente avec un autre langage n'est pas essayée"
        return 0
    fi
    env WORK=solutions sh $COMMAND/judge.sh --build || return 1
    # shellcheck disable=SC2086
    prove programs/interop.py $LABS
}

# Un seul lab suffit ici ; « make slurm-proof » les essaie tous.
gate_slurm() { ## la notation d'une classe sous Slurm : mêmes notes, malgré les pannes
    export LAB="${LABS%% *}"
    prove grading/slurm_test.py
    status=$?
    [ "$status" -ne 77 ] || echo "0 passed, 0 failed, 1 skipped"
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

gate_traces() { ## chaque paquet capturé est dessiné, et sa ligne trouvée
    need trace || return 1
    set --
    naive=$(prove programs/judged.py) || return 1
    for work in solutions "$naive"; do
        built=$(env WORK="$work" sh $COMMAND/judge.sh --build) || return 1
        # shellcheck disable=SC2086 # un dossier de build, puis des noms de labs : jamais d'espace
        for lab in ${built#* }; do
            set -- "$@" "${work##*/}:$lab=${built%% *}/$lab/bin"
        done
    done
    prove trace/trace_test.py "$@"
}

gate_measures() { ## les mesures : générateurs et serveurs s'entendent, une mesure nulle le dit
    need bench || return 1
    prove bench_test.py
}

# Quatre vérifications en ont besoin : construits une fois par lancement de check.sh, qui efface ce qui le dit.
both_sites() {
    [ ! -f "build/check/sites.$$" ] || return 0
    sh docs/site/docs.sh && EDITION=students sh docs/site/docs.sh && : >"build/check/sites.$$"
}

gate_docs() { ## les deux sites, sans avertissement ; celui des étudiants, sans une ligne des corrigés
    both_sites && prove pages/published_test.py build/docs/students/html
}

gate_links() { ## aucun lien mort dans les deux sites, aucun prototype ni chemin faux
    both_sites || return 1
    prove pages/prototypes.py build/docs/html || return 1
    prove pages/dead_links.py build/docs/students/html || return 1
    set +f
    prove pages/dead_links.py build/docs/html docs/*.md docs/course/*.md README*.md labs/*/*.md solutions/*/*.md
}

# Un système sans paquet de Chromium ne peut pas essayer ; il le dit (statut 3).
# Les pages de « make trace » sont celles que « traces », passée avant, a laissées.
gate_accessibility() { ## les deux sites dans Chromium : aucune faute d'accessibilité, rien qui déborde
    both_sites || return 1
    for folder in build/docs/html "--some build/docs/students/html" build/check/trace/solutions; do
        [ -d "${folder#--some }" ] || continue
        # shellcheck disable=SC2086 # une option, et un dossier de build : jamais d'espace
        sh tests/proof/pages/browser.sh $folder || [ $? -eq 3 ] || return 1
    done
}

gate_pdf() { ## les livres à imprimer, balisés, et celui des liseuses : tout leur texte y est
    both_sites && sh docs/site/pdf.sh --built && sh docs/site/epub.sh --built
}

gate_spelling() { ## l'orthographe des textes, des commentaires et des messages
    prove agreement/spelling.py
}

gate_readme() { ## chaque commande des deux README
    prove agreement/readme.py README.md README.fr.md
}

gate_installation() { ## ce qui manque : installé, ou dit, par apt, dnf et pacman ; un paquet inconnu ne prive pas des autres
    sh tests/proof/systems/deps_test.sh
}

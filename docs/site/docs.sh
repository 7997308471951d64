#!/bin/sh
# Écrit la documentation dans build/docs/html. Tout avertissement est une erreur.
# Les labs et leurs corrigés ont les mêmes fonctions : l'API montrée est celle des squelettes, où chacune est décrite en entier.
set -u
sh tests/judge/command/deps.sh --if-missing docs || exit 2
mkdir -p build/docs/pages || exit 2

# L'accueil : sa partie pour qui apprend, puis, dans le dépôt, celle de qui enseigne et de qui l'entretient.
cat docs/course/accueil.md >build/docs/pages/accueil.md || exit 2
[ ! -f docs/accueil.md ] || { echo && cat docs/accueil.md; } >>build/docs/pages/accueil.md

# Une page qui mène aux notes de chaque lab : personne n'a à l'écrire quand un lab s'ajoute.
list_notes() { # ANCRE TITRE TEXTE NOTES…
    printf '# %s {#%s}\n\n%s\n\n' "$2" "$1" "$3"
    shift 3
    for notes; do
        [ ! -f "$notes" ] || sed -n '1s/.*{#\(.*\)}.*/- @subpage \1/p' "$notes"
    done
}

list_notes les-labs "Les labs" "Dans l'ordre : chacun s'appuie sur ce que le précédent a appris." \
    labs/*/NOTES.fr.md >build/docs/pages/labs.md

# De vrais échanges, capturés ici même quand le système le permet ; sinon, la commande qui les montre.
# Une capture n'est refaite que si ce qu'elle montre, ou ce qui la dessine, a changé ; ou si le noyau y avait répété un
# paquet, parce que la machine était trop lente ce jour-là.
repeats() { # DESSIN
    grep -q 'retransmis' "$1"
}

stale() { # LAB DESSIN
    [ ! -s "$2" ] || repeats "$2" || [ -n "$(find "labs/$1" "solutions/$1" common tests/student/trace tests/student/stage.py \
        tests/student/scenario.py tests/student/relay.py "tests/$1/scene.txt" \( -name '*.[chp]*' -o -name scene.txt \) -newer "$2" 2>/dev/null)" ]
}

# Ce que la page des captures, et les notes du lab (markdown_filter.py), montrent de ce dessin.
show_exchange() { # LAB DESSIN
    if [ -s "$2" ]; then
        printf '@image html %s.svg "Échange capturé du lab %s"\n' "$1" "$1"
        ! repeats "$2" || printf '\n%s\n' "Pour voir les appels, \`strace\` a arrêté les programmes à chacun d'eux : le noyau a \
répété ici des paquets qu'il croyait perdus, à tort."
    else
        tell_absence "$1" "$(cat "$2.status" 2>/dev/null)"
    fi
}

# Rien à montrer : la machine, ou l'outil, ou les programmes eux-mêmes ?
tell_absence() { # LAB STATUT
    case $2 in
    1) echo "Les programmes de ce lab n'ont pas encore d'échange à montrer. Quand ils dialogueront : \`make trace LAB=$1\`." ;;
    *) echo "Cette machine n'a pas permis la capture, ou un outil y manque. Pour savoir lequel : \`make trace LAB=$1\`." ;;
    esac
}

draw_exchanges() {
    printf '# Échanges capturés {#captures}\n\n%s\n%s\n' \
        "Ce que les programmes se sont vraiment dit, paquet par paquet, et les appels qui ont fait partir chacun d'eux." \
        "Les échanges idéaux sont dans @ref echanges ; les vôtres, dans la page qu'écrit \`make trace\`."
    for notes in labs/*/NOTES.fr.md; do
        lab=${notes%/NOTES.fr.md}
        lab=${lab#labs/}
        figure=build/docs/figures/$lab.svg
        if stale "$lab" "$figure"; then
            LABS=$lab sh tests/student/trace/figure.sh "$lab" "$figure" >"$figure.log" 2>&1
            echo $? >"$figure.status"
            [ "$(cat "$figure.status")" -eq 0 ] || rm -f "$figure"
        fi
        show_exchange "$lab" "$figure" >"${figure%.svg}.part"
        printf '\n## %s\n\n' "$(sed -n '1s/^# \(.*\) {#.*/\1/p' "$notes")"
        cat "${figure%.svg}.part"
    done
}

rm -f build/docs/pages/captures.md build/docs/figures/*.part
if [ -f tests/student/trace/figure.sh ]; then
    mkdir -p build/docs/figures || exit 2
    draw_exchanges >build/docs/pages/captures.md
    echo "- @subpage captures" >>build/docs/pages/labs.md
fi
[ -f edition ] || list_notes les-corriges "Les corrigés commentés" "Pour qui enseigne ; ils ne sont pas remis avec les labs." \
    solutions/*/NOTES.fr.md >build/docs/pages/corriges.md

# L'archive des étudiants (elle a un fichier « edition ») n'a que les notes, et l'API de common.
input="docs/course docs/theme/recherche.md build/docs/pages common"
[ -f edition ] || input="docs $input tests/shared $(find tests/judge/library -mindepth 1 -type d | sort | tr '\n' ' ')"
for lab in labs/*/; do
    if [ -f edition ]; then
        input="$input ${lab}NOTES.fr.md"
    else
        input="$input ${lab%/}"
    fi
    notes=solutions/${lab#labs/}NOTES.fr.md
    [ ! -f "$notes" ] || input="$input $notes"
done
# Rien d'une version précédente ne doit rester : un lien vers une page disparue doit se voir.
rm -rf build/docs/html
{
    cat docs/Doxyfile
    echo "INPUT = $input"
    # Un fichier sans « @file » n'a pas de page : Doxygen, depuis 1.9.8, y ferait mener les renvois vers ce qu'il définit.
    # shellcheck disable=SC2086 # des noms du dépôt : jamais d'espace
    echo "EXCLUDE = docs/accueil.md docs/course/accueil.md $(find $input -name '*.[ch]' -exec grep -L '@file' {} + | tr '\n' ' ')"
    [ ! -d build/docs/figures ] || echo "IMAGE_PATH = build/docs/figures"
    # Les dessins de « make bench UPDATE=1 ».
    [ ! -d docs/figures ] || echo "IMAGE_PATH += docs/figures"
} | doxygen - 2>build/docs/doxygen.log
status=$?
# Doxygen dit parfois que son français a du retard : rien de ce qui y manque n'est dans nos pages.
grep -v -e '^warning: The selected output language' -e '^since release .* appear in English\.$' -e '^$' build/docs/doxygen.log >&2
[ "$status" -eq 0 ] || exit 1
sh tests/judge/command/python.sh docs/site/finish.py build/docs/html || exit 1
echo "docs : build/docs/html/index.html"

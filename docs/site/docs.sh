#!/bin/sh
# Écrit la documentation. Tout avertissement est une erreur.
#   docs.sh                      dans build/docs/html : tout
#   EDITION=students docs.sh     dans build/docs/students/html : ce qui peut être publié pour eux, sans une ligne des corrigés
# Dans l'archive des étudiants (elle a un fichier « edition »), les deux disent la même chose.
# Les labs et leurs corrigés ont les mêmes fonctions : l'API montrée est celle des squelettes, où chacune est décrite en entier.
set -u
case ${EDITION:-} in
'') out=build/docs ;;
students) out=build/docs/students ;;
*)
    echo "docs : EDITION=$EDITION n'existe pas ; pour le site des étudiants : make docs EDITION=students" >&2
    exit 2
    ;;
esac
students=${EDITION:-}
[ ! -f edition ] || students=students
export SITE="$out"
sh tests/judge/command/deps.sh --if-missing docs || exit 2
rm -rf "$out/pages"
mkdir -p "$out/pages" "$out/figures" || exit 2

# L'accueil : sa partie pour qui apprend, puis celle de qui enseigne et de qui entretient le dépôt.
cat docs/course/accueil.md >"$out/pages/accueil.md" || exit 2
[ -n "$students" ] || { echo && cat docs/accueil.md; } >>"$out/pages/accueil.md"

# Une page qui mène aux notes de chaque lab : personne n'a à l'écrire quand un lab s'ajoute.
list_notes() { # ANCRE TITRE TEXTE NOTES…
    printf '# %s {#%s}\n\n%s\n\n' "$2" "$1" "$3"
    shift 3
    for notes; do
        [ ! -f "$notes" ] || sed -n '1s/.*{#\(.*\)}.*/- @subpage \1/p' "$notes"
    done
}

list_notes les-labs "Les labs" "Dans l'ordre : chacun s'appuie sur ce que le précédent a appris." \
    labs/*/NOTES.fr.md >"$out/pages/labs.md"
[ -n "$students" ] || list_notes les-corriges "Les corrigés commentés" "Pour qui enseigne ; ils ne sont pas remis avec les labs." \
    solutions/*/NOTES.fr.md >"$out/pages/corriges.md"
[ -n "$students" ] || sh tests/judge/command/python.sh docs/corrected/listings.py "$out/pages" || exit 1

# Les échanges du dépôt sont ceux des corrigés : les étudiants verront les leurs.
rm -f "$out"/figures/*.part
if [ "${EDITION:-}" = "" ] && [ -f tests/student/trace/figure.sh ]; then
    . docs/site/captures.sh
    draw_exchanges >"$out/pages/captures.md"
    echo "- @subpage captures" >>"$out/pages/labs.md"
fi

# Les étudiants n'ont que les notes, et l'API de common.
input="docs/course docs/theme/recherche.md $out/pages common"
[ -n "$students" ] || input="docs $input tests/shared $(find tests/judge/library -mindepth 1 -type d | sort | tr '\n' ' ')"
for lab in labs/*/; do
    if [ -n "$students" ]; then
        input="$input ${lab}NOTES.fr.md"
    else
        input="$input ${lab%/}"
        notes=solutions/${lab#labs/}NOTES.fr.md
        [ ! -f "$notes" ] || input="$input $notes"
    fi
done
# Rien d'une version précédente ne doit rester : un lien vers une page disparue doit se voir.
rm -rf "$out/html"
{
    cat docs/Doxyfile
    echo "OUTPUT_DIRECTORY = $out"
    echo "USE_MDFILE_AS_MAINPAGE = $out/pages/accueil.md"
    [ -n "$students" ] || echo "HTML_EXTRA_FILES += docs/corrected/projector.js"
    [ -n "$students" ] || echo 'PROJECT_BRIEF = "Trois labs, leurs corrigés, et un juge qui explique"'
    echo "INPUT = $input"
    # Un fichier sans « @file » n'a pas de page : Doxygen, depuis 1.9.8, y ferait mener les renvois vers ce qu'il définit.
    # shellcheck disable=SC2086 # des noms du dépôt : jamais d'espace
    echo "EXCLUDE = docs/accueil.md docs/course/accueil.md $(find $input -name '*.[ch]' -exec grep -L '@file' {} + | tr '\n' ' ')"
    echo "IMAGE_PATH = $out/figures"
    echo "EXAMPLE_PATH = ."
    # Les dessins de « make bench UPDATE=1 ».
    [ ! -d docs/figures ] || echo "IMAGE_PATH += docs/figures"
} | doxygen - 2>"$out/doxygen.log"
status=$?
# Doxygen dit parfois que son français a du retard : rien de ce qui y manque n'est dans nos pages.
grep -v -e '^warning: The selected output language' -e '^since release .* appear in English\.$' -e '^$' "$out/doxygen.log" >&2
[ "$status" -eq 0 ] || exit 1
sh tests/judge/command/python.sh docs/site/finish.py "$out/html" || exit 1
# Ce qui se publie n'a rien des corrigés, comme l'archive.
[ "${EDITION:-}" = "" ] || [ ! -d solutions ] || sh tests/judge/command/python.sh tests/handout/published.py "$out/html" || exit 1
echo "docs : $out/html/index.html"

#!/bin/sh
# Écrit la documentation dans build/docs/html. Tout avertissement est une erreur.
# Les labs et leurs corrigés ont les mêmes fonctions : l'API montrée est celle des corrigés, s'ils sont là.
set -u
sh tests/tools/deps.sh --if-missing docs || exit 2
mkdir -p build/docs/pages || exit 2

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
[ -f edition ] || list_notes les-corriges "Les corrigés commentés" "Pour qui enseigne ; ils ne sont pas remis avec les labs." \
    solutions/*/NOTES.fr.md >build/docs/pages/corriges.md

# L'archive des étudiants (elle a un fichier « edition ») n'a que les notes, et l'API de common.
input="docs build/docs/pages common tests/harness"
[ ! -f edition ] || input="docs build/docs/pages common"
for lab in labs/*/; do
    input="$input ${lab}NOTES.fr.md"
    [ ! -f edition ] || continue
    corrected=solutions/${lab#labs/}
    if [ -d "$corrected" ]; then
        input="$input ${corrected%/}"
    else
        input="$input ${lab%/}"
    fi
done
# Rien d'une version précédente ne doit rester : un lien vers une page disparue doit se voir.
rm -rf build/docs/html
{
    cat docs/Doxyfile
    echo "INPUT = $input"
} | doxygen - || exit 1
sh tests/tools/python.sh docs/tools/finish.py build/docs/html || exit 1
echo "docs : build/docs/html/index.html"

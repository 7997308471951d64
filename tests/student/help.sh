#!/bin/sh
# Affiche les buts d'un Makefile, d'après ses commentaires « ## » : help.sh MAKEFILE…
# « ##@ » ouvre une rubrique.
awk '
/^##@ / { printf "\n%s\n", substr($0, 5) }
/^[A-Za-z_.-]+:.* ## / {
    goal = $0; sub(/:.*/, "", goal)
    text = $0; sub(/^.* ## /, "", text)
    printf "  make %-22s %s\n", goal, text
}' "$@"
if [ -f tests/proof/gates.sh ]; then
    printf '\n%s\n' "Chaque vérification de « make check » est aussi un but"
    awk '/^gate_[a-z_]+\(\) \{ ##/ {
        goal = $1; sub(/^gate_/, "check-", goal); sub(/\(\)/, "", goal)
        text = $0; sub(/^.* ##&? /, "", text)
        printf "  make %-22s %s\n", goal, text
    }' tests/proof/gates.sh
fi
printf '\n%s\n' "Ce qu'installe « make deps » (sans GROUP : test ; all : tout), et ce qui en a besoin"
sh tests/judge/command/deps.sh --groups
cat <<'FIN'

Les réglages de « make test »
  WORK=dossier   le travail à juger : labs, solutions, ou le dossier d'une étudiante, d'un étudiant
                 (sans WORK : solutions, ou labs quand il n'y a pas de solutions)
  LAB=01-tcp     ce lab seulement
  STEP=3         cette étape seulement
  TEST=motif     ces tests seulement
  MIN=12         suffit pour réussir : 12 sur 20 (sans MIN : tous les points)
  SCALE=fichier  le barème que ce fichier donne ; de même pour progress et watch
  JUNIT=fichier  écrit aussi un rapport au format JUnit

Ceux des commandes qui vous accompagnent (sans WORK : labs)
  LAB=01-tcp     le lab ; inutile dans son dossier
  STEP=3         hint : une autre étape que celle en cours
  FILE=server.c  reset : le fichier à rendre
  ARGS='::1 80'  debug-server, debug-client, strace : les arguments du programme
FIN
# L'archive des étudiants n'a que leur édition.
if [ -d tests/handout ]; then
    printf '\n%s\n%s\n' "Celui de « make docs »" \
        "  EDITION=students   le site à publier, sans les corrigés, dans build/docs/students"
fi
cat <<'FIN'

Statut : 0 tous les points (ou MIN atteint) · 1 il manque des points · 2 le juge n'a pas pu juger.
FIN

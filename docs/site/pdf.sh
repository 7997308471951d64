#!/bin/sh
# Imprime la documentation : un livre pour chaque porte de l'accueil qui a des pages à lire, dans build/docs/pdf.
#   pdf.sh --built    d'un site qui vient d'être fait
set -u
sh tests/judge/command/deps.sh --if-missing docs pdf || exit 2
[ "${1:-}" = --built ] || EDITION= sh docs/site/docs.sh || exit 1
html=build/docs/html
out=build/docs/pdf
rm -rf "$out"
mkdir -p "$out" || exit 2

# Un PDF balisé se lit aussi à voix haute ; un WeasyPrint d'avant 57 ne sait pas en faire, et le dit par son aide.
tagged=
! weasyprint --help 2>/dev/null | grep -q 'pdf/ua-1' || tagged='--pdf-variant pdf/ua-1'

print_book() { # NUMÉRO NOM
    sh tests/judge/command/python.sh docs/site/book.py "$html" "$1" "$html/$2.print" || exit 1
    # shellcheck disable=SC2086 # une option et sa valeur, ou rien
    weasyprint $tagged --encoding utf-8 --base-url "$html/" "$html/$2.print" "$out/$2.pdf" >"$out/$2.log" 2>&1 || status=1
    # Une propriété que WeasyPrint ignore (une bulle, un curseur) ne manque pas sur du papier. Toute autre
    # remarque est une faute : une image perdue, un renvoi sans page.
    if grep -v -e 'unknown property' -e 'PDF/UA support is experimental' "$out/$2.log"; then
        status=1
    fi
    if [ -n "$tagged" ] && ! pdfinfo "$out/$2.pdf" | grep -q '^Tagged: *yes'; then
        echo "pdf : $out/$2.pdf n'est pas balisé"
        status=1
    fi
    # Le texte seul, sans l'en-tête ni le numéro de chaque page (en points, d'après les marges de print.css).
    pdftotext -layout -enc UTF-8 -x 0 -y 66 -W 596 -H 710 "$out/$2.pdf" "$out/$2.txt" || status=1
    sh tests/judge/command/python.sh docs/site/book_check.py "$html/$2.print" "$out/$2.txt" || status=1
    rm -f "$html/$2.print" "$out/$2.txt" "$out/$2.log"
    echo "pdf : $out/$2.pdf"
}

status=0
print_book 0 notes
[ -f edition ] || print_book 1 enseigner
exit "$status"

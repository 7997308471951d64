#!/bin/sh
# Les notes et le cours en EPUB, par pandoc, dans build/docs/epub : le même livre que « make pdf ».
#   epub.sh --built    d'un site qui vient d'être fait
set -u
sh tests/judge/command/deps.sh --if-missing docs epub || exit 2
[ "${1:-}" = --built ] || EDITION= sh docs/site/docs.sh || exit 1
html=build/docs/html
out=build/docs/epub
mkdir -p "$out" || exit 2
sh tests/judge/command/python.sh docs/site/book.py "$html" 0 "$html/notes.print" --screen || exit 1
# Une étape, un fichier : une liseuse ouvre vite un petit chapitre. Elle a son propre sommaire, sa propre couverture, et ses propres polices.
if ! pandoc --from=html --to=epub3 --standalone --toc --toc-depth=3 --epub-chapter-level=2 --css=docs/theme/epub.css \
    --metadata=lang:fr --metadata=title:"Sockets en C" --resource-path="$html" --output="$out/notes.epub" "$html/notes.print" 2>"$out/pandoc.log" ||
    [ -s "$out/pandoc.log" ]; then
    cat "$out/pandoc.log" >&2
    exit 1
fi
sh tests/judge/command/python.sh docs/site/epub_check.py "$html/notes.print" "$out/notes.epub" || exit 1
# Le vérificateur des éditeurs, s'il est là. Sur Debian, sa commande est une archive de Java, que le noyau ne sait pas toujours lancer.
checker=$(command -v epubcheck || true)
[ ! -f /usr/share/java/epubcheck.jar ] || checker="java -jar /usr/share/java/epubcheck.jar"
# shellcheck disable=SC2086 # une commande et ses arguments, ou rien
if [ -n "$checker" ] && ! $checker --failonwarnings "$out/notes.epub" >"$out/epubcheck.log" 2>&1; then
    cat "$out/epubcheck.log" >&2
    exit 1
fi
rm -f "$html/notes.print" "$html"/*.print.svg "$out/pandoc.log" "$out/epubcheck.log"
echo "epub : $out/notes.epub"

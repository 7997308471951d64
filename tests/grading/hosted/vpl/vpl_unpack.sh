#!/bin/bash
# Lu par les trois scripts : ce qui juge va dans .juge, ce que l'étudiant a écrit dans .rendu.
rm -rf .juge .rendu
mkdir .juge .rendu && tar -xzf sockets-en-c.tar.gz -C .juge || exit 1
for file in *; do
    case $file in
    vpl_* | common_script.sh | sockets-en-c.tar.gz) ;;
    *) cp -R -- "$file" .rendu/ ;;
    esac
done

# Les programmes de l'étudiant, compilés comme chez lui, et chacun dans le dossier du lab : « lab ».
# Rien n'y est fermé à ce qui est lancé à la main : ni test, ni corrigé ne reste.
build_programs() {
    lab=.juge/sockets-en-c/labs/@LAB@
    rm -rf sockets-en-c.tar.gz .juge/sockets-en-c/solutions .juge/sockets-en-c/build
    find .juge/sockets-en-c/tests -type f ! -name lab.mk ! -path '*/judge/command/*' -delete
    find .rendu -name '*.[ch]' -exec cp -- {} "$lab/" \;
    for lent in .juge/sockets-en-c/labs/"$(sed -n 's/^BORROW := //p' .juge/sockets-en-c/tests/@LAB@/lab.mk)"/*.c; do
        [ ! -f "$lent" ] || find .rendu -name "${lent##*/}" -exec cp -- {} "${lent%/*}/" \;
    done
    MAKEFLAGS='' make -C "$lab"
}

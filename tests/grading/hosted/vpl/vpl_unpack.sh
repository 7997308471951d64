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
build_programs() {
    lab=.juge/sockets-en-c/labs/@LAB@
    find .rendu -name '*.[ch]' -exec cp -- {} "$lab/" \;
    MAKEFLAGS='' make -C "$lab"
}

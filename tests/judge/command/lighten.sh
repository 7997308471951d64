#!/bin/sh
# Allège le juge : lighten.sh DOSSIER [LIBCRITERION]
# Criterion est lié à libgit2, pour montrer des différences dont ce juge ne se sert pas ; elle amène une quinzaine de
# bibliothèques (cryptographie, connexions à distance…), que chaque test charge, dans un processus neuf. Une doublure du même nom, dont les
# fonctions ne font rien, en tient lieu. Si Criterion n'en dépend pas, ou si les outils manquent, rien n'est fait.
set -uf
folder=$1
criterion=${2:-$(${CC:-cc} -print-file-name=libcriterion.so)}
name=$(objdump -p "$criterion" 2>/dev/null | awk '$1 == "NEEDED" && $2 ~ /^libgit2[.]so/ { print $2; exit }')
[ -n "$name" ] || exit 0
nm -D --undefined-only "$criterion" |
    awk '$2 ~ /^git_[a-z0-9_]+$/ { print "int " $2 "(void); int " $2 "(void) { return -1; }" }' >"$folder/no_git.c"
${CC:-cc} -shared -fPIC -Wl,-soname,"$name" -o "$folder/$name.new" "$folder/no_git.c" && mv -f "$folder/$name.new" "$folder/$name"

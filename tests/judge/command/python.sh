#!/bin/sh
# Lance un script Python du dépôt, depuis sa racine : python.sh tests/…/SCRIPT.py [ARGUMENTS…]
# Un module s'importe par son chemin (« from tests.judge.report import story »), et d'aucune autre façon.
# Bibliothèque standard seule et réglages de l'utilisateur ignorés : démarrage rapide, partout pareil.
# Celui du système d'abord : un « python3 » trouvé dans PATH peut être une doublure bien plus lente.
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3)
# Debian sait installer un Python sans sa bibliothèque standard.
whole() {
    for folder in /usr/lib/python3*/json /usr/lib64/python3*/json; do
        [ ! -d "$folder" ] || return 0
    done
    "$python" -c 'import json' 2>/dev/null
}
if [ -z "$python" ] || ! whole; then
    echo "python3 n'est pas installé, ou pas en entier. Pour l'avoir : make deps" >&2
    exit 2
fi
module=$(printf %s "${1%.py}" | tr / .)
shift
exec "$python" -SEs -X utf8 -X pycache_prefix=build/pycache -m "$module" "$@"

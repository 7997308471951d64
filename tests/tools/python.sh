#!/bin/sh
# Lance un script Python du dépôt : python.sh SCRIPT [ARGUMENTS…]
# Bibliothèque standard seule et réglages de l'utilisateur ignorés : démarrage rapide, partout pareil.
# Celui du système d'abord : un « python3 » trouvé dans PATH peut être une doublure bien plus lente.
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
    echo "python3 n'est pas installé. Pour l'avoir : make deps" >&2
    exit 2
}
exec "$python" -SEs -X utf8 -X pycache_prefix=build/pycache "$@"

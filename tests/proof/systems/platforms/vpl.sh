# shellcheck shell=sh disable=SC2154 # « machine » vient de qui lit
# VPL : les fichiers de l'étudiant et ceux d'exécution dans le dossier d'un prisonnier (p1001), qui lance vpl_evaluate.sh ; les
# fichiers d'exécution effacés, il lance vpl_execution, dont la sortie est lue. Suivre un processus lui est refusé, comme par le
# serveur d'exécution 5.
# https://vpl.dis.ulpgc.es/documentation/ (Execution files), et vpl-jail-system.
install_platform() {
    mkdir -p "$machine/home/p1001" && cp tests/proof/systems/untraced.py "$machine/usr/local/bin/"
}

# Le dossier d'un prisonnier, avec ce rendu et les fichiers d'exécution.
fill_jail() { # RENDU
    home=$machine/home/p1001
    find "$home" -mindepth 1 -delete && cp -R "$1/." build/platforms/vpl/. "$home/" && chown -R 1001:1001 "$home" && chmod 700 "$home"
}

# « Exécuter » : l'étudiant lance alors ses programmes, à qui rien n'est fermé. Ce qui reste se lit donc.
try_running() { # RENDU
    fill_jail "$1" && as_worker 1001 sh -c 'cd /home/p1001 && ./vpl_run.sh' || return 1
    [ -x "$home/vpl_execution" ] || echo "OBTENU aucun programme"
    find "$home" ! -path '*/judge/command/*' \( -path '*/tests/*.[ch]' -o -path '*/solutions/*' -o -name '*.tar.gz' \) -exec echo OBTENU {} \;
}

submit() { # RENDU RÉSULTAT
    case $1 in */corrigé) try_running "$1" || return 1 ;; esac
    fill_jail "$1" || return 1
    as_worker 1001 sh -c 'cd /home/p1001 && ./vpl_evaluate.sh' || return 1
    for file in build/platforms/vpl/*; do
        rm -f "$home/${file##*/}"
    done
    as_worker 1001 python3 /usr/local/bin/untraced.py sh -c 'cd /home/p1001 && exec ./vpl_execution' >"$2.txt"
    result=$?
    cat "$home/.journal"
    return "$result"
}

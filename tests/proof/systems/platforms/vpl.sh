# shellcheck shell=sh disable=SC2154 # « machine » vient de qui lit
# VPL : les fichiers de l'étudiant et ceux d'exécution dans le dossier d'un prisonnier (p1001), qui lance vpl_evaluate.sh ; les
# fichiers d'exécution effacés, il lance vpl_execution, dont la sortie est lue.
# https://vpl.dis.ulpgc.es/documentation/ (Execution files), et vpl-jail-system.
install_platform() {
    mkdir -p "$machine/home/p1001"
}

submit() { # RENDU RÉSULTAT
    home=$machine/home/p1001
    find "$home" -mindepth 1 -delete && cp -R "$1/." build/platforms/vpl/. "$home/" && chown -R 1001:1001 "$home" && chmod 700 "$home" || return 1
    as_worker 1001 sh -c 'cd /home/p1001 && ./vpl_evaluate.sh' || return 1
    for file in build/platforms/vpl/*; do
        rm -f "$home/${file##*/}"
    done
    as_worker 1001 sh -c 'cd /home/p1001 && exec ./vpl_execution' >"$2.txt"
    result=$?
    cat "$home/.journal"
    return "$result"
}

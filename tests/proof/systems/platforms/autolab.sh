# shellcheck shell=sh disable=SC2154 # « machine » vient de qui lit
# Autolab : le rendu et les deux fichiers du devoir dans un dossier vide, Makefile renommé, « make » lancé par l'utilisateur
# « autograde » ; la dernière ligne de ce qu'il écrit est lue.
# https://docs.autolabproject.com/lab/, et autodriver.c de Tango.
install_platform() {
    mkdir -p "$machine/home/autograde"
}

submit() { # RENDU RÉSULTAT
    home=$machine/home/autograde
    rm -rf "$home" && mkdir -p "$home/autolab" || return 1
    (cd "$1" && python3 -m zipfile -c "$home/autolab/handin.zip" ./*) || return 1
    cp build/platforms/autolab/autograde.tar "$home/autolab/" && cp build/platforms/autolab/autograde-Makefile "$home/autolab/Makefile" || return 1
    chown -R 1101:1101 "$home" && chmod 700 "$home"
    as_worker 1101 sh -c 'cd /home/autograde/autolab && exec make' >"$2.txt" 2>&1
}

# shellcheck shell=sh disable=SC2154 # « machine » vient de qui lit
# Gradescope : le zip déballé dans /autograder/source, setup.sh lancé une fois, run_autograder copié dans /autograder ; puis, à
# chaque rendu, /autograder/submission, et /autograder/results/results.json est relu. Tout par root.
# https://gradescope-autograders.readthedocs.io/en/latest/specs/
install_platform() {
    mkdir -p "$machine/autograder/source" "$machine/autograder/results" &&
        python3 -m zipfile -e build/platforms/gradescope/autograder.zip "$machine/autograder/source" || return 1
    chmod 755 "$machine/autograder/source/setup.sh" "$machine/autograder/source/run_autograder"
    as_root sh -c 'cd /autograder/source && ./setup.sh' && cp "$machine/autograder/source/run_autograder" "$machine/autograder/"
}

submit() { # RENDU RÉSULTAT
    rm -rf "$machine/autograder/submission" "$machine/autograder/results/results.json"
    cp -R "$1" "$machine/autograder/submission" || return 1
    as_root sh -c 'cd /autograder && exec ./run_autograder'
    result=$?
    cp "$machine/autograder/results/results.json" "$2.json"
    return "$result"
}

# shellcheck shell=sh disable=SC2154,SC2016 # « machine » vient de qui lit ; c'est l'autre shell qui développe
# GitHub : l'archive des étudiants et le travail dans le dossier du dépôt ; l'étape « Juger » lancée par l'utilisateur runner,
# dans « bash », et la sortie « result » lue dans le fichier que nomme GITHUB_OUTPUT. Les étapes « uses » sont à GitHub.
# https://docs.github.com/actions (Workflow syntax, Workflow commands)
install_platform() {
    mkdir -p "$machine/home/runner/work" && awk '
        /^        run: \|$/ { inside = 1; next }
        inside && !/^          / { inside = 0 }
        inside { print substr($0, 11) }' build/platforms/github/.github/workflows/classroom.yml >"$machine/home/runner/juger"
    sed -n 's/^  \(LAB\): "\(.*\)"$/\1=\2/p' build/platforms/github/.github/workflows/classroom.yml >"$machine/home/runner/env"
}

submit() { # RENDU RÉSULTAT
    home=$machine/home/runner place=$machine/home/runner/work/sockets-en-c
    rm -rf "$place" "$home/sortie" && tar -xzf build/handout/sockets-en-c.tar.gz -C "$home/work" || return 1
    cp build/platforms/github/.github/workflows/classroom.yml "$place/.github/workflows/" && lay_work "$1" "$place" "$(sed s/LAB=// "$machine/home/runner/env")" && : >"$home/sortie" || return 1
    chown -R 1001:1001 "$home"
    as_worker 1001 GITHUB_OUTPUT=/home/runner/sortie CI=true sh -c 'export $(cat /home/runner/env) && cd /home/runner/work/sockets-en-c && exec bash -e /home/runner/juger'
    result=$?
    cp "$home/sortie" "$2.txt"
    return "$result"
}

# shellcheck shell=sh disable=SC2154,SC2016 # « machine » vient de qui lit ; c'est l'autre shell qui développe
# GitLab : l'archive des étudiants et le travail dans le dossier du projet ; before_script et script lancés par root, dans une image
# Debian, et le rapport JUnit relu. Les paquets sont déjà dans ce système.
# https://docs.gitlab.com/ci/yaml/ (script, artifacts:reports:junit)
install_platform() {
    mkdir -p "$machine/builds" && awk '
        /^[a-z]/ { job = $1 }
        /^  (before_script|script):$/ { inside = job == "juge:"; next }
        !/^    - / { inside = 0 }
        inside && !/apt-get/ { print substr($0, 7) }' build/platforms/gitlab/.gitlab-ci.yml >"$machine/builds/juger"
    sed -n 's/^    \(LAB\): "\(.*\)"$/\1=\2/p' build/platforms/gitlab/.gitlab-ci.yml >"$machine/builds/env"
}

submit() { # RENDU RÉSULTAT
    place=$machine/builds/sockets-en-c
    rm -rf "$place" && tar -xzf build/handout/sockets-en-c.tar.gz -C "$machine/builds" && lay_work "$1" "$place" "$(sed s/LAB=// "$machine/builds/env")" || return 1
    as_root CI=true sh -c 'export $(cat /builds/env) && cd /builds/sockets-en-c && exec bash -e /builds/juger'
    result=$?
    cp "$place/junit.xml" "$2.xml"
    # 1 : il manque des points ; c'est ce que permet allow_failure.
    [ "$result" -ne 1 ] || return 0
    return "$result"
}

#!/bin/sh
# Gradescope lance ce script une fois, par root, quand il fabrique l'image du devoir.
set -eu
cd /autograder/source/sockets-en-c
command -v make >/dev/null || { apt-get update && apt-get install -y --no-install-recommends make; }
make deps GROUP=test
# Du corrigé, il n'y a ici que ce qu'un lab prête à un autre.
make judges LABS="@LABS@" WORK=labs
# Ni les tests ni ce script ne sont à lire par ce qui sera jugé.
chmod 700 /autograder/source

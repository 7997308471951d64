#!/bin/bash
# shellcheck shell=bash source=tests/grading/hosted/vpl/vpl_unpack.sh disable=SC1091,SC2154 # il est à côté, et dit « lab »
# VPL lance ce script pour déboguer : le serveur sous gdb, s'il est installé sur le serveur d'exécution.
. ./vpl_unpack.sh
build_programs || exit 1
printf '#!/bin/sh\ncd %s && exec gdb -q --args ./server 127.0.0.1 8040\n' "$lab" >vpl_execution
chmod 755 vpl_execution

#!/bin/bash
# shellcheck shell=bash source=tests/grading/hosted/vpl/vpl_unpack.sh disable=SC1091,SC2154 # il est à côté, et dit « lab »
# VPL lance ce script pour exécuter : le serveur, et le client devant l'étudiant.
. ./vpl_unpack.sh
build_programs || exit 1
cat >vpl_execution <<FIN
#!/bin/sh
cd $lab || exit 1
./server 127.0.0.1 8040 &
trap 'kill \$!' EXIT
while kill -0 \$! 2>/dev/null && ! grep -q ':1F68 ' /proc/net/tcp /proc/net/udp; do
    sleep 0.1
done
./client 127.0.0.1 8040
FIN
chmod 755 vpl_execution

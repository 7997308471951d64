#!/bin/sh
# Prépare une Debian 13 neuve pour les labs : make d'abord, qui sait installer le reste, puis de quoi lire et essayer.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends make git man-db manpages manpages-dev netcat-openbsd iproute2
make deps GROUP=test
make deps GROUP=debug
make deps GROUP=trace

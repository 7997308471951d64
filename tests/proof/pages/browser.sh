#!/bin/sh
# Cherche les fautes d'accessibilité de pages HTML, dans Chromium : browser.sh DOSSIER
# Captures d'écran, pour regarder : browser.sh --shots SORTIE DOSSIER [PAGE…]
# Les modules de npm, aux versions de tests/proof/pages/browser/package-lock.json, s'installent dans build/browser.
set -u
sh tests/judge/command/deps.sh --if-missing browser || exit 2
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "browser : aucun Chromium sur ce système : les pages ne sont pas essayées" >&2
    exit 3
}
modules=build/browser
mkdir -p "$modules" || exit 2
if ! cmp -s tests/proof/pages/browser/package-lock.json "$modules/installed"; then
    cp tests/proof/pages/browser/package.json tests/proof/pages/browser/package-lock.json "$modules" || exit 2
    if ! npm ci --prefix "$modules" --ignore-scripts --no-audit --no-fund --loglevel=error >"$modules/npm.log" 2>&1; then
        cat "$modules/npm.log" >&2
        echo "browser : npm n'a pas pu installer les modules de tests/proof/pages/browser/package-lock.json" >&2
        exit 2
    fi
    cp tests/proof/pages/browser/package-lock.json "$modules/installed" || exit 2
fi
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' HUP INT TERM
MODULES=$PWD/$modules SCRATCH=$scratch CHROMIUM=$CHROMIUM node tests/proof/pages/browser/accessibility.mjs "$@"

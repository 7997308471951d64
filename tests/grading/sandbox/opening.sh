# shellcheck shell=sh disable=SC2034,SC2154 # « here » vient de qui lit, « bwrap » lui sert
# Ce que compile.sh et run.sh ont en commun, lu par l'un et l'autre (« . ») : bwrap et start, qu'il leur faut, et ce
# qu'ils en montrent tous deux. « $here » est leur dossier ; limits.conf dit les limites.
# shellcheck disable=SC1091 # des affectations, rien d'autre
. "$here/limits.conf"
start=$here/../../../build/sandbox/start

die() {
    printf 'bac à sable : %s\n' "$1" >&2
    exit 125
}

# Son chemin entier : le juge n'aura pas à le chercher dans chaque dossier de PATH, à chaque programme.
bwrap=$(command -v bwrap) || die "bubblewrap (bwrap) n'est pas installé : make deps GROUP=class"
[ -x "$start" ] || die "$start manque : « make test » le construit"

# Des mots, sans espace, à laisser se séparer.
system_folders=
for folder in /lib /lib32 /lib64 /bin; do
    # Un lien vers /usr, ou, sur un système plus ancien, un vrai dossier.
    if [ -L "$folder" ]; then
        system_folders="$system_folders --symlink usr$folder $folder"
    else
        system_folders="$system_folders --ro-bind-try $folder $folder"
    fi
done

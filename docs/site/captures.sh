# shellcheck shell=sh
# La page des échanges capturés, que docs.sh appelle : draw_exchanges écrit la page, et garde les dessins dans $SITE/figures.
# De vrais échanges, capturés ici même quand le système le permet ; sinon, la commande qui les montre.
# Une capture n'est refaite que si ce qu'elle montre, ou ce qui la dessine, a changé ; ou si le noyau y avait répété un
# paquet, parce que la machine était trop lente ce jour-là.
repeats() { # DESSIN
    grep -q 'retransmis' "$1"
}

stale() { # LAB DESSIN
    [ ! -s "$2" ] || [ ! -s "$2.packets" ] || repeats "$2" || [ -n "$(find "labs/$1" "solutions/$1" common tests/student/trace tests/student/stage.py \
        tests/student/scenario.py tests/student/relay.py "tests/$1/scene.txt" \( -name '*.[chp]*' -o -name scene.txt \) -newer "$2" 2>/dev/null)" ]
}

# Ce que la page des captures, et les notes du lab (markdown_filter.py), montrent de ce dessin.
show_exchange() { # LAB DESSIN
    if [ -s "$2" ]; then
        printf '@image html %s.svg "Échange capturé du lab %s"\n' "$1" "$1"
        ! repeats "$2" || printf '\n%s\n' "Pour voir les appels, \`strace\` a arrêté les programmes à chacun d'eux : le noyau a \
répété ici des paquets qu'il croyait perdus, à tort."
    else
        tell_absence "$1" "$(cat "$2.status" 2>/dev/null)"
    fi
}

# Rien à montrer : la machine, ou l'outil, ou les programmes eux-mêmes ?
tell_absence() { # LAB STATUT
    case $2 in
    1) echo "Les programmes de ce lab n'ont pas encore d'échange à montrer. Quand ils dialogueront : \`make trace LAB=$1\`." ;;
    *) echo "Cette machine n'a pas permis la capture, ou un outil y manque. Pour savoir lequel : \`make trace LAB=$1\`." ;;
    esac
}

draw_exchanges() {
    printf '# Échanges capturés {#captures}\n\n%s\n%s\n' \
        "Ce que les programmes se sont vraiment dit, paquet par paquet, et les appels qui ont fait partir chacun d'eux." \
        "Les échanges idéaux sont dans @ref echanges ; les vôtres, dans la page qu'écrit \`make trace\`."
    for notes in labs/*/NOTES.fr.md; do
        lab=${notes%/NOTES.fr.md}
        lab=${lab#labs/}
        figure=$SITE/figures/$lab.svg
        if stale "$lab" "$figure"; then
            LABS=$lab sh tests/student/trace/figure.sh "$lab" "$figure" >"$figure.log" 2>&1
            echo $? >"$figure.status"
            [ "$(cat "$figure.status")" -eq 0 ] || rm -f "$figure"
        fi
        show_exchange "$lab" "$figure" >"${figure%.svg}.part"
        printf '\n## %s {#captures-%s}\n\n' "$(sed -n '1s/^# Lab \([^:]*[^: ]\).* {#.*/Un échange du lab \1/p' "$notes")" "$lab"
        cat "${figure%.svg}.part"
    done
}

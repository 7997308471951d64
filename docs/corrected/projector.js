// Le corrigé, projeté : une fonction à la fois, en grand. Sans ce script, la page se lit telle qu'elle est.
(function () {
    "use strict";
    var sections = Array.from(document.querySelectorAll(".function"));
    if (!sections.length) { return; }
    var body = document.body, at = 0, size = 1;
    var KEYS = { ArrowRight: next, PageDown: next, n: next, ArrowLeft: previous, PageUp: previous, p: previous,
                 Home: function () { show(0); }, End: function () { show(sections.length - 1); }, Escape: leave,
                 s: toggleGiven, "+": function () { resize(1.15); }, "=": function () { resize(1.15); }, "-": function () { resize(1 / 1.15); } };

    var bar = document.createElement("div");
    bar.className = "projector";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Projection");
    var start = button("Projeter", "Une fonction à la fois, en grand (touche P)", enter);
    var place = document.createElement("span");
    place.setAttribute("role", "status");
    var inside = [button("◀", "Fonction précédente (flèche gauche)", previous), place, button("▶", "Fonction suivante (flèche droite)", next),
                  button("A+", "Plus grand (+)", KEYS["+"]), button("A−", "Plus petit (−)", KEYS["-"]),
                  button("Squelette", "À côté, la même fonction du squelette (S)", toggleGiven), button("Quitter", "Quitter la projection (Échap)", leave)];
    bar.append(start);
    document.querySelector("h1").after(bar);
    document.addEventListener("keydown", press);
    keepArrows();
    // Le navigateur mène d'abord à l'ancre de l'adresse, quand la page est là : projeter avant cacherait la barre.
    if (new URLSearchParams(location.search).has("projeter")) { window.addEventListener("load", function () { setTimeout(enter); }); }

    function button(text, title, act) {
        var made = document.createElement("button");
        made.type = "button";
        made.textContent = text;
        made.title = title;
        if (!/^\w/.test(text) || text.length < 3) { made.setAttribute("aria-label", title); }
        made.addEventListener("click", act);
        return made;
    }

    function press(event) {
        var typing = /^(input|textarea|select)$/i.test(event.target.tagName);
        if (event.ctrlKey || event.altKey || event.metaKey || typing) { return; }
        if (!body.classList.contains("projected")) {
            if (event.key === "p") { enter(); event.preventDefault(); }
            return;
        }
        var act = KEYS[event.key];
        if (act) { act(); event.preventDefault(); }
    }

    // La fonction que l'on avait sous les yeux, ou celle de l'adresse.
    function enter() {
        var target = location.hash && document.getElementById(location.hash.slice(1));
        var asked = target ? sections.indexOf(target.closest(".function")) : -1;
        var seen = sections.findIndex(function (section) { return section.getBoundingClientRect().bottom > 80; });
        body.classList.add("projected");
        bar.replaceChildren.apply(bar, inside);
        show(asked >= 0 ? asked : Math.max(0, seen));
        inside[2].focus({ preventScroll: true });
        if (asked >= 0 && target.matches(".line")) { target.scrollIntoView({ block: "center" }); }
    }

    // Une ligne trop longue peut se couper après un tiret : pas celui de « -> ».
    function keepArrows() {
        var texts = document.createTreeWalker(document.querySelector(".sources"), NodeFilter.SHOW_TEXT), found = [];
        while (texts.nextNode()) { if (texts.currentNode.data.includes("->")) { found.push(texts.currentNode); } }
        found.forEach(function (text) {
            text.replaceWith.apply(text, text.data.split("->").flatMap(function (part, rank) {
                var arrow = document.createElement("span");
                arrow.className = "arrow";
                arrow.textContent = "->";
                return rank ? [arrow, part] : [part];
            }));
        });
    }

    function leave() {
        var section = sections[at];
        body.classList.remove("projected", "with-given");
        document.documentElement.style.removeProperty("--projected");
        bar.replaceChildren(start);
        section.scrollIntoView();
        start.focus({ preventScroll: true });
    }

    function show(index) {
        at = Math.min(Math.max(index, 0), sections.length - 1);
        sections.forEach(function (section, rank) { section.classList.toggle("current", rank === at); });
        place.textContent = (at + 1) + " / " + sections.length + " · " + sections[at].querySelector("h2").textContent;
        resize(1);
        window.scrollTo(0, 0);
    }

    function next() { show(at + 1); }
    function previous() { show(at - 1); }
    function toggleGiven() { body.classList.toggle("with-given"); }

    function resize(factor) {
        size = Math.min(Math.max(size * factor, 0.5), 2.5);
        document.documentElement.style.setProperty("--projected", size);
    }
})();

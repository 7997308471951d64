// Sans ce script, tout se lit ; avec lui, le sommaire se replie sur un petit écran et la recherche répond.
(function () {
    "use strict";

    // --- Le sommaire -----------------------------------------------------------------------------
    var contents = document.querySelector(".toc details");
    if (contents && window.matchMedia("(max-width: 81.99rem)").matches) {
        contents.open = false;
    }
    followReading();

    // Marque, dans le sommaire, la section que l'on est en train de lire.
    function followReading() {
        var links = document.querySelectorAll(".toc a");
        if (!links.length || !window.IntersectionObserver) { return; }
        var visible = new Map();
        var observer = new IntersectionObserver(function (entries) {
            entries.forEach(function (entry) { visible.set(entry.target.id, entry.isIntersecting); });
            var current = Array.prototype.find.call(links, function (link) { return visible.get(link.hash.slice(1)); });
            if (!current) { return; }
            links.forEach(function (link) { link.removeAttribute("aria-current"); });
            current.setAttribute("aria-current", "true");
        }, { rootMargin: "0px 0px -60% 0px" });
        links.forEach(function (link) {
            var heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
            if (heading) { observer.observe(heading); }
        });
    }

    // --- La recherche ----------------------------------------------------------------------------
    var results = document.getElementById("reponses");
    if (!results) { return; }
    var field = document.getElementById("question");
    var status = document.getElementById("compte");
    field.value = new URLSearchParams(location.search).get("q") || "";
    var script = document.createElement("script");
    script.src = "recherche.js";
    script.onload = function () {
        prepare();
        answer();
        field.addEventListener("input", answer);
    };
    document.head.appendChild(script);

    // « Délai » et « delai » sont le même mot, pour qui cherche. Chaque lettre garde sa place : un
    // extrait se coupe dans le texte d'origine.
    function plain(text) {
        return Array.from(text.normalize("NFC"), function (letter) {
            var bare = letter.normalize("NFD")[0].toLowerCase();
            return bare.length === letter.length ? bare : letter;
        }).join("").replace(/[\u00a0\u202f]/g, " ").replace(/[\u2019]/g, "'");
    }

    function prepare() {
        window.SEARCH_INDEX = window.SEARCH_INDEX.map(function (entry) {
            return { page: entry[0], section: entry[1], url: entry[2], text: entry[3],
                     plain: [plain(entry[0]), plain(entry[1]), plain(entry[3])] };
        });
    }

    // Un mot se cherche par son début : « thread » trouve « threads » ; un pluriel trouve le singulier.
    function words(question) {
        return plain(question).split(/[\s,;:!?«»"()]+/).filter(Boolean).map(function (word) {
            var stem = word.length > 3 ? word.replace(/[sx]$/, "") : word;
            var start = "(^|[^a-z0-9_])" + stem.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/oe|œ/g, "(?:oe|œ)");
            var pattern = new RegExp(start);
            pattern.whole = new RegExp(start + "[sx]?(?![a-z0-9_])");
            return pattern;
        });
    }

    function score(entry, patterns) {
        var total = 0;
        for (var i = 0; i < patterns.length; i++) {
            var found = weight(patterns[i], entry.plain[1], 8) + weight(patterns[i], entry.plain[0], 4) +
                weight(patterns[i], entry.plain[2], 1);
            if (!found) { return 0; }
            total += found;
        }
        // À égalité, un texte à lire passe avant une page de l'API, et les notes d'un lab avant celles du corrigé.
        return total + (/_8[ch]\.html|^struct/.test(entry.url) ? 0 : /^lab-/.test(entry.url) ? 3 : 2);
    }

    // Un mot entier vaut plus que le début d'un autre : « select » n'est pas « selected ».
    function weight(pattern, text, worth) {
        return pattern.whole.test(text) ? worth : pattern.test(text) ? worth / 8 : 0;
    }

    function answer() {
        var patterns = words(field.value);
        var found = patterns.length ? window.SEARCH_INDEX.map(function (entry) {
            return { entry: entry, score: score(entry, patterns) };
        }).filter(function (hit) { return hit.score; }) : [];
        found.sort(function (a, b) { return b.score - a.score; });
        status.textContent = !patterns.length ? "Écrivez un mot ou plusieurs, avec ou sans accents." :
            !found.length ? "Rien ne répond à « " + field.value + " »." :
            found.length === 1 ? "Une réponse." : found.length + " réponses" + (found.length > 50 ? ", dont voici 50." : ".");
        results.replaceChildren.apply(results, found.slice(0, 50).map(function (hit) { return item(hit.entry, patterns); }));
    }

    function item(entry, patterns) {
        var li = document.createElement("li"), link = document.createElement("a"), p = document.createElement("p");
        link.href = entry.url;
        link.textContent = entry.section ? entry.page + " — " + entry.section : entry.page;
        excerpt(p, entry, patterns);
        li.append(link, p);
        return li;
    }

    // Deux cents signes autour du premier mot trouvé, ce mot surligné.
    function excerpt(paragraph, entry, patterns) {
        var match = null;
        patterns.forEach(function (pattern) { match = match || pattern.exec(entry.plain[2]); });
        var start = match ? match.index + match[1].length : 0, from = Math.max(0, start - 80);
        var end = match ? start + match[0].length - match[1].length : 0;
        var mark = document.createElement("mark");
        mark.textContent = entry.text.slice(start, end);
        paragraph.append((from ? "…" : "") + entry.text.slice(from, start));
        if (match) { paragraph.append(mark); }
        paragraph.append(entry.text.slice(end, from + 200) + (from + 200 < entry.text.length ? "…" : ""));
    }
})();

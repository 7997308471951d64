// Sans ce script, tout se lit ; avec lui, le sommaire se replie sur un petit écran et la recherche répond.
(function () {
    "use strict";

    // --- Le sommaire -----------------------------------------------------------------------------
    var contents = document.querySelector(".toc details");
    if (contents) {
        var narrow = window.matchMedia("(max-width: 63.99rem)");
        var fold = function () { contents.open = !narrow.matches; };
        narrow.addEventListener("change", fold);
        fold();
    }
    followReading();
    var here = document.querySelector(".tree [aria-current]");
    if (here) { keepInSight(here); }
    Array.prototype.forEach.call(document.querySelectorAll("pre"), addCopy);
    Array.prototype.forEach.call(document.querySelectorAll("table"), addFilters);

    // Fait défiler son menu, et lui seul, jusqu'à ce lien.
    function keepInSight(link) {
        var menu = link.closest("nav");
        while (menu && menu.scrollHeight <= menu.clientHeight) { menu = menu.parentElement; }
        if (!menu || menu === document.documentElement || menu === document.body) { return; }
        var top = link.getBoundingClientRect().top - menu.getBoundingClientRect().top;
        if (top < 0 || top > menu.clientHeight - 60) { menu.scrollTop += top - menu.clientHeight / 2; }
    }

    // Marque, dans le sommaire, la section que l'on est en train de lire : la dernière commencée.
    function followReading() {
        var sections = Array.from(document.querySelectorAll(".toc a"), function (link) {
            return { link: link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) };
        }).filter(function (section) { return section.heading; });
        if (!sections.length) { return; }
        var marked = null, waiting = false;
        function mark() {
            waiting = false;
            var begun = sections.filter(function (section) { return section.heading.getBoundingClientRect().top < window.innerHeight * 0.3; });
            var bottom = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
            var current = bottom && window.scrollY ? sections[sections.length - 1] : begun[begun.length - 1];
            if (current === marked) { return; }
            if (marked) { marked.link.removeAttribute("aria-current"); }
            if (current) { current.link.setAttribute("aria-current", "true"); keepInSight(current.link); }
            marked = current;
        }
        window.addEventListener("scroll", function () {
            if (!waiting) { waiting = true; window.requestAnimationFrame(mark); }
        }, { passive: true });
        mark();
    }

    // --- Les extraits ----------------------------------------------------------------------------
    function addCopy(block) {
        var frame = document.createElement("div"), button = document.createElement("button");
        frame.className = "copied";
        button.className = "copy";
        button.type = "button";
        button.textContent = "Copier";
        button.addEventListener("click", function () { copy(block, button); });
        block.replaceWith(frame);
        frame.append(block, button);
    }

    // Le code, sans les numéros ni ce qui est en marge. Une page ouverte sans serveur n'a pas toujours le presse-papiers.
    function copy(block, button) {
        var bare = block.cloneNode(true);
        bare.querySelectorAll(".line > :first-child, .mark").forEach(function (node) { node.remove(); });
        var done = navigator.clipboard ? navigator.clipboard.writeText(bare.textContent) : Promise.reject();
        done.catch(function () {
            var area = document.createElement("textarea");
            area.value = bare.textContent;
            document.body.append(area);
            area.select();
            var copied = document.execCommand("copy");
            area.remove();
            if (!copied) { throw new Error("copy"); }
        }).then(function () { button.textContent = "Copié"; }, function () { button.textContent = "Impossible"; })
            .then(function () { setTimeout(function () { button.textContent = "Copier"; }, 2000); });
    }

    // --- Le tableau du catalogue -----------------------------------------------------------------
    function addFilters(table) {
        var FILTERED = ["lab", "étape", "genre"];
        var names = Array.from(table.rows[0].cells, function (cell) { return cell.textContent.trim(); });
        if (!FILTERED.every(function (name) { return names.includes(name); })) { return; }
        var rows = Array.from(table.rows).slice(1), form = document.createElement("form"), count = document.createElement("output");
        form.className = "filters";
        var choices = FILTERED.map(function (name) { return choice(name, names.indexOf(name)); });
        choices.forEach(function (one) { form.append(one.label); });
        form.append(count);
        form.addEventListener("change", apply);
        (table.closest(".scroll") || table).before(form);
        apply();

        // Une case peut avoir plusieurs valeurs : « 3, 5 ».
        function values(row, column) { return row.cells[column].textContent.split(",").map(function (word) { return word.trim(); }); }

        function choice(name, column) {
            var label = document.createElement("label"), select = document.createElement("select");
            var known = Array.from(new Set(rows.flatMap(function (row) { return values(row, column); }))).sort();
            ["tous"].concat(known).forEach(function (value) { select.add(new Option(value, value === "tous" ? "" : value)); });
            label.append(name + " : ", select);
            return { label: label, select: select, column: column };
        }

        function apply() {
            var shown = rows.filter(function (row) {
                row.hidden = !choices.every(function (one) { return !one.select.value || values(row, one.column).includes(one.select.value); });
                return !row.hidden;
            });
            count.textContent = shown.length + (shown.length > 1 ? " défauts" : " défaut");
        }
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
    // L'index pèse plus que tout le reste : il vient avec la première question.
    if (field.value) { document.head.appendChild(script); }
    else {
        status.textContent = "Écrivez un mot ou plusieurs, avec ou sans accents.";
        field.addEventListener("input", function () { document.head.appendChild(script); }, { once: true });
    }

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
            return { page: entry[0], section: entry[1], url: entry[2], text: entry[3], worth: worth(entry[2]),
                     plain: [plain(entry[0]), plain(entry[1]), plain(entry[3])] };
        });
    }

    // Ce que toute page a.
    var EMPTY = /^(?:[a-z]|[ldcnsj]e|les|de?s|du|un|une|et|en|a|au|aux|que|qui|il|est|the|of|an?)?$/;

    // Un mot se cherche par son début : « thread » trouve « threads » ; un pluriel trouve le singulier.
    // Un mot que rien ne commence se cherche partout : « sanitizer » trouve « AddressSanitizer ».
    function words(question) {
        var all = plain(question).split(/[\s,;:!?«»"()']+/).filter(Boolean), full = all.filter(function (word) { return !EMPTY.test(word); });
        return (full.length ? full : all).map(function (word) {
            var stem = (word.length > 3 ? word.replace(/[sx]$/, "") : word).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/oe|œ/g, "(?:oe|œ)");
            var start = new RegExp("(^|[^a-z0-9_])" + stem, "g");
            var known = window.SEARCH_INDEX.some(function (entry) { return entry.plain.some(function (text) { return text.search(start) >= 0; }); });
            return { start: known ? start : new RegExp("()" + stem, "g"), whole: new RegExp("(^|[^a-z0-9_])" + stem + "[sx]?(?![a-z0-9_])", "g") };
        });
    }

    // Combien de mots de la question cette section a-t-elle, et à quelle place ? Un titre vaut d'autant plus qu'il ne dit qu'eux.
    function judge(entry, patterns, question) {
        var title = entry.plain[1] || entry.plain[0].replace(/.* › /, ""), wide = title.split(/[^a-z0-9_]+/).filter(function (word) { return !EMPTY.test(word); }).length;
        var found = patterns.map(function (pattern) {
            return 8 / wide * weight(pattern, title) + weight(pattern, entry.plain[0]) / 4 + weight(pattern, entry.plain[2]);
        });
        var said = (title.startsWith(question) ? 4 : 0) + (entry.plain[2].includes(question) ? 2 : 0);
        return { entry: entry, words: found.filter(Boolean).length, score: found.reduce(function (sum, one) { return sum + one; }, said + entry.worth) };
    }

    // Les notes d'abord, leurs étapes avant leurs pièges, et un lab avant le suivant : une chose s'explique où elle s'apprend ;
    // puis le cours et ce qui est pour qui enseigne ; le catalogue et l'API, à la fin.
    function worth(url) {
        var lab = /^lab-(\d+)/.exec(url);
        return lab ? (/-etape-/.test(url) ? 7 : 6) - 0.75 * lab[1] : /^defaut|^struct|_8[ch]\.html/.test(url) ? -6 : 0;
    }

    // Un mot vaut plus entier qu'au début d'un autre (« select » n'est pas « selected »), et plus, mais peu à peu, d'être répété.
    function weight(pattern, text) {
        return Math.log2(1 + (text.match(pattern.whole) || []).length) + (text.search(pattern.start) < 0 ? 0 : 1 / 8);
    }

    function answer() {
        var patterns = words(field.value), question = plain(field.value).trim();
        var judged = window.SEARCH_INDEX.map(function (entry) { return judge(entry, patterns, question); });
        // À défaut d'une section qui ait tous les mots, celles qui en ont le plus.
        var most = judged.reduce(function (best, hit) { return Math.max(best, hit.words); }, 0);
        var found = judged.filter(function (hit) { return most && hit.words === most; });
        found.sort(function (a, b) { return b.score - a.score; });
        status.textContent = !patterns.length ? "Écrivez un mot ou plusieurs, avec ou sans accents." :
            !found.length ? "Rien ne répond à « " + field.value + " »." :
            (found.length === 1 ? "Une réponse" : found.length + " réponses") + (most < patterns.length ? ", qui n’ont pas tous ces mots" : "") +
            (found.length > 50 ? ", dont voici 50." : ".");
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

    // Où chaque mot de la question est écrit, dans l'ordre du texte : [début, fin, rang du mot].
    function places(text, patterns) {
        return patterns.flatMap(function (pattern, rank) {
            return Array.from(text.matchAll(pattern.start), function (match) {
                var start = match.index + match[1].length;
                return [start, match.index + match[0].length, rank];
            });
        }).sort(function (a, b) { return a[0] - b[0]; });
    }

    // Deux cents signes environ, coupés entre deux mots, là où le plus de mots de la question sont ensemble ; ces mots surlignés.
    function excerpt(paragraph, entry, patterns) {
        var LENGTH = 200, BEFORE = 80, found = places(entry.plain[2], patterns), most = 0, start = 0;
        found.forEach(function (place) {
            var near = found.filter(function (other) { return other[0] >= place[0] && other[1] <= place[0] + LENGTH - BEFORE; });
            var different = new Set(near.map(function (other) { return other[2]; })).size;
            if (different > most) { most = different; start = place[0]; }
        });
        var from = start > BEFORE ? entry.text.lastIndexOf(" ", start - BEFORE) + 1 : 0;
        var to = from + LENGTH < entry.text.length ? entry.text.indexOf(" ", from + LENGTH) : -1;
        var end = to < 0 ? entry.text.length : to, at = from;
        paragraph.append(from ? "… " : "");
        found.filter(function (place) { return place[0] >= from && place[1] <= end; }).forEach(function (place) {
            if (place[0] < at) { return; }
            var mark = document.createElement("mark");
            mark.textContent = entry.text.slice(place[0], place[1]);
            paragraph.append(entry.text.slice(at, place[0]), mark);
            at = place[1];
        });
        paragraph.append(entry.text.slice(at, end) + (to < 0 ? "" : " …"));
    }
})();

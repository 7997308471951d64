// Ouvre des pages HTML dans Chromium, en clair et en sombre, et y cherche les fautes d'accessibilité (axe).
//   accessibility.mjs DOSSIER [PAGE…]    sans nom de page, toutes celles du dossier et de ses sous-dossiers
//   accessibility.mjs --some DOSSIER     les contrastes d'une page sur six : celles d'un site dont un autre a déjà montré les pareilles
//   accessibility.mjs --shots SORTIE DOSSIER [PAGE…]   des captures, à trois largeurs (en clair et en sombre)
// Statut 1 dès qu'une page a une faute sérieuse ou critique, une erreur de script, déborde de l'écran, pèse trop à sa première
// vue, ou demande quoi que ce soit hors de son dossier.
import { cpus } from "node:os";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(join(process.env.MODULES, "package.json"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LOCALE = JSON.parse(readFileSync(require.resolve("axe-core/locales/fr.json"), "utf8"));

const SCHEMES = ["light", "dark"];
// En sombre, seules les couleurs changent : les autres règles ont déjà parlé. Elles sont aussi ce qu'axe met le plus longtemps à juger.
const COLOURS = ["color-contrast", "link-in-text-block"];
const QUIET = { resultTypes: ["violations"], preload: false };
const RULES = { light: QUIET, dark: { ...QUIET, runOnly: COLOURS },
    structure: { ...QUIET, rules: Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) } };
const WIDTHS = [360, 390, 1024, 1280, 1920];
// Une machine surchargée met parfois une minute à ouvrir une page : ce n'est la faute d'aucune.
const PATIENCE_MS = 600000;
const HEAVIEST = 150 * 1024;
// Les pages d'un défaut, d'un fichier, d'une structure ont chacune la feuille et les couleurs de leurs pareilles : une sur six
// passe par les règles des couleurs ; aucune n'échappe aux autres, sauf BRIEF=1. Avec SHARE=1, toutes passent par toutes.
const ALIKE = /^defaut-|^struct|_8[ch]\.html$/;
const SHARE = Number(process.env.SHARE ?? 6);
// Ce qu'un étudiant cherche, et la page qui doit répondre d'abord.
const QUESTIONS = {
    "bind": "lab-01-tcp-etape-1", "accept": "lab-01-tcp-etape-1", "htons": "lab-01-tcp-etape-1", "recv": "lab-01-tcp-etape-2",
    "file d'attente": "lab-01-tcp-etape-1", "adresse déjà utilisée": "lab-01-tcp-etape-1", "Broken pipe": "lab-01-tcp-etape-1",
    "EINTR": "lab-01-tcp-etape-2", "envoi partiel": "lab-01-tcp-etape-2", "fin de flux": "lab-01-tcp-etape-3",
    "délai": "lab-02-udp-etape-4", "D29": "lab-02-udp-les-pieges", "threads": "lab-03-multithread-etape-2", "deadlock": "lab-03-multithread-deboguer",
};
const GRAVE = ["serious", "critical"];
// Le profil est vide et le navigateur ne parle à personne ; root n'a pas droit au bac à sable de Chromium.
const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];

function pagesIn(folder) {
    return readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".html")).sort();
}

async function openBrowser(work) {
    const profile = mkdtempSync(join(process.env.SCRATCH, "profile-"));
    const context = await chromium.launchPersistentContext(profile,
        { executablePath: process.env.CHROMIUM, args: ARGUMENTS, offline: true, locale: "fr-FR", timeout: PATIENCE_MS });
    context.setDefaultTimeout(PATIENCE_MS);
    try {
        return await work(context);
    } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true });
    }
}

// Les pages sont partagées entre quelques onglets, un par processeur.
async function share(context, names, visit) {
    const queue = [...names];
    await Promise.all(cpus().slice(0, 4).map(async () => {
        const tab = await context.newPage();
        while (queue.length) {
            await visit(tab, queue.shift());
        }
        await tab.close();
    }));
}

async function goTo(tab, folder, name) {
    const [path, query] = name.split("?");
    await tab.goto(pathToFileURL(resolve(folder, path)).href + (query ? "?" + query : ""));
}

// Ce qui dépasse d'un téléphone oblige à promener la page de gauche à droite.
function overflow() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) {
        return "";
    }
    const wide = [...document.querySelectorAll("main *")].find((node) => node.getBoundingClientRect().right > width + 1);
    return wide ? (wide.outerHTML || "").slice(0, 120) : "la page";
}

// Une page de « make trace » tient en un fichier : le poids n'est compté que pour un site. Ce que pèse tout ce que la page a demandé, elle comprise ; ce qui n'est pas un fichier du dossier est une faute.
function weigh(asked, folder, complain) {
    const paths = [...new Set(asked)].filter((url) => !url.startsWith("data:")).map((url) => {
        const inside = url.startsWith(pathToFileURL(resolve(folder)).href + "/");
        if (!inside) {
            complain(`demande ${url}`);
        }
        return inside ? fileURLToPath(url.split(/[?#]/)[0]) : "";
    });
    const total = paths.filter((path) => path && existsSync(path)).reduce((sum, path) => sum + statSync(path).size, 0);
    if (total > HEAVIEST && existsSync(join(folder, "style.css"))) {
        complain(`pèse ${Math.ceil(total / 1024)} Kio à sa première vue, ${HEAVIEST / 1024} au plus`);
    }
    return total;
}

async function examine(tab, folder, name, colours, faults, weights) {
    const asked = [];
    const complain = (text) => faults.push(`${name} : ${text}`);
    const listener = (error) => complain(`erreur de script : ${error.message}`);
    const request = (sent) => asked.push(sent.url());
    tab.on("pageerror", listener);
    tab.on("request", request);
    await tab.setViewportSize({ width: 1280, height: 900 });
    await goTo(tab, folder, name);
    weights.push([weigh(asked, folder, complain), name]);
    tab.off("request", request);
    await accuse(tab, colours ? SCHEMES : ["structure"], complain);
    for (const width of WIDTHS) {
        await tab.setViewportSize({ width, height: 800 });
        const wide = await tab.evaluate(overflow);
        if (wide) {
            complain(`déborde à ${width} pixels : ${wide}`);
        }
    }
    tab.off("pageerror", listener);
}

async function accuse(tab, passes, complain) {
    await tab.evaluate(AXE);
    await tab.evaluate((locale) => window.axe.configure({ locale }), LOCALE);
    for (const pass of passes) {
        await tab.emulateMedia({ colorScheme: pass === "dark" ? "dark" : "light" });
        const { violations } = await tab.evaluate((options) => window.axe.run(document, options), RULES[pass]);
        for (const violation of violations.filter(({ impact }) => GRAVE.includes(impact))) {
            for (const node of violation.nodes.slice(0, 5)) {
                complain(`${pass} : ${violation.id} : ${violation.help} : ${node.html.slice(0, 160)}`);
            }
        }
    }
}

// La première réponse à chaque question.
async function search(context, folder, faults) {
    const tab = await context.newPage();
    for (const [question, wanted] of Object.entries(QUESTIONS)) {
        await goTo(tab, folder, `recherche.html?q=${encodeURIComponent(question)}`);
        const first = await tab.locator("#reponses a").first().getAttribute("href");
        if (!first.startsWith(wanted)) {
            faults.push(`recherche : « ${question} » mène d'abord à ${first}, et non à ${wanted}`);
        }
    }
    await tab.close();
}

async function examineAll(folder, asked, some) {
    const all = asked.length ? asked : pagesIn(folder);
    const alike = asked.length ? [] : all.filter((name) => some || ALIKE.test(name));
    const spared = new Set(alike.filter((_, rank) => rank % SHARE));
    const names = process.env.BRIEF ? all.filter((name) => !spared.has(name)) : all;
    const faults = [];
    const weights = [];
    await openBrowser(async (context) => {
        if (names.includes("recherche.html")) {
            await search(context, folder, faults);
        }
        await share(context, names, (tab, name) => examine(tab, folder, name, !spared.has(name), faults, weights));
    });
    faults.forEach((fault) => console.log(fault));
    console.log(`axe, largeurs et poids : ${names.length} pages ; couleurs, en clair et en sombre : ${all.length - spared.size} ; ${faults.length} faute(s)`);
    const [total, heaviest] = weights.sort(([a], [b]) => b - a)[0] ?? [0, "aucune"];
    console.log(`la plus lourde à sa première vue : ${heaviest}, ${Math.ceil(total / 1024)} Kio`);
    return faults.length === 0 && names.length > 0;
}

async function shoot(output, folder, asked) {
    mkdirSync(output, { recursive: true });
    await openBrowser((context) => share(context, asked.length ? asked : pagesIn(folder), async (tab, name) => {
        for (const width of WIDTHS) {
            await tab.setViewportSize({ width, height: 900 });
            await goTo(tab, folder, name);
            for (const scheme of SCHEMES) {
                await tab.emulateMedia({ colorScheme: scheme });
                const file = `${name.replace(/[^a-z0-9_-]+/gi, "-")}-${width}-${scheme}.png`;
                await tab.screenshot({ path: join(output, file) });
            }
        }
    }));
    console.log(`captures : ${relative(".", output)}`);
    return true;
}

const [first, ...rest] = process.argv.slice(2);
const done = first === "--shots" ? await shoot(rest[0], rest[1], rest.slice(2)) :
    first === "--some" ? await examineAll(rest[0], rest.slice(1), true) : await examineAll(first, rest, false);
process.exitCode = done ? 0 : 1;

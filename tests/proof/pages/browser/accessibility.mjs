// Ouvre des pages HTML dans Chromium, en clair et en sombre, et y cherche les fautes d'accessibilité (axe).
//   accessibility.mjs DOSSIER [PAGE…]    sans nom de page, toutes celles du dossier et de ses sous-dossiers
//   accessibility.mjs --shots SORTIE DOSSIER [PAGE…]   des captures, à trois largeurs (en clair et en sombre)
// Statut 1 dès qu'une page a une faute sérieuse ou critique, une erreur de script, ou déborde de l'écran.
import { cpus } from "node:os";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.MODULES, "package.json"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LOCALE = JSON.parse(readFileSync(require.resolve("axe-core/locales/fr.json"), "utf8"));

const SCHEMES = ["light", "dark"];
// En sombre, seules les couleurs changent : les autres règles ont déjà parlé.
const RULES = { light: { resultTypes: ["violations"], preload: false },
    dark: { resultTypes: ["violations"], preload: false, runOnly: ["color-contrast", "link-in-text-block"] } };
const WIDTHS = [360, 768, 1280];
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
        { executablePath: process.env.CHROMIUM, args: ARGUMENTS, offline: true, locale: "fr-FR" });
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

async function examine(tab, folder, name, faults) {
    const complain = (text) => faults.push(`${name} : ${text}`);
    const listener = (error) => complain(`erreur de script : ${error.message}`);
    tab.on("pageerror", listener);
    await tab.setViewportSize({ width: 1280, height: 900 });
    await goTo(tab, folder, name);
    await tab.evaluate(AXE);
    await tab.evaluate((locale) => window.axe.configure({ locale }), LOCALE);
    for (const scheme of SCHEMES) {
        await tab.emulateMedia({ colorScheme: scheme });
        const { violations } = await tab.evaluate((options) => window.axe.run(document, options), RULES[scheme]);
        for (const violation of violations.filter(({ impact }) => GRAVE.includes(impact))) {
            for (const node of violation.nodes.slice(0, 5)) {
                complain(`${scheme} : ${violation.id} : ${violation.help} : ${node.html.slice(0, 160)}`);
            }
        }
    }
    await tab.setViewportSize({ width: WIDTHS[0], height: 800 });
    const wide = await tab.evaluate(overflow);
    if (wide) {
        complain(`déborde à ${WIDTHS[0]} pixels : ${wide}`);
    }
    tab.off("pageerror", listener);
}

async function examineAll(folder, asked) {
    const names = asked.length ? asked : pagesIn(folder);
    const faults = [];
    await openBrowser((context) => share(context, names, (tab, name) => examine(tab, folder, name, faults)));
    faults.forEach((fault) => console.log(fault));
    console.log(`axe : ${names.length} pages, en clair et en sombre, ${faults.length} faute(s)`);
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
const done = first === "--shots" ? await shoot(rest[0], rest[1], rest.slice(2)) : await examineAll(first, rest);
process.exitCode = done ? 0 : 1;

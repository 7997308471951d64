"""Ce que la classe a raté : de quoi savoir quoi reprendre en cours."""

import collections
import pathlib
import re

from tests.grading.render import view

ROOT = pathlib.Path(__file__).resolve().parents[3]
TRAP = re.compile(r"^### (D\d\d) — (.+?) \{#", re.M)


class Lab:
    """Un lab, vu sur toute la classe."""

    def __init__(self, entries):
        self.name, self.title = entries[0]["lab"], entries[0]["title"]
        judged = [entry for entry in entries if view.is_judged(entry)]
        self.absent = len(entries) - len(judged)
        self.marks = [entry["mark"] for entry in judged]
        self.runs = [entry["results"] for entry in judged]
        self.unbuilt = sum(not all(one["ok"] for one in run["build"]) for run in self.runs)

    def tests(self):
        """Les tests que quelqu'un a échoués : (test, échoués, pas essayés), le plus raté d'abord."""
        seen, failed, waiting = {}, collections.Counter(), collections.Counter()
        for run in self.runs:
            for test in run["tests"]:
                seen.setdefault(test["name"], test)
                failed[test["name"]] += test["status"] == "failed"
                waiting[test["name"]] += test["status"] == "not_run"
        missed = [name for name in seen if failed[name]]
        missed.sort(key=lambda name: (-failed[name], -waiting[name], seen[name]["step"]))
        return [(seen[name], failed[name], waiting[name]) for name in missed]

    def defects(self):
        """Les défauts vus chez quelqu'un : (défaut, titre, étudiants), le plus répandu d'abord."""
        found = collections.Counter(defect for run in self.runs for defect in
                                    {defect for test in run["tests"] if test["status"] == "failed" for defect in test["defects"]})
        titles = self.trap_titles()
        return [(defect, titles.get(defect, ""), number) for defect, number in
                sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]

    def trap_titles(self):
        """Les titres des pièges, tels que les notes du lab les donnent."""
        try:
            return dict(TRAP.findall((ROOT / "labs" / self.name / "NOTES.fr.md").read_text(encoding="utf-8")))
        except OSError:
            return {}


def labs(items):
    """Les labs de la classe, dans l'ordre ; qui n'est pas noté n'y compte pas."""
    entries = collections.defaultdict(list)
    for item in items:
        for entry in item["labs"] if view.raw(item) else ():
            entries[entry["lab"]].append(entry)
    return [Lab(entries[name]) for name in sorted(entries)]

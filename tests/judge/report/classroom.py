"""Le dernier jugement des labs, tel que GitHub Classroom le lit : la ligne « result=… » d'une étape, en base64.

Réglages, par l'environnement : LAB. Chaque étape du lab est un test, et ses points. Statut : 0 ; 2 si rien n'est jugé.
"""

import base64
import json
import os
import pathlib
import sys

from tests.judge.report import reserved, results


def entry(name, status, score, message):
    """Un test, tel que GitHub Classroom le lit."""
    return {"name": name, "status": status, "score": round(score, 6), "message": message, "test_code": "", "filename": "", "line_no": 0, "duration": 0}


def case(run, step):
    """Une étape, et les titres de ce qui y manque."""
    tests = [test for test in run["tests"] if test["step"] == step["number"]]
    missing = [test for test in tests if test["status"] not in ("passed", "skipped")]
    scale = 20 / results.available(run) if results.available(run) else 0
    points = sum(test["points"] for test in tests if test["status"] == "passed") * scale
    return entry(f"{run['lab']}, étape {step['number']} : {step['title']}", "fail" if missing else "pass", points,
                 "\n".join(f"- {test['title']}" for test in missing))


def document(runs):
    """Le document de tous les labs, vingt points chacun."""
    tests = [case(run, step) for run in runs for step in run["steps"]]
    passed = all(test["status"] == "pass" for test in tests)
    return {"version": 1, "status": "pass" if passed else "fail", "max_score": 20 * len(runs), "tests": tests}


def main():
    paths = sorted(pathlib.Path("build/work/labs").glob(os.environ.get("LAB", "") + "*/complete.json"))
    runs = [reserved.show(results.load(path)) for path in paths]
    if not runs:
        print("classroom : aucun lab n'est jugé : make test", file=sys.stderr)
        return 2
    print("result=" + base64.b64encode(json.dumps(document(runs)).encode()).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Le rapport d'un seul rendu jugé dans le bac à sable : celui que l'étudiant lirait chez lui."""

import sys
import time

from tests.judge.report import options
from tests.judge.report import paint
from tests.judge.report import reserved
from tests.judge.report import terminal


def show(item, work, elapsed):
    """Écrit le rapport des labs jugés."""
    runs = [reserved.show(entry["results"]) for entry in item["labs"] if entry["results"]]
    if not runs:
        return
    request = options.Request()
    request.work = work
    request.started = time.clock_gettime(time.CLOCK_BOOTTIME) - elapsed
    request.absent = [entry["lab"] for entry in item["labs"] if not entry["results"]]
    paper = paint.Paper(sys.stdout)
    for run in runs:
        terminal.report_lab(paper, run, request)
    terminal.report_total(paper, runs, request)
    for remark in item["remarks"]:
        paper.wrapped("Remarque : " + paint.visible(remark))
    paper.flush()

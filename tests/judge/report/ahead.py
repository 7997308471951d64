"""Ce qui vient après une réussite : l'étape suivante, ou le lab suivant."""

from tests.judge.command import lab_reader


def steps(run):
    """[(étape, ses tests)] : celles qui ont des tests."""
    found = [(step, [test for test in run["tests"] if test["step"] == step["number"]]) for step in run["steps"]]
    return [(step, tests) for step, tests in found if tests]


def is_done(tests):
    """Tous ces tests sont-ils réussis, ou sans objet sur cette machine ?"""
    return all(test["status"] in ("passed", "skipped") for test in tests)


def sentence(run, only_step=False):
    """(la phrase, l'étape à juger ensuite ou None) ; (« », None) quand rien n'est encore fait, ou rien n'est à dire.

    « only_step » : une étape seule a été jugée, et rien n'est su des autres.
    """
    judged = [(step, tests) for step, tests in steps(run) if not step.get("private")]
    done = [step for step, tests in judged if is_done(tests)]
    if not done:
        return "", None
    if only_step:
        following = next((step for step in run["steps"] if step["number"] > done[-1]["number"] and not step.get("private")), None)
        return after(done[-1], following) if len(done) == len(judged) else ("", None)
    left = next((step for step, tests in judged if not is_done(tests)), None)
    if left is None:
        return finished(run), None
    before = [step for step in done if step["number"] < left["number"]]
    if not before:
        return "", None
    tests = next(tests for step, tests in judged if step is left)
    return remaining(left, tests) if any(test["status"] == "passed" for test in tests) else after(before[-1], left)


def remaining(step, tests):
    """Une étape est commencée : ce qu'il y manque, et non l'étape entière."""
    missing = [test for test in tests if test["status"] not in ("passed", "skipped")]
    programs = programs_of(missing)
    about = f", tous de {programs[0]}" if len(programs) == 1 and len(programs_of(tests)) > 1 else ""
    what = f"« {missing[0]['title']} »" if len(missing) == 1 else f"{len(missing)} tests{about}"
    return f"Il reste, à l'étape {step['number']}, « {step['title']} » : {what}.", step


def programs_of(tests):
    """Les programmes que ces tests essaient."""
    return sorted({program for test in tests for program in test.get("programs", ())})


def after(step, following):
    """Une étape est faite : laquelle vient."""
    if following is None:
        return f"Étape {step['number']} faite : c'était la dernière.", None
    return (f"Étape {step['number']} faite. Ensuite : l'étape {following['number']}, « {following['title']} », "
            "dans NOTES.fr.md.", following)


def finished(run):
    """Tout est fait dans ce lab : les questions, puis le lab qui suit."""
    following = lab_reader.following(run["lab"])
    lab = f", puis le lab suivant, labs/{following}/NOTES.fr.md" if following else ""
    return f"Toutes les étapes sont faites : bravo ! Ensuite : les questions de compréhension, dans NOTES.fr.md{lab}."

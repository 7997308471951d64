"""Ce qu'une épreuve ne doit pas tuer : un programme d'étudiant que l'on tue est un programme qui meurt, et sa note serait
juste, et autre."""

from tests.proof.grading import children


def judged(root):
    """Les programmes des étudiants et leurs bacs à sable : tout ce que les tests, chacun dans son « worker », ont lancé.

    Le père le dit mieux que le nom : entre fork et exec, un programme porte encore celui du juge.
    """
    workers = [pid for pid in children.descendants(root) if children.title(pid).startswith("boxfort-worker")]
    return {pid for worker in workers for pid in children.descendants(worker)}

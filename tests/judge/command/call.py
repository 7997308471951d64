"""Comment un script Python du dépôt en appelle d'autres, depuis la racine."""

JUDGE = ["sh", "tests/judge/command/judge.sh"]
# Suivi du chemin du script : « *PYTHON, "tests/student/hint.py" ».
PYTHON = ["sh", "tests/judge/command/python.sh"]

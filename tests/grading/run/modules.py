"""Les greffons de la notation (moteurs, écrivains, protections) : des fichiers Python, trouvés par leur place."""

import importlib.util


def load(path):
    """Un fichier Python, sans l'installer."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

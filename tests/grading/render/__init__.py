"""Ce que les écritures de notes ont en commun. Elles reprennent le rapport du terminal (tests/report)."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "report"))

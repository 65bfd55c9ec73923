"""What is known about a file's harmlessness."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ScanState(models.TextChoices):
    UNSCANNED = "unscanned", _("Not scanned")
    WAITING = "waiting", _("Being scanned")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Virus found")
    FAILED = "failed", _("Scan failed")


# Files in these states are handed out: where no scanner is set, a file stays unscanned and the operators' page says so.
SERVED = (ScanState.UNSCANNED, ScanState.CLEAN)

_OPEN = [ScanState.UNSCANNED, ScanState.WAITING, ScanState.FAILED, ScanState.CLEAN]

SCAN = Machine(
    Move("find_clean", _OPEN, ScanState.CLEAN),
    Move("find_infected", _OPEN, ScanState.INFECTED),
    Move("fail_scan", _OPEN, ScanState.FAILED),
)

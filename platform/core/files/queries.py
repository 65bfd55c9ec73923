"""Which files an operator sees listed, and as what; reading one is asked of the object that carries it."""

from __future__ import annotations

from django.db.models import QuerySet

from core.accounts.actor import Actor
from core.files.models import StoredFile
from core.files.states import SERVED


def files_visible_to(actor: Actor) -> QuerySet[StoredFile]:
    """What the scan keeps back, to platform admins; none to anybody else.

    Not all files: a list of what comes in would tell of a sealed bid, by its name, its sender or its digest.
    """
    if not actor.is_platform_admin:
        return StoredFile.objects.none()
    return StoredFile.objects.exclude(scan_state__in=SERVED)

"""Which files an operator sees listed; reading one is asked of the object that carries it."""

from __future__ import annotations

from django.db.models import QuerySet

from core.accounts.actor import Actor
from core.files.models import StoredFile


def files_visible_to(actor: Actor) -> QuerySet[StoredFile]:
    """All files' names and scans to platform admins, none to anybody else; never their content."""
    return StoredFile.objects.all() if actor.is_platform_admin else StoredFile.objects.none()

"""What the inbox does when seats end; the accounts know nothing of it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from core.accounts.models import Membership
from core.inbox import leaving


def seat_saved(instance: Membership, *, created: bool, **_kwargs: Any) -> None:
    """In the transaction in which a seat ends, whatever way it ends."""
    if not created and not instance.is_active:
        leaving.let_go(instance)


post_save.connect(seat_saved, sender=Membership, dispatch_uid="inbox.seat_saved")

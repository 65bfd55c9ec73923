"""Reads of the library besides needs."""

from __future__ import annotations

from django.db.models import QuerySet

from core.accounts.actor import Actor
from needs.models.library import PublicCall


def public_calls_visible_to(actor: Actor) -> QuerySet[PublicCall]:
    """Public facts, for everyone signed in."""
    return PublicCall.objects.all() if actor.is_signed_in else PublicCall.objects.none()

"""Writes on matches that ask no permission."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.errors import Invalid
from needs.models.matching import Dismissal
from needs.models.need import Need


def dismiss(actor: Actor, need: Need, object_type: str, object_id: UUID, reason: str) -> tuple[Dismissal, bool]:
    """The dismissal of the actor's organisation, and whether it is new; one that stands keeps its reason."""
    if not reason.strip():
        raise Invalid(_("Say why it does not fit."), field="reason")
    assert actor.organisation is not None
    return Dismissal.objects.get_or_create(
        organisation=actor.organisation, subject_id=need.pk, object_id=object_id, restored_at__isnull=True,
        defaults={
            "subject_type": need._meta.label_lower, "object_type": object_type, "person": actor.person, "reason": reason.strip()[:500],
        },
    )  # fmt: skip

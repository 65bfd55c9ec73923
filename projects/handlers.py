"""Reactions to news."""

from __future__ import annotations

from core import outbox
from core.accounts.actor import Actor
from needs.events.challenge import AwardSigned
from needs.models.award import Award
from projects.services import project as services


@outbox.on(AwardSigned)
def prepare_project(event: AwardSigned) -> None:
    """A signed award becomes a project, once (R028)."""
    award = Award.objects.select_for_update().get(pk=event.award_id)
    services.from_award(award, actor=Actor.system())

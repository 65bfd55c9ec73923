"""Reactions to news."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import outbox, webhooks
from core.accounts.actor import Actor
from needs.events.challenge import AwardSigned
from needs.models.award import Award
from projects.events import GateDecided, ProjectAccepted, ProjectStarted
from projects.services import project as services


@outbox.on(AwardSigned)
def prepare_project(event: AwardSigned) -> None:
    """A signed award becomes a project, once (R028)."""
    award = Award.objects.select_for_update().get(pk=event.award_id)
    services.from_award(award, actor=Actor.system())


webhooks.offer(
    ProjectStarted, _("A project was started"), model="projects.Project", id_field="project_id", rest="project"
)
webhooks.offer(GateDecided, _("A stage gate was decided"), model="projects.Gate", id_field="gate_id", rest="gate")
webhooks.offer(
    ProjectAccepted, _("A project was accepted"), model="projects.Project", id_field="project_id", rest="project"
)

"""What owners show to everyone, also without signing in, and take back: needs, challenges, uses of results (R015, R017)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Missing, WrongState
from needs.models.challenge import Challenge
from needs.models.need import Need
from needs.models.outcome import Application
from needs.queries.public import needs_public, results_public
from needs.services.challenge import index_challenge
from needs.services.need import index_need
from needs.services.result import index_application
from needs.states.challenge import PUBLIC
from needs.states.need import LISTED, Confidentiality
from needs.states.outcome import APPLIED


@command
def show_need(*, actor: Actor, need_id: UUID, is_public: bool | None) -> Need:
    """Let a published need's challenges be shown to everyone, or to members alone; its challenges follow at once."""
    need = policy.fetch_for_update(actor, "needs.show_need", Need, need_id)
    is_public = _said(is_public)
    if is_public and need.state not in LISTED:
        raise WrongState(_("Only a published need is shown to everyone."))
    if need.confidentiality == Confidentiality.RESTRICTED:
        raise WrongState(_("This need is for its parties alone, and what they signed stays with them."))
    before = need.confidentiality
    need.confidentiality = Confidentiality.PUBLIC if is_public else Confidentiality.MEMBERS
    _keep(actor, "show_need", need, before, need.confidentiality)
    index_need(need)
    for challenge in need.challenges.filter(published_at__isnull=False):
        index_challenge(challenge)
    return need


@command
def show_challenge(*, actor: Actor, challenge_id: UUID, is_public: bool | None) -> Challenge:
    """Show a published challenge to everyone, or take it back; pages, feeds and search lose it at once."""
    challenge = policy.fetch_for_update(actor, "needs.show_challenge", Challenge, challenge_id)
    is_public = _said(is_public)
    if challenge.state not in PUBLIC and is_public:
        raise WrongState(
            _("Only a published challenge is shown to everyone; in a draft the choice stands in the form.")
        )
    if is_public and not needs_public().filter(pk=challenge.need_id).exists():
        told = _("The challenge is to be public, but its need is not.")
        who = _("A signatory of the need's owner, %s") % challenge.need.owner
        where = reverse("needs:need", args=[challenge.need_id])
        raise Invalid(told, field="is_public", missing=[Missing(told, who, where)])
    before, challenge.is_public = challenge.is_public, is_public
    _keep(actor, "show_challenge", challenge, before, is_public)
    index_challenge(challenge)
    return challenge


@command
def show_application(*, actor: Actor, application_id: UUID, is_public: bool | None) -> Application:
    """Show a use of a public result with its outcomes to everyone, without its user's name; or take it back."""
    row = policy.fetch_for_update(actor, "needs.show_application", Application, application_id)
    is_public = _said(is_public)
    if is_public and row.state not in APPLIED:
        raise WrongState(_("This application was denied or withdrawn; it is not shown."))
    if is_public and not results_public().filter(pk=row.result_id).exists():
        told = _("The use is to be public, but its result is not.")
        who = _("The result's owner, %s") % row.result.owner
        where = reverse("needs:edit_result", args=[row.result_id])
        raise Invalid(told, field="is_public", missing=[Missing(told, who, where)])
    before, row.is_public = row.is_public, is_public
    _keep(actor, "show_application", row, before, is_public)
    index_application(row)
    return row


def _said(is_public: bool | None) -> bool:
    if is_public is None:
        raise Invalid(_("Write true or false."), field="is_public")
    return is_public


def _keep(actor: Actor, operation: str, row: Any, before: Any, after: Any) -> None:
    row.touch()
    row.save()
    book.record(actor, operation, row, before={"shown_to": str(before)}, after={"shown_to": str(after)})

"""Matching a need with an organisation that may serve it (R001)."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid
from core.inbox import services as inbox
from needs.models.need import Need
from needs.models.pairing import Pairing
from needs.queries.pairing import is_in_touch
from needs.states.need import NeedState
from needs.states.pairing import PAIRING, PairingState


def pairing_link(row: Pairing) -> str:
    """Where the match is answered."""
    return reverse("needs:pairing", args=[row.pk])


@command
def propose_pairing(
    *, actor: Actor, need: UUID | str, organisation: UUID | str | None = None, note: str = ""
) -> Pairing:
    """Propose that an organisation serves a need: by the need's owner for another, or by an organisation for itself (R001)."""
    own = policy.acting_for(actor, "needs.propose_pairing")
    row = policy.visible_to(actor, Need).filter(pk=need).select_related("owner").first()
    if row is None:
        raise Invalid(_("There is no such need."), field="need")
    if row.state != NeedState.PUBLISHED:
        raise Invalid(_("Only a published need is matched."), field="need")
    other = policy.visible_to(actor, Organisation).filter(pk=organisation).first() if organisation else own
    if other is None or not other.is_verified:
        raise Invalid(_("Choose a verified organisation."), field="organisation")
    if own.pk not in (row.owner_id, other.pk):
        raise Invalid(_("Propose for a need of yours, or for your own organisation."), field="organisation")
    if other.pk == row.owner_id:
        raise Invalid(_("The need is this organisation's own."), field="organisation")
    if is_in_touch(row.pk, other.pk):
        raise Invalid(_("These two are matched or proposed already."), field="organisation", code="pairing_exists")
    made = Pairing.objects.create(
        need=row, organisation=other, proposed_for=own, proposed_by=actor.person, note=note.strip()
    )
    asked = other if own.pk == row.owner_id else row.owner
    inbox.open_task(
        kind="answer_pairing", title=gettext_noop("%(from)s proposes a match for “%(need)s”"), organisation=asked, role="member", obj=made,
        params={"from": own.name, "need": row.title}, why=gettext_noop("A match joins a need with who may serve it"),
        link=pairing_link(made), key=f"answer_pairing:{made.pk}",
    )  # fmt: skip
    book.record(actor, "propose_pairing", row, after={"organisation": str(other)})
    return made


@command
def accept_pairing(*, actor: Actor, pairing_id: UUID) -> Pairing:
    """Accept the match: need and organisation have found each other, and leave the island report (R001)."""
    row = policy.fetch_for_update(actor, "needs.accept_pairing", Pairing, pairing_id)
    return _answer(actor, row, "accept_pairing")


@command
def decline_pairing(*, actor: Actor, pairing_id: UUID, reason: str) -> Pairing:
    """Decline a match, or take one's own proposal back, with a reason."""
    row = policy.fetch_for_update(actor, "needs.decline_pairing", Pairing, pairing_id)
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    row.reason = reason.strip()
    return _answer(actor, row, "decline_pairing")


def _answer(actor: Actor, row: Pairing, move: str) -> Pairing:
    row.state = PAIRING.after(PairingState(row.state), move)
    row.answered_by, row.answered_at = actor.person, clock.now()
    row.touch()
    row.save()
    inbox.close_tasks(key=f"answer_pairing:{row.pk}")
    inbox.notify(
        kind="pairing_answered", title=gettext_noop("The match of “%(need)s” with %(organisation)s was answered"), obj=row,
        to=row.proposed_for, params={"need": row.need.title, "organisation": row.organisation.name}, link=pairing_link(row),
        key=f"pairing_answered:{row.pk}",
    )  # fmt: skip
    book.record(actor, move, row.need, after={"organisation": str(row.organisation)}, reason=row.reason)
    return row

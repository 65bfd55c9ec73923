"""Questions about an amount, and how they end (R088)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits.models import Dispute, Statement
from benefits.services.agreement import statement_link
from benefits.states import DISPUTE, DisputeState
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox


@command
def raise_dispute(*, actor: Actor, statement_id: UUID, text: str) -> Dispute:
    """Ask about a statement as a party; every party reads the question and sees it open until the asker closes it."""
    row = policy.fetch_for_update(actor, "benefits.raise_dispute", Statement, statement_id)
    assert actor.organisation is not None
    if not text.strip():
        raise Invalid(_("Say what is wrong with the amount."), field="text")
    if row.disputes.filter(organisation=actor.organisation, state=DisputeState.OPEN).exists():
        raise WrongState(_("Your organisation's earlier question about this statement is still open."))
    dispute = Dispute.objects.create(
        statement=row, organisation=actor.organisation, raised_by=actor.person, text=text.strip()
    )
    agreement = row.settlement.income.agreement
    inbox.notify(
        kind="dispute_raised", title=gettext_noop("%(party)s asks about a statement of “%(subject)s”"), body=dispute.text,
        params={"party": actor.organisation.name, "subject": agreement.subject_title}, obj=row, link=statement_link(row),
        to=[one.organisation for one in agreement.parties.exclude(organisation=actor.organisation).select_related("organisation")],
        key=f"dispute:{dispute.pk}",
    )  # fmt: skip
    book.record(
        actor, "raise_dispute", agreement, after={"statement": row.pk, "of": str(row.organisation)}, reason=dispute.text
    )
    return dispute


@command
def close_dispute(*, actor: Actor, dispute_id: UUID, outcome: str) -> Dispute:
    """Say that one's question is settled, and how; only the party that asked does."""
    dispute = policy.fetch_for_update(actor, "benefits.close_dispute", Dispute, dispute_id)
    if not outcome.strip():
        raise Invalid(_("Say how it was settled."), field="outcome")
    dispute.state, dispute.outcome = DISPUTE.after(dispute.state, "close_dispute"), outcome.strip()
    dispute.closed_by, dispute.closed_at = actor.person, clock.now()
    dispute.save(update_fields=["state", "outcome", "closed_by", "closed_at"])
    row = dispute.statement
    agreement = row.settlement.income.agreement
    inbox.notify(
        kind="dispute_closed", title=gettext_noop("%(party)s closed its question about a statement of “%(subject)s”"),
        params={"party": dispute.organisation.name, "subject": agreement.subject_title}, body=dispute.outcome, obj=row,
        to=[one.organisation for one in agreement.parties.exclude(organisation=dispute.organisation).select_related("organisation")],
        link=statement_link(row), key=f"dispute_closed:{dispute.pk}",
    )  # fmt: skip
    book.record(actor, "close_dispute", agreement, after={"statement": row.pk}, reason=dispute.outcome)
    return dispute

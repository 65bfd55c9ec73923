"""Dismissing a match with the reason, and inviting whoever could solve a need (R121)."""

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
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.models.matching import Dismissal, SolverInvitation
from needs.models.need import Need
from needs.queries.matching import found_match
from needs.queries.pairing import is_in_touch
from needs.services.matching import dismiss
from needs.services.need import need_link
from needs.states.matching import INVITATION, InvitationState
from needs.states.need import OPEN_TO_MEMBERS, NeedState


@command
def dismiss_match(*, actor: Actor, need_id: UUID, object_id: UUID, reason: str) -> Dismissal:
    """Do not show what was found for this need again, with the reason; one may take that back."""
    return _dismiss(actor, policy.fetch(actor, "needs.dismiss_match", Need, need_id), object_id, reason)


@command
def restore_match(*, actor: Actor, dismissal_id: UUID) -> Dismissal:
    """Show it again."""
    row = policy.fetch_for_update(actor, "needs.restore_match", Dismissal, dismissal_id)
    if row.restored_at is not None:
        raise WrongState(_("This match shows again already."))
    row.restored_at = clock.now()
    row.save(update_fields=["restored_at"])
    book.record(actor, "restore_match", row)
    return row


@command
def invite_solver(*, actor: Actor, need_id: UUID, object_id: UUID, message: str = "") -> SolverInvitation:
    """Invite the owner of what matches the need (a result, a capability, people, a machine) to solve it; they get a task and answer."""
    need = policy.fetch_for_update(actor, "needs.invite_solver", Need, need_id)
    if need.state != NeedState.PUBLISHED:
        raise WrongState(_("Publish the need first; who is invited has to read it."))
    if need.confidentiality not in OPEN_TO_MEMBERS:
        raise WrongState(_("Only its parties read this need: invite a partner to define it instead."))
    found = found_match(actor, need, object_id)
    if found is None or found.organisation is None or actor.belongs_to(found.organisation_id):
        raise Invalid(_("Choose a match of another organisation."), field="object_id")
    whom: Organisation = found.organisation
    if need.invitations.filter(organisation=whom).exclude(state=InvitationState.WITHDRAWN).exists():
        raise Invalid(
            _("%(organisation)s is invited already.") % {"organisation": whom}, field="object_id", code="invited_already"
        )  # fmt: skip
    if is_in_touch(need.pk, whom.pk):
        raise Invalid(_("These two are matched or proposed already."), field="object_id", code="pairing_exists")
    row = SolverInvitation.objects.create(
        need=need, organisation=whom, invited_by=actor.person, object_type=found.object_type, object_id=found.object_id,
        message=message.strip(),
    )  # fmt: skip
    told = {"need": need.title, "owner": need.owner.name}
    inbox.open_task(
        kind="answer_solving", title=gettext_noop("%(owner)s asks whether you can solve “%(need)s”"), params=told, organisation=whom,
        role="member", obj=row, why=gettext_noop("What you have matches the need"), link=invitation_link(row),
        key=f"answer_solving:{row.pk}",
    )  # fmt: skip
    inbox.notify(
        kind="solver_invited", title=gettext_noop("%(owner)s invites you to solve “%(need)s”"), params=told, to=whom, obj=row,
        link=invitation_link(row), key=f"solver_invited:{row.pk}",
    )  # fmt: skip
    book.record(actor, "invite_solver", need, after={"organisation": whom.name, "because_of": found.title})
    return row


@command
def accept_solving(*, actor: Actor, invitation_id: UUID, answer: str = "") -> SolverInvitation:
    """Say that one is interested; the need's owner is told."""
    return _answer(actor, invitation_id, "accept_solving", answer)


@command
def decline_solving(*, actor: Actor, invitation_id: UUID, reason: str) -> SolverInvitation:
    """Decline, with a reason that the need's owner reads."""
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    return _answer(actor, invitation_id, "decline_solving", reason)


@command
def withdraw_solving(*, actor: Actor, invitation_id: UUID) -> SolverInvitation:
    """Take an invitation back before it is answered."""
    row = policy.fetch_for_update(actor, "needs.withdraw_solving", SolverInvitation, invitation_id)
    row.state = INVITATION.after(InvitationState(row.state), "withdraw_solving")
    row.save(update_fields=["state"])
    inbox.cancel_tasks(key=f"answer_solving:{row.pk}")
    book.record(actor, "withdraw_solving", row)
    return row


def invitation_link(row: SolverInvitation) -> str:
    return reverse("needs:solver_invitation", args=[row.pk])


def _dismiss(actor: Actor, subject: Need, object_id: UUID, reason: str) -> Dismissal:
    found = found_match(actor, subject, object_id)
    if found is None:
        raise Invalid(_("There is no such match, or you may not see it."), field="object_id")
    row, fresh = dismiss(actor, subject, found.object_type, found.object_id, reason)
    if fresh:
        book.record(actor, "dismiss_match", row, reason=reason, after={"match": found.title})
    return row


def _answer(actor: Actor, invitation_id: UUID, move: str, words: str) -> SolverInvitation:
    row = policy.fetch_for_update(actor, f"needs.{move}", SolverInvitation, invitation_id)
    row.state = INVITATION.after(InvitationState(row.state), move)
    row.answer, row.answered_by, row.answered_at = words.strip(), actor.person, clock.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    inbox.close_tasks(key=f"answer_solving:{row.pk}")
    inbox.notify(
        kind="solver_answered", title=gettext_noop("%(organisation)s answered on “%(need)s”: %(answer)s"), to=row.need.owner, obj=row.need,
        params={"organisation": row.organisation.name, "need": row.need.title, "answer": InvitationState(row.state).label},
        link=need_link(row.need), key=f"solver_answered:{row.pk}",
    )  # fmt: skip
    book.record(actor, move, row, reason=words)
    return row

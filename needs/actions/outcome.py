"""What people do with applications of results and with what follows (R004, R010, R017, R018, R025)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.models.result import Result
from needs.queries.outcome import line_of
from needs.services import outcome as services
from needs.services.result import index_application
from needs.states.outcome import APPLICATION, OUTCOME


@command
def record_application(
    *, actor: Actor, result_id: UUID, node: UUID | str | None = None, user: UUID | str | None = None,
    applied_on: dt.date | None = None, effect: str = "",
) -> Application:  # fmt: skip
    """Record that a node has adopted the result, with which effect; the user named is asked to confirm (R017)."""
    result = policy.fetch(actor, "needs.record_application", Result, result_id)
    who = _user(actor, result, user)
    row = services.record_application(
        result=result, actor=actor, user=who, node_id=node, applied_on=applied_on, effect=effect
    )
    book.record(
        actor, "record_application", row,
        after={"result": str(result), "node": str(row.node), "user": str(who or ""), "applied_on": row.applied_on},
    )  # fmt: skip
    return row


def _user(actor: Actor, result: Result, user: UUID | str | None) -> Organisation | None:
    """Whom the result's owner names; anyone else speaks for its own organisation alone."""
    if not actor.belongs_to(result.owner_id):
        if user and str(user) != str(actor.organisation_id):
            raise Invalid(_("You record only your own use of a result that is not yours."), field="user")
        return actor.organisation
    if not user:
        return None
    found = policy.visible_to(actor, Organisation).filter(pk=user).first()
    if found is None or not found.is_verified:
        raise Invalid(_("Choose a verified organisation."), field="user")
    return found


@command
def confirm_application(*, actor: Actor, application_id: UUID) -> Application:
    """Confirm for the user that the result is applied there."""
    return _answer(actor, application_id, "confirm_application", "")


@command
def deny_application(*, actor: Actor, application_id: UUID, reason: str) -> Application:
    """Deny for the user that the result is applied there; it counts no more."""
    return _answer(actor, application_id, "deny_application", _told(reason))


@command
def withdraw_application(*, actor: Actor, application_id: UUID, reason: str) -> Application:
    """Take back what one's organisation recorded, with the reason."""
    return _answer(actor, application_id, "withdraw_application", _told(reason))


def _answer(actor: Actor, application_id: UUID, move: str, reason: str) -> Application:
    row = policy.fetch_for_update(actor, f"needs.{move}", Application, application_id)
    row.state, row.state_reason = APPLICATION.after(row.state, move), reason
    if move != "withdraw_application":
        row.answered_by, row.answered_at = actor.person, clock.now()
    row.touch()
    row.save()
    index_application(row)
    inbox.close_tasks(key=f"answer_application:{row.pk}")
    if move == "deny_application":
        inbox.notify(
            kind="application_denied", title=gettext_noop("%(user)s denies that it applies “%(result)s”"), body=reason,
            params={"user": str(row.user), "result": row.result.title}, to=row.result.owner, obj=row, link=services.application_link(row),
        )  # fmt: skip
    book.record(actor, move, row, reason=reason)
    return row


@command
def record_outcome(*, actor: Actor, application_id: UUID, **fields: Any) -> Outcome:
    """Record an indicator before and after; a figure without baseline, unit, period, sample or source is refused (R018, R025)."""
    application = policy.fetch(actor, "needs.record_outcome", Application, application_id)
    row = services.record_outcome(application=application, actor=actor, fields=fields)
    line = line_of(row)
    book.record(
        actor, "record_outcome", application,
        after={"indicator": row.specification.name, "before": line.before, "after": line.after, "change": line.change_text,
               "words": row.specification.original_words, "source": row.measurement.source},
    )  # fmt: skip
    return row


@command
def verify_outcome(*, actor: Actor, outcome_id: UUID) -> Outcome:
    """Stand, as the user of the result, for a recorded value (R025)."""
    row = policy.fetch_for_update(actor, "needs.verify_outcome", Outcome, outcome_id)
    row.state, row.state_reason = OUTCOME.after(row.state, "verify_outcome"), ""
    services.vouch(row, actor)
    return _answered(actor, row, "verify_outcome", "")


@command
def dispute_outcome(*, actor: Actor, outcome_id: UUID, reason: str) -> Outcome:
    """Say, as the user of the result, that a recorded value is not true, and why."""
    row = policy.fetch_for_update(actor, "needs.dispute_outcome", Outcome, outcome_id)
    row.state, row.state_reason = OUTCOME.after(row.state, "dispute_outcome"), _told(reason)
    services.unvouch(row)
    return _answered(actor, row, "dispute_outcome", row.state_reason)


def _answered(actor: Actor, row: Outcome, operation: str, reason: str) -> Outcome:
    row.answered_by, row.answered_at = actor.person, clock.now()
    row.touch()
    row.save()
    inbox.close_tasks(key=f"verify_outcome:{row.pk}")
    result = row.application.result
    title = (
        gettext_noop("%(user)s verified the outcome “%(outcome)s”")
        if operation == "verify_outcome"
        else gettext_noop("%(user)s disputes the outcome “%(outcome)s”")
    )
    inbox.notify(
        kind="outcome_answered", title=title, body=reason, params={"user": str(actor.organisation), "outcome": row.specification.name},
        to=result.owner, obj=row.application, link=services.application_link(row.application_id),
    )  # fmt: skip
    book.record(actor, operation, row.application, reason=reason, after={"indicator": row.specification.name})
    return row


@command
def withdraw_outcome(*, actor: Actor, outcome_id: UUID, reason: str) -> Outcome:
    """Take back a value that one's organisation recorded, with the reason; it leaves the reports, not the book."""
    row = policy.fetch_for_update(actor, "needs.withdraw_outcome", Outcome, outcome_id)
    row.state, row.state_reason = OUTCOME.after(row.state, "withdraw_outcome"), _told(reason)
    row.touch()
    row.save()
    inbox.close_tasks(key=f"verify_outcome:{row.pk}")
    book.record(actor, "withdraw_outcome", row.application, reason=reason, after={"indicator": row.specification.name})
    return row


@command
def raise_follow_up(*, actor: Actor, application_id: UUID, **fields: Any) -> FollowUp:
    """Raise a need that grew out of an applied result; it names the application as its parent (R004)."""
    application = policy.fetch(actor, "needs.raise_follow_up", Application, application_id)
    owner = policy.acting_for(actor, "needs.post_need")
    row = services.raise_need(application=application, owner=owner, actor=actor, fields=fields)
    book.record(actor, "post_need", row.need, after={"title": row.need.title, "follows": str(application)})
    book.record(actor, "raise_follow_up", application, after={"need": str(row.need)})
    return row


@command
def record_reinvestment(*, actor: Actor, application_id: UUID, **fields: Any) -> Reinvestment:
    """Record money that goes back into innovation because of the application (R004)."""
    application = policy.fetch(actor, "needs.record_reinvestment", Application, application_id)
    row = services.record_reinvestment(application=application, actor=actor, fields=fields)
    book.record(actor, "record_reinvestment", application, after={"amount": row.amount, "purpose": row.purpose})
    return row


@command
def ask_of_result(*, actor: Actor, result_id: UUID, kind: str, **fields: Any) -> ResultRequirement:
    """Name what the result must keep before its pilot: a clause of a production standard, or a cost cap at a volume (R010)."""
    result = policy.fetch_for_update(actor, "needs.ask_of_result", Result, result_id)
    row = services.add_requirement(result=result, actor=actor, kind=kind, fields=fields)
    book.record(
        actor, "ask_of_result", result,
        after={"clause": row.clause, "indicator": row.specification.name, "target": row.specification.target_text,
               "volume": row.volume, "volume_unit": row.volume_unit},
    )  # fmt: skip
    return row


@command
def waive_requirement(*, actor: Actor, requirement_id: UUID, reason: str) -> ResultRequirement:
    """Waive a demand by name, as one who answers for the use; the result's owner cannot (R010)."""
    row = policy.fetch_for_update(actor, "needs.waive_requirement", ResultRequirement, requirement_id)
    if row.waived_at is not None:
        raise WrongState(_("This demand is waived already."))
    row.waive_reason, row.waived_by, row.waived_at = _told(reason), actor.person, clock.now()
    row.save(update_fields=["waive_reason", "waived_by", "waived_at"])
    book.record(
        actor, "waive_requirement", row.result, reason=row.waive_reason,
        after={"clause": row.clause, "indicator": row.specification.name, "waived_by": str(actor.person)},
    )  # fmt: skip
    return row


@command
def clear_for_pilot(*, actor: Actor, result_id: UUID) -> Result:
    """Clear the result for its pilot: every demand is kept or waived by name (R010)."""
    result = policy.fetch_for_update(actor, "needs.clear_for_pilot", Result, result_id)
    if result.cleared_for_pilot_at is not None:
        raise WrongState(_("The result is cleared for its pilot already."))
    checks.guard("needs.clear_for_pilot", result, before_pilot=True)
    result.cleared_for_pilot_at, result.cleared_for_pilot_by = clock.now(), actor.person
    result.touch()
    result.save()
    book.record(actor, "clear_for_pilot", result)
    return result


def _told(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    return reason.strip()

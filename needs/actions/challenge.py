"""What people do with challenges: draft, check, publish, change by addendum, cancel, follow (R015)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.inbox import services as inbox
from needs.events.challenge import AddendumIssued, ChallengeCancelled, ChallengePublished
from needs.models.challenge import (
    Addendum,
    Challenge,
    ChallengeFollow,
    ChallengeGate,
    ChallengeGateIndicator,
    ChallengeIndicator,
)
from needs.models.need import Need, NeedVersion
from needs.queries.need import issued_version
from needs.queries.question import answers_due_at
from needs.services.challenge import (
    FEN,
    challenge_link,
    fingerprint,
    frozen_record,
    index_challenge,
    moment_text,
    next_code,
    set_criteria,
    set_gates,
    set_payers,
    tell_watchers,
)
from needs.services.entry import move_moments, set_conditions, set_details
from needs.states.challenge import CHALLENGE, STAGE_ORDER, IpTerms, Stage
from needs.states.need import NeedState

SHARES = {Stage.RD: Decimal(30), Stage.PILOT: Decimal(30), Stage.MASS_PRODUCTION: Decimal(40)}
PLAIN = {
    "title",
    "summary",
    "deadline_at",
    "deadline_zone",
    "budget",
    "ip_terms",
    "ip_text",
    "eligibility",
    "race_mode",
    "decision_on",
    "questions_until",
    "answers_until",
    "anonymous_bidders",
    "is_public",
    "spread_limit",
    "notice_days",
    "feedback_days",
}
PARTS = {"payers", "criteria", "gates", "conditions", "details"}
BOUNDS = {"notice_days": (0, 90), "feedback_days": (1, 365)}


@command
def draft_challenge(
    *, actor: Actor, need_id: UUID, title: str = "", details: Mapping[str, Any] | None = None
) -> Challenge:
    """A draft from the published version of a need, with its indicators due at three gates; details may be given at once."""
    need = policy.fetch(actor, "needs.draft_challenge", Need, need_id)
    version = _published_version(need)
    assert actor.organisation is not None
    challenge = Challenge.objects.create(
        code=next_code(),
        need=need,
        need_version=version,
        issuer=actor.organisation,
        title=(title or need.title).strip()[:200],
        summary=need.pain_point,
        drafted_by=actor.person,
        edited_by=actor.person,
    )
    specs = [row.specification for row in version.indicators.select_related("specification").order_by("position")]
    ChallengeIndicator.objects.bulk_create(
        [ChallengeIndicator(challenge=challenge, specification=one, position=i) for i, one in enumerate(specs)]
    )
    for position, stage in enumerate(STAGE_ORDER):
        gate = ChallengeGate.objects.create(
            challenge=challenge, stage=stage, share_percent=SHARES[stage], position=position
        )
        ChallengeGateIndicator.objects.bulk_create(
            [ChallengeGateIndicator(gate=gate, specification=one) for one in specs]
        )
    _apply(challenge, actor, details or {})
    challenge.save()
    book.record(actor, "draft_challenge", challenge, after={"need": str(need.pk), "version": version.number})
    return challenge


@command
def edit_challenge(
    *, actor: Actor, challenge_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Challenge:
    """Change a draft: plain fields; `payers`, `criteria`, `gates`, `conditions` as whole lists; `details`."""
    challenge = policy.fetch_for_update(actor, "needs.edit_challenge", Challenge, challenge_id)
    _fresh(challenge, version)
    challenge.state = CHALLENGE.after(challenge.state, "edit_challenge")
    before = {name: _plain(getattr(challenge, name)) for name in changes if name in PLAIN}
    _apply(challenge, actor, changes)
    challenge.edited_by = actor.person
    challenge.touch()
    challenge.save()
    after = {name: _plain(getattr(challenge, name)) for name in before}
    after |= {name: "replaced" for name in PARTS if name in changes}
    book.record(actor, "edit_challenge", challenge, before=before, after=after)
    return challenge


@command
def submit_for_check(*, actor: Actor, challenge_id: UUID) -> Challenge:
    """Hand a whole draft to a second person, who publishes or returns it."""
    challenge = policy.fetch_for_update(actor, "needs.submit_for_check", Challenge, challenge_id)
    checks.guard("needs.submit_for_check", challenge)
    challenge.state = CHALLENGE.after(challenge.state, "submit_for_check")
    challenge.return_reason = ""
    challenge.touch()
    challenge.save()
    book.record(actor, "submit_for_check", challenge)
    inbox.open_task(
        kind="publish_challenge",
        title=gettext_noop("Check and publish %(challenge)s"),
        params={"challenge": str(challenge)},
        why=gettext_noop("A second person of your organisation publishes; who drafted it may not."),
        organisation=challenge.issuer,
        role="signatory",
        obj=challenge,
        link=challenge_link(challenge),
        key=f"publish_challenge:{challenge.pk}",
    )
    return challenge


@command
def return_challenge(*, actor: Actor, challenge_id: UUID, reason: str) -> Challenge:
    """Give a challenge in check back to its drafter with the reason."""
    challenge = policy.fetch_for_update(actor, "needs.return_challenge", Challenge, challenge_id)
    reason = _said(reason)
    challenge.state = CHALLENGE.after(challenge.state, "return_challenge")
    challenge.return_reason = reason
    challenge.touch()
    challenge.save()
    book.record(actor, "return_challenge", challenge, reason=reason)
    inbox.cancel_tasks(obj=challenge, kind="publish_challenge")
    if challenge.drafted_by is not None:
        inbox.notify(
            kind="challenge_returned",
            title=gettext_noop("%(challenge)s was returned to you"),
            params={"challenge": str(challenge)},
            body=reason,
            to=challenge.drafted_by,
            obj=challenge,
            link=challenge_link(challenge),
            key=f"challenge_returned:{challenge.pk}:{challenge.version}",
        )
    return challenge


@command
def publish_challenge(*, actor: Actor, challenge_id: UUID) -> Challenge:
    """Publish as the second person; freezes the challenge, which from now on changes only by addenda."""
    challenge = policy.fetch_for_update(actor, "needs.publish_challenge", Challenge, challenge_id)
    checks.guard("needs.publish_challenge", challenge)
    challenge.state = CHALLENGE.after(challenge.state, "publish_challenge")
    record = frozen_record(challenge)
    challenge.frozen, challenge.frozen_hash = record, fingerprint(record)
    challenge.published_by, challenge.published_at = actor.person, clock.now()
    challenge.touch()
    challenge.save()
    book.record(actor, "publish_challenge", challenge, after={"frozen": record, "sha256": challenge.frozen_hash})
    outbox.publish(
        ChallengePublished(challenge_id=challenge.pk, need_id=challenge.need_id, issuer_id=challenge.issuer_id)
    )
    inbox.close_tasks(obj=challenge, kind="publish_challenge")
    index_challenge(challenge)
    return challenge


@command
def issue_addendum(
    *,
    actor: Actor,
    challenge_id: UUID,
    text: str,
    reason: str,
    deadline_at: dt.datetime | None = None,
    questions_until: dt.datetime | None = None,
    answers_until: dt.datetime | None = None,
) -> Addendum:
    """A dated change before the deadline, told to everyone who follows or bids; it may move the deadline, and the ends of
    questions and answers, later."""
    challenge = policy.fetch_for_update(actor, "needs.issue_addendum", Challenge, challenge_id)
    if challenge.is_past_deadline:
        raise WrongState(
            _(
                "The deadline %(deadline)s has passed; nothing of the challenge changes any more, and it is not extended."
            )
            % {"deadline": f"{challenge.deadline_local:%Y-%m-%d %H:%M:%S}"},
            code="deadline_passed",
        )
    challenge.state = CHALLENGE.after(challenge.state, "issue_addendum")
    text, reason = _said(text, "text"), _said(reason)
    changes: dict[str, Any] = {}
    if deadline_at is not None:
        changes["deadline_at"] = _extended(challenge, deadline_at)
        challenge.deadline_at = deadline_at.replace(microsecond=0)
    changes |= move_moments(challenge, questions_until=questions_until, answers_until=answers_until)
    number = challenge.addenda.count() + 1
    addendum = Addendum.objects.create(
        challenge=challenge,
        number=number,
        text=text,
        reason=reason,
        changes=changes,
        issued_by=actor.person,
        issued_at=clock.now(),
    )
    challenge.touch()
    challenge.save()
    book.record(
        actor, "issue_addendum", challenge, after={"number": number, "text": text, "changes": changes}, reason=reason
    )
    outbox.publish(AddendumIssued(challenge_id=challenge.pk, addendum_id=addendum.pk))
    tell_watchers(
        challenge,
        kind="addendum",
        title=gettext_noop("Addendum %(number)s to %(challenge)s"),
        params={"number": number},
        body=f"{text}\n{reason}",
        key=f"addendum:{addendum.pk}",
    )
    if changes:
        from core.inbox.models import Task

        Task.objects.filter(object_id=challenge.pk, kind="answer_question", state="open").update(
            due_at=answers_due_at(challenge)
        )
        Task.objects.filter(object_id=challenge.pk, kind="finish_bid", state="open").update(
            due_at=challenge.deadline_at
        )
    index_challenge(challenge)
    return addendum


@command
def cancel_challenge(*, actor: Actor, challenge_id: UUID, reason: str) -> Challenge:
    """End a challenge with its reason; what was bid before the deadline is then never opened."""
    challenge = policy.fetch_for_update(actor, "needs.cancel_challenge", Challenge, challenge_id)
    reason = _said(reason)
    challenge.state = CHALLENGE.after(challenge.state, "cancel_challenge")
    challenge.cancelled_at, challenge.cancel_reason = clock.now(), reason
    challenge.touch()
    challenge.save()
    book.record(actor, "cancel_challenge", challenge, reason=reason)
    inbox.cancel_tasks(obj=challenge)
    if challenge.published_at is not None:
        outbox.publish(ChallengeCancelled(challenge_id=challenge.pk, need_id=challenge.need_id))
        tell_watchers(
            challenge,
            kind="challenge_cancelled",
            title=gettext_noop("%(challenge)s was cancelled"),
            body=reason,
            key=f"challenge_cancelled:{challenge.pk}",
        )
        index_challenge(challenge)
    return challenge


@command
def follow_challenge(*, actor: Actor, challenge_id: UUID, follows: bool = True) -> Challenge:
    """Hear of addenda and of the result, or no longer."""
    challenge = policy.fetch(actor, "needs.follow_challenge", Challenge, challenge_id)
    if actor.person is None:
        raise Invalid(_("A machine client follows nothing; poll the API instead."))
    if follows:
        ChallengeFollow.objects.get_or_create(challenge=challenge, person=actor.person)
    else:
        ChallengeFollow.objects.filter(challenge=challenge, person=actor.person).delete()
    return challenge


def _published_version(need: Need) -> NeedVersion:
    version = issued_version(need)
    if need.state != NeedState.PUBLISHED or version is None:
        raise WrongState(
            _("A challenge is made of a published need; publish “%(need)s” first.") % {"need": need.title},
            code="need_not_published",
        )
    return version


def _apply(challenge: Challenge, actor: Actor, changes: Mapping[str, Any]) -> None:
    """Put changes on a draft; raises Invalid beside the field."""
    unknown = set(changes) - PLAIN - PARTS
    if unknown:
        raise Invalid(_("Unknown field: %s.") % ", ".join(sorted(unknown)), field=sorted(unknown)[0])
    for name in PLAIN & set(changes):
        setattr(challenge, name, _checked(name, changes[name]))
    if not challenge.title:
        raise Invalid(_("Please give a title."), field="title")
    lists: dict[str, Sequence[Mapping[str, Any]]] = {
        name: changes[name] for name in PARTS - {"details"} if changes.get(name) is not None
    }
    if "payers" in lists:
        set_payers(challenge, lists["payers"], actor)
    if "criteria" in lists:
        set_criteria(challenge, lists["criteria"])
    if "gates" in lists:
        set_gates(challenge, lists["gates"])
    if "conditions" in lists:
        set_conditions(challenge, lists["conditions"])
    if changes.get("details") is not None:
        set_details(challenge, changes["details"])
    if challenge.questions_until and challenge.answers_until and challenge.questions_until > challenge.answers_until:
        raise Invalid(_("Answers are due after the last question, not before."), field="answers_until")


def _checked(name: str, value: Any) -> Any:
    if name == "deadline_at" and value is not None:
        if value <= clock.now():
            raise Invalid(_("The deadline lies in the past."), field=name)
        return value.replace(microsecond=0)
    if name in {"questions_until", "answers_until"} and value is not None:
        return value.replace(microsecond=0)
    if name == "deadline_zone" and value not in available_timezones():
        raise Invalid(_("This time zone is not known."), field=name)
    if (
        name == "budget"
        and value is not None
        and (value <= 0 or value != value.quantize(FEN) or value >= Decimal(10) ** 15)
    ):
        raise Invalid(_("Give an amount above zero, to the fen."), field=name)
    if name == "spread_limit" and not 0 < (value or 0) <= 100:
        raise Invalid(_("The limit lies above 0 and is at most 100 points."), field=name)
    if name in BOUNDS:
        low, high = BOUNDS[name]
        if value is None and name == "notice_days":
            return 0
        if value is not None and not low <= value <= high:
            raise Invalid(
                _("Give a number of days between %(low)d and %(high)d.") % {"low": low, "high": high}, field=name
            )
    if name == "ip_terms" and value not in IpTerms.values:
        raise Invalid(_("Choose one of the IP terms."), field=name)
    if isinstance(value, str):
        return value.strip()[:200] if name == "title" else value.strip()
    return value


def _extended(challenge: Challenge, deadline_at: dt.datetime) -> dict[str, str | None]:
    assert challenge.deadline_at is not None
    if deadline_at <= challenge.deadline_at:
        raise Invalid(_("A deadline is only moved to a later moment."), field="deadline_at")
    first_gate = challenge.gates.exclude(planned_on=None).order_by("planned_on").first()
    if (
        first_gate is not None
        and first_gate.planned_on is not None
        and deadline_at.astimezone(clock.CHINA).date() >= first_gate.planned_on
    ):
        raise Invalid(
            _("The first gate is planned on %(day)s; the deadline stays before it.") % {"day": first_gate.planned_on},
            field="deadline_at",
        )
    return {"from": moment_text(challenge.deadline_at), "to": moment_text(deadline_at.replace(microsecond=0))}


def _fresh(challenge: Challenge, version: int | None) -> None:
    if version is not None and version != challenge.version:
        raise Stale(_("Somebody changed this challenge meanwhile; compare and save again."))


def _said(reason: str, field: str = "reason") -> str:
    if not reason.strip():
        raise Invalid(_("Please say why.") if field == "reason" else _("Please say what changes."), field=field)
    return reason.strip()


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool | int | type(None)) else str(value)


__all__ = [
    "cancel_challenge",
    "draft_challenge",
    "edit_challenge",
    "follow_challenge",
    "issue_addendum",
    "publish_challenge",
    "return_challenge",
    "submit_for_check",
]

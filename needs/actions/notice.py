"""The notice period before the second signature: made known, objected to, answered by a named person."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Membership, Person
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from needs.models.award import Award
from needs.models.challenge import Challenge
from needs.models.notice import AwardNotice, Objection
from needs.queries.conflict import conflicts_between, tied_to_bidder
from needs.services.award import void_signatures
from needs.services.challenge import tell_watchers
from needs.services.notice import ask_when_ready, content_hash, end_of, live_notice, notice_content, withdraw_notice
from needs.services.proposal import lock_challenge, under_review
from needs.states.award import AwardState
from needs.states.notice import OBJECTION, ObjectionState


@command
def open_notice(*, actor: Actor, challenge_id: UUID, statement: str = "") -> AwardNotice:
    """Make the proposed awards known for as long as the challenge states; who follows or bids is told."""
    challenge = lock_challenge(policy.fetch(actor, "needs.open_notice", Challenge, challenge_id))
    under_review(challenge)
    if not challenge.notice_days:
        raise WrongState(_("This challenge states no notice period."), code="no_notice_period")
    if live_notice(challenge) is not None:
        raise WrongState(_("The proposed awards are made known already."), code="notice_exists")
    proposals = challenge.awards.filter(state=AwardState.PROPOSED)
    if not proposals.exists():
        raise WrongState(_("No award is proposed yet."), code="nothing_proposed")
    if any(not one.signatures.filter(voided_at__isnull=True).exists() for one in proposals):
        raise WrongState(
            _("The signature under a proposal is void; change and sign it first."), code="unsigned_proposal"
        )
    assert actor.person is not None
    notice = AwardNotice.objects.create(
        challenge=challenge,
        number=challenge.notices.count() + 1,
        statement=statement.strip(),
        content=notice_content(challenge),
        content_hash=content_hash(challenge),
        opened_by=actor.person,
        opened_at=clock.now(),
        ends_at=end_of(challenge, challenge.notice_days),
    )
    book.record(
        actor,
        "open_notice",
        challenge,
        after={"number": notice.number, "awards": notice.content, "ends_at": notice.ends_at.isoformat()},
    )
    inbox.close_tasks(key=f"open_notice:{challenge.pk}")
    tell_watchers(
        challenge,
        kind="award_notice",
        title=gettext_noop("The proposed award of %(challenge)s is made known; objections until %(until)s"),
        params={"until": f"{notice.ends_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"},
        key=f"award_notice:{notice.pk}",
    )
    return notice


@command
def raise_objection(*, actor: Actor, notice_id: UUID, grounds: str) -> Objection:
    """Object to a proposed award while its notice runs; the award is not signed before a named person has decided."""
    seen = policy.fetch(actor, "needs.raise_objection", AwardNotice, notice_id)
    challenge = lock_challenge(seen.challenge)
    notice = AwardNotice.objects.get(pk=seen.pk)
    if not notice.is_running:
        raise WrongState(
            _("This notice was withdrawn; the next one takes objections again.")
            if not notice.is_live
            else _("The notice ended on %(end)s; objections are no longer taken.")
            % {"end": f"{notice.ends_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"},
            code="notice_over",
        )
    if not grounds.strip():
        raise Invalid(_("Say what you object to and on which grounds."), field="grounds")
    assert actor.organisation is not None
    if notice.objections.filter(organisation=actor.organisation, state=ObjectionState.RAISED).exists():
        raise WrongState(_("Your organisation's objection waits for its answer already."), code="objection_exists")
    objection = Objection.objects.create(
        notice=notice,
        organisation=actor.organisation,
        person=actor.person,
        grounds=grounds.strip(),
        raised_at=clock.now(),
        due_at=end_of(challenge, challenge.notice_days),
    )
    book.record(actor, "raise_objection", objection, reason=objection.grounds)
    inbox.cancel_tasks(obj=challenge, kind="sign_award")
    inbox.open_task(
        kind="assign_objection",
        title=gettext_noop("Name who answers the objection of %(organisation)s to %(challenge)s"),
        params={"organisation": str(actor.organisation), "challenge": str(challenge)},
        why=gettext_noop("The award is not signed before a named person has decided it."),
        organisation=challenge.issuer,
        role="signatory",
        obj=challenge,
        link=_link(objection),
        key=f"assign_objection:{objection.pk}",
        due_at=objection.due_at,
    )
    return objection


@command
def assign_objection(*, actor: Actor, objection_id: UUID, person_id: UUID | None = None, email: str = "") -> Objection:
    """Name the person of the issuer who answers: not who proposed the award, and tied to nobody concerned."""
    objection, challenge = _objection(actor, "needs.assign_objection", objection_id)
    objection.state = OBJECTION.after(objection.state, "assign_objection")
    seats = Membership.objects.filter(organisation=challenge.issuer, is_active=True, person__is_active=True)
    seats = seats.filter(person_id=person_id) if person_id else seats.filter(person__email__iexact=email.strip())
    seat = seats.select_related("person").first()
    if seat is None:
        raise Invalid(_("Choose a member of the issuer."), field="email")
    person = seat.person
    problem = _unfit(person, challenge, objection)
    if problem:
        raise Invalid(problem, field="email", code="unfit_handler")
    objection.handler = person
    objection.touch()
    objection.save()
    book.record(actor, "assign_objection", objection, after={"handler": str(person)})
    inbox.close_tasks(key=f"assign_objection:{objection.pk}")
    inbox.cancel_tasks(key_prefix=f"decide_objection:{objection.pk}:")
    inbox.open_task(
        kind="decide_objection",
        title=gettext_noop("Answer the objection of %(organisation)s to %(challenge)s"),
        params={"organisation": str(objection.organisation), "challenge": str(challenge)},
        why=gettext_noop("You were named to decide it; the award waits."),
        person=person,
        organisation=challenge.issuer,
        obj=challenge,
        link=_link(objection),
        key=f"decide_objection:{objection.pk}:{person.pk}",
        due_at=objection.due_at,
    )
    return objection


@command
def decide_objection(*, actor: Actor, objection_id: UUID, is_upheld: bool, answer: str) -> Objection:
    """Answer an objection as the named person. Dismissed, the award goes on; upheld, its signatures are void."""
    objection, challenge = _objection(actor, "needs.decide_objection", objection_id)
    if not answer.strip():
        raise Invalid(_("Answer the objection; the organisation that raised it reads it."), field="answer")
    assert actor.person is not None
    problem = _unfit(actor.person, challenge, objection)
    if problem:
        raise Invalid(problem, code="unfit_handler")
    objection.state = OBJECTION.after(objection.state, "uphold_objection" if is_upheld else "dismiss_objection")
    objection.answer, objection.decided_at = answer.strip(), clock.now()
    objection.touch()
    objection.save()
    book.record(actor, "decide_objection", objection, after={"state": objection.state}, reason=objection.answer)
    inbox.close_tasks(key_prefix=f"decide_objection:{objection.pk}:")
    inbox.notify(
        kind="objection_decided",
        title=gettext_noop("Your objection to the award of %(challenge)s is answered"),
        params={"challenge": str(challenge)},
        body=objection.answer,
        to=objection.organisation,
        obj=objection,
        link=_link(objection),
        key=f"objection_decided:{objection.pk}",
    )
    if is_upheld:
        _reopen(challenge, actor)
    else:
        ask_when_ready(challenge)
    return objection


@command
def withdraw_objection(*, actor: Actor, objection_id: UUID) -> Objection:
    """Take the own organisation's objection back; it then blocks nothing."""
    objection, challenge = _objection(actor, "needs.withdraw_objection", objection_id)
    objection.state = OBJECTION.after(objection.state, "withdraw_objection")
    objection.touch()
    objection.save()
    book.record(actor, "withdraw_objection", objection)
    for kind in ("assign_objection", "decide_objection"):
        inbox.cancel_tasks(key_prefix=f"{kind}:{objection.pk}")
    ask_when_ready(challenge)
    return objection


def _reopen(challenge: Challenge, actor: Actor) -> None:
    """After an objection was upheld: nothing that was signed for a proposal stands, and the issuer decides anew."""
    for award in Award.objects.select_for_update(of=("self",)).filter(challenge=challenge, state=AwardState.PROPOSED):
        if void_signatures(award):
            award.touch()
            award.save(update_fields=["version", "updated_at"])
            book.record(actor, "void_signatures", award)
        inbox.open_task(
            kind="renew_award",
            title=gettext_noop("An objection was upheld: change or void the proposal for %(challenge)s"),
            params={"challenge": str(challenge)},
            why=gettext_noop("Its signatures are void."),
            organisation=challenge.issuer,
            role="signatory",
            obj=challenge,
            link=reverse("needs:award", args=[award.pk]),
            key=f"renew_award:{award.pk}",
        )
    withdraw_notice(challenge, actor, gettext_noop("An objection was upheld."))


def _unfit(person: Person, challenge: Challenge, objection: Objection) -> str:
    """Why the person may not decide this objection; empty when nothing stands against it."""
    if challenge.awards.filter(state=AwardState.PROPOSED, proposed_by=person).exists():
        return _("%(person)s proposed the award; another person answers objections to it.") % {"person": person}
    hosts = {challenge.issuer_id, challenge.need.owner_id}
    with_objector = [
        one
        for one in conflicts_between(person, [objection.organisation])
        if one.organisation_id not in hosts and one.through_id not in hosts
    ]
    if tied_to_bidder(person, challenge) or with_objector:
        return _("%(person)s has a conflict of interest with a bidder or with who objects.") % {"person": person}
    return ""


def _objection(actor: Actor, rule: str, objection_id: UUID) -> tuple[Objection, Challenge]:
    """The objection, locked after its challenge."""
    seen = policy.fetch(actor, rule, Objection, objection_id)
    challenge = lock_challenge(seen.notice.challenge)
    return policy.fetch_for_update(actor, rule, Objection, seen.pk), challenge


def _link(objection: Objection) -> str:
    return reverse("needs:objection", args=[objection.pk])

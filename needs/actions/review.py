"""What issuer and panel do between the opening and the award: seats, declarations, marks (R015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Person
from core.command import command
from core.errors import Invalid, Missing, NotAllowed, WrongState
from core.inbox import services as inbox
from core.indicators.engine import plain
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember, Score, ScoreSheet
from needs.queries.conflict import conflicts_of, told_conflicts
from needs.queries.review import progress
from needs.services.challenge import ask_panel, ask_replacement, challenge_link, ensure_closed
from needs.services.consensus import panel_changed
from needs.states.bid import COMPETING, RECEIVED
from needs.states.challenge import CHALLENGE, JUDGING, ChallengeState
from needs.states.review import PANEL, SEATED, PanelState

FORMING = [ChallengeState.DRAFT, ChallengeState.IN_CHECK, ChallengeState.PUBLISHED, *JUDGING]


@command
def invite_panelist(
    *,
    actor: Actor,
    challenge_id: UUID,
    person_id: UUID | None = None,
    email: str = "",
    is_chair: bool = False,
    replaces_id: UUID | None = None,
) -> PanelMember:
    """Offer a person a seat; they declare before they see anything. Refused for the issuer's and the owner's own people.

    Before the deadline a seat is never refused because of a bidder: that would tell who bids.
    """
    challenge = _lock(policy.fetch(actor, "needs.invite_panelist", Challenge, challenge_id))
    _forming(challenge)
    person = _person(person_id, email)
    reasons = conflicts_of(person, challenge)
    if reasons:
        told = sorted({one.organisation for one in told_conflicts(challenge, reasons)})
        raise Invalid(
            _("%(person)s cannot judge: tied to %(organisations)s.")
            % {"person": person, "organisations": ", ".join(told)},
            field="email",
            code="conflict_of_interest",
        )
    if PanelMember.objects.filter(challenge=challenge, person=person).exists():
        raise Invalid(_("This person has, or had, a seat on the panel."), field="email")
    replaced = None
    if replaces_id is not None:
        replaced = PanelMember.objects.filter(challenge=challenge, pk=replaces_id).exclude(state__in=SEATED).first()
        if replaced is None:
            raise Invalid(_("Only an empty seat is filled again."), field="replaces_id")
        is_chair = is_chair or replaced.is_chair
    if is_chair:
        challenge.panel.filter(is_chair=True, state__in=SEATED).update(is_chair=False)
    seat = PanelMember.objects.create(
        challenge=challenge, person=person, is_chair=is_chair, invited_by=actor.person, replaces=replaced
    )
    book.record(actor, "invite_panelist", seat, after={"challenge": str(challenge.pk), "is_chair": is_chair})
    inbox.notify(
        kind="panel_invitation",
        title=gettext_noop("You are asked to judge the bids for %(challenge)s"),
        params={"challenge": str(challenge)},
        to=person,
        obj=challenge,
        link=reverse("needs:declare_conflict", args=[seat.pk]),
        key=f"panel_invitation:{seat.pk}",
    )
    ask_panel(challenge)
    if replaced is not None:
        inbox.close_tasks(key=f"replace_panelist:{replaced.pk}")
    return seat


@command
def declare_conflict(*, actor: Actor, seat_id: UUID, has_conflict: bool, declaration: str = "") -> PanelMember:
    """Declare a conflict or none. What the platform finds outvotes the declaration; bidders count once bids are open."""
    seat = _seat(actor, "needs.declare_conflict", seat_id)
    if has_conflict and not declaration.strip():
        raise Invalid(_("Please say with whom and why; a sentence is enough."), field="declaration")
    reasons = conflicts_of(seat.person, seat.challenge)
    move = "declare_conflict" if has_conflict else "find_conflict" if reasons else "declare_no_conflict"
    seat.state = PANEL.after(seat.state, move)
    seat.declared_at, seat.declaration = clock.now(), declaration.strip()
    seat.conflicts = [one.as_dict() for one in told_conflicts(seat.challenge, reasons)]
    seat.save()
    book.record(
        actor, "declare_conflict", seat, after={"state": seat.state, "found": sorted({one.kind for one in reasons})}
    )
    inbox.close_tasks(key=f"declare_conflict:{seat.pk}")
    if seat.state == PanelState.CONFLICTED:
        panel_changed(seat.challenge, actor)
        ask_replacement(seat.challenge, seat)
    else:
        ask_panel(seat.challenge)
    return seat


@command
def recuse(*, actor: Actor, seat_id: UUID, reason: str) -> PanelMember:
    """Step back from a panel; marks given so far no longer count."""
    seat = _seat(actor, "needs.recuse", seat_id)
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    seat.state = PANEL.after(seat.state, "recuse")
    seat.declaration = reason.strip()
    seat.save()
    book.record(actor, "recuse", seat, reason=reason.strip())
    panel_changed(seat.challenge, actor)
    inbox.cancel_tasks(key_prefix=f"declare_conflict:{seat.pk}")
    ask_replacement(seat.challenge, seat)
    return seat


@command
def replace_panelist(*, actor: Actor, seat_id: UUID, reason: str) -> PanelMember:
    """Empty a seat for a reason, so that another person can be invited to it; marks given so far no longer count."""
    seat = _seat(actor, "needs.replace_panelist", seat_id)
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    seat.state = PANEL.after(seat.state, "recuse")
    seat.save()
    book.record(actor, "replace_panelist", seat, reason=reason.strip())
    panel_changed(seat.challenge, actor)
    ask_replacement(seat.challenge, seat)
    return seat


@command
def name_chair(*, actor: Actor, seat_id: UUID) -> PanelMember:
    """Make this member the panel's chair."""
    seat = _seat(actor, "needs.name_chair", seat_id)
    if seat.state not in SEATED:
        raise WrongState(_("Only a seated member chairs the panel."), code="not_seated")
    seat.challenge.panel.filter(is_chair=True, state__in=SEATED).exclude(pk=seat.pk).update(is_chair=False)
    seat.is_chair = True
    seat.save(update_fields=["is_chair"])
    book.record(actor, "name_chair", seat)
    return seat


@command
def score_bid(
    *, actor: Actor, bid_id: UUID, scores: Sequence[Mapping[str, Any]], comment: str | None = None
) -> ScoreSheet:
    """Write own marks: per criterion a value, or not assessed, with a comment. Saved as often as one likes until locked."""
    bid, seat = _judged(actor, "needs.score_bid", bid_id)
    challenge = bid.challenge
    if challenge.state == ChallengeState.CLOSED:
        challenge.state = CHALLENGE.after(challenge.state, "start_review")
        challenge.touch()
        challenge.save(update_fields=["state", "version", "updated_at"])
    sheet = _sheet(seat, bid)
    criteria = {str(one.pk): one for one in challenge.criteria.all()}
    wrong: dict[str, list[Any]] = {}
    for row in scores:
        criterion = criteria.get(str(row.get("criterion")))
        key = f"scores.{row.get('criterion')}"
        if criterion is None:
            wrong[key] = [_("This is not a criterion of the challenge.")]
            continue
        value: Any = row.get("value")
        is_na = bool(row.get("is_na"))
        if is_na and value is not None:
            wrong[key] = [_("Give a mark, or say that it is not assessed, not both.")]
        elif value is None and not is_na:
            Score.objects.filter(sheet=sheet, criterion=criterion).delete()
            continue
        elif not is_na and (
            not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= criterion.max_score
        ):
            wrong[key] = [_("A mark lies between 0 and %(max)s.") % {"max": plain(criterion.max_score)}]
        elif not is_na and value != value.quantize(Decimal("0.01")):
            wrong[key] = [_("Marks have at most two decimal places.")]
        if key not in wrong:
            Score.objects.update_or_create(
                sheet=sheet,
                criterion=criterion,
                defaults={"value": value, "is_na": is_na, "comment": str(row.get("comment") or "").strip()},
            )
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    if comment is not None:
        sheet.comment = comment.strip()
    sheet.touch()
    sheet.save()
    book.record(actor, "score_bid", sheet, after={"version": sheet.version})
    return sheet


@command
def lock_sheet(*, actor: Actor, bid_id: UUID) -> ScoreSheet:
    """Lock own marks for a bid for good; from then on the locked sheets of the others show."""
    bid, seat = _judged(actor, "needs.lock_sheet", bid_id)
    sheet = _sheet(seat, bid)
    given = {one.criterion_id: one for one in sheet.scores.all()}
    lacking = [one for one in bid.challenge.criteria.all() if one.pk not in given]
    if lacking:
        desk = reverse("needs:score_bid", args=[bid.pk])
        raise WrongState(
            _("A mark, or “not assessed”, is still missing for: %s.") % ", ".join(str(one) for one in lacking),
            code="sheet_incomplete",
            missing=[Missing(_("Mark for “%s”") % one, str(seat.person), f"{desk}#score-{one.pk}") for one in lacking],
        )
    if all(one.is_na for one in given.values()):
        raise WrongState(
            _("A sheet on which nothing is assessed says nothing; step back from the panel instead."), code="all_na"
        )
    sheet.locked_at = clock.now()
    sheet.touch()
    sheet.save()
    marks = {str(pk): "n/a" if one.is_na else str(one.value) for pk, one in given.items()}
    # The marks bound, not told: the entry is read by the expert's whole organisation, which may have other experts here.
    book.record(
        actor,
        "lock_sheet",
        sheet,
        after={"version": sheet.version, "marks": book.sealed({"sheet": str(sheet.pk), "marks": marks})},
    )
    now = progress(bid.challenge)
    if now.members.get(seat.pk, 0) >= now.bids:
        inbox.close_tasks(key=f"score_bids:{seat.pk}")
    if now.is_complete:
        _tell_complete(bid.challenge)
    return sheet


def _tell_complete(challenge: Challenge) -> None:
    inbox.close_tasks(key=f"run_review:{challenge.pk}")
    inbox.open_task(
        kind="propose_award",
        title=gettext_noop("Propose the award of %(challenge)s"),
        params={"challenge": str(challenge)},
        why=gettext_noop("Every panel member has locked every sheet."),
        organisation=challenge.issuer,
        role="signatory",
        obj=challenge,
        link=challenge_link(challenge) + "?tab=award",
        key=f"propose_award:{challenge.pk}",
    )


def _person(person_id: UUID | None, email: str) -> Person:
    people = Person.objects.filter(is_active=True)
    person = people.filter(pk=person_id).first() if person_id else people.filter(email__iexact=email.strip()).first()
    if person is None:
        raise Invalid(_("There is no account with this e-mail; ask the expert to register first."), field="email")
    return person


def _lock(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update(of=("self",)).select_related("need", "issuer").get(pk=challenge.pk)


def _forming(challenge: Challenge) -> None:
    ensure_closed(challenge)
    if challenge.state not in FORMING:
        raise WrongState(_("The panel of this challenge no longer changes."), code="panel_fixed")


def _seat(actor: Actor, rule: str, seat_id: UUID) -> PanelMember:
    """The seat, locked after its challenge, while the panel may still change."""
    seen = policy.fetch(actor, rule, PanelMember, seat_id)
    challenge = _lock(seen.challenge)
    _forming(challenge)
    seat = policy.fetch_for_update(actor, rule, PanelMember, seen.pk)
    seat.challenge = challenge
    return seat


def _judged(actor: Actor, rule: str, bid_id: UUID) -> tuple[Bid, PanelMember]:
    """An opened bid under review, with the judge's seat; conflicts were asked anew by the rule."""
    seen = policy.fetch(actor, rule, Bid, bid_id)
    challenge = _lock(seen.challenge)
    ensure_closed(challenge)
    bid = policy.fetch_for_update(actor, rule, Bid, seen.pk)
    bid.challenge = challenge
    if challenge.state not in JUDGING or bid.state not in RECEIVED:
        raise WrongState(_("The bids of this challenge are not under review."), code="not_under_review")
    if bid.state not in COMPETING:
        raise WrongState(_("This bid was not admitted; it is not marked."), code="not_admitted")
    seat = PanelMember.objects.filter(challenge=challenge, person=actor.person, state=PanelState.CLEARED).first()
    if seat is None:
        raise NotAllowed(_("Only panel members who are cleared of conflicts mark bids."))
    return bid, seat


def _sheet(seat: PanelMember, bid: Bid) -> ScoreSheet:
    """The open sheet; raises WrongState when it is locked."""
    latest = bid.submissions.order_by("-number").first()
    assert latest is not None
    sheet, _fresh = ScoreSheet.objects.select_for_update(of=("self",)).get_or_create(
        panel_member=seat, bid=bid, defaults={"submission": latest}
    )
    if sheet.locked_at is not None:
        raise WrongState(_("Your sheet for this bid is locked; locked marks do not change."), code="sheet_locked")
    return sheet

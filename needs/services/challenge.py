"""Writes on challenges that ask no permission: parts, freezing, closing at the deadline, the search document."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock, outbox
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Person
from core.accounts.queries import organisations_visible_to
from core.command import system_command
from core.errors import Invalid
from core.inbox import services as inbox
from core.search import services as search
from needs.events.challenge import ChallengeClosed
from needs.models.bid import Bid
from needs.models.challenge import (
    Challenge,
    ChallengeGate,
    ChallengeGateIndicator,
    ChallengePayer,
    Criterion,
)
from needs.models.review import PanelMember
from needs.queries.challenge import challenge_parts, followers_of
from needs.queries.conflict import conflicts_of, told_conflicts
from needs.queries.public import challenge_visibility
from needs.services.entry import entry_record
from needs.states.bid import RECEIVED
from needs.states.challenge import CHALLENGE, STAGE_ORDER, ChallengeState, Stage
from needs.states.need import DefinerState
from needs.states.review import PANEL, SEATED, PanelState

FEN = Decimal("0.01")


def next_code() -> str:
    """The number of a new challenge: C, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_challenge_number')")
        number = cursor.fetchone()[0]
    return f"C-{clock.today().year}-{number:04d}"


def challenge_link(challenge: Challenge | UUID) -> str:
    pk = challenge.pk if isinstance(challenge, Challenge) else challenge
    return reverse("needs:challenge", args=[pk])


def lock_for_bidding(challenge_id: UUID) -> Challenge:
    """The challenge with its row held against changes of the deadline, while other bidders may pass; then the clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM needs_challenge WHERE id = %s FOR SHARE", [str(challenge_id)])
    return Challenge.objects.select_related("need", "issuer").get(pk=challenge_id)


def set_payers(challenge: Challenge, rows: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """Replace who pays what; raises Invalid naming the row."""
    wrong: dict[str, list[Any]] = {}
    found: list[ChallengePayer] = []
    seen: set[UUID] = set()
    for number, row in enumerate(rows):
        organisation = _organisation(row.get("organisation"), actor)
        amount = row.get("amount")
        if organisation is None:
            wrong[f"payers.{number}.organisation"] = [_("Choose a verified organisation.")]
        elif organisation.pk in seen:
            wrong[f"payers.{number}.organisation"] = [_("This payer stands here twice.")]
        if not isinstance(amount, Decimal) or amount <= 0:
            wrong[f"payers.{number}.amount"] = [_("Give an amount above zero.")]
        elif amount != amount.quantize(FEN):
            wrong[f"payers.{number}.amount"] = [_("Amounts end at the fen.")]
        if organisation is not None and isinstance(amount, Decimal):
            seen.add(organisation.pk)
            found.append(ChallengePayer(challenge=challenge, organisation=organisation, amount=amount, position=number))
    _refuse(wrong)
    challenge.payers.all().delete()
    ChallengePayer.objects.bulk_create(found)


def set_criteria(challenge: Challenge, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace what is marked; raises Invalid naming the row. Whether the weights sum to 100 is asked at publication."""
    wrong: dict[str, list[Any]] = {}
    found: list[Criterion] = []
    names: set[str] = set()
    for number, row in enumerate(rows):
        name = str(row.get("name") or "").strip()
        weight, highest, least = (row.get(one) for one in ("weight", "max_score", "minimum_mark"))
        if not name:
            wrong[f"criteria.{number}.name"] = [_("Name the criterion.")]
        elif name in names:
            wrong[f"criteria.{number}.name"] = [_("This criterion stands here twice.")]
        names.add(name)
        if not isinstance(weight, Decimal) or not 0 < weight <= 100:
            wrong[f"criteria.{number}.weight"] = [_("A weight lies above 0 and is at most 100.")]
        if not isinstance(highest, Decimal) or highest <= 0:
            wrong[f"criteria.{number}.max_score"] = [_("The highest mark is above zero.")]
        elif isinstance(least, Decimal) and not 0 <= least <= highest:
            wrong[f"criteria.{number}.minimum_mark"] = [_("The minimum mark lies between 0 and the highest mark.")]
        if not wrong:
            assert weight is not None
            assert highest is not None
            found.append(
                Criterion(
                    challenge=challenge,
                    name=name[:80],
                    name_en=str(row.get("name_en") or "")[:120],
                    weight=weight,
                    max_score=highest,
                    minimum_mark=least,
                    guidance=str(row.get("guidance") or ""),
                    position=number,
                )
            )
    _refuse(wrong)
    challenge.criteria.all().delete()
    Criterion.objects.bulk_create(found)


def set_gates(challenge: Challenge, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the planned gates and what is due at each; raises Invalid naming the row."""
    wrong: dict[str, list[Any]] = {}
    asked = {row.specification_id for row in challenge.indicators.all()}
    found: dict[str, tuple[Mapping[str, Any], list[UUID]]] = {}
    for number, row in enumerate(rows):
        stage, share = str(row.get("stage") or ""), row.get("share_percent")
        due = [_uuid(one) for one in row.get("specifications") or []]
        if stage not in Stage.values:
            wrong[f"gates.{number}.stage"] = [_("Choose a stage.")]
        elif stage in found:
            wrong[f"gates.{number}.stage"] = [_("This stage has a gate already.")]
        if not isinstance(share, Decimal) or not 0 <= share <= 100:
            wrong[f"gates.{number}.share_percent"] = [_("A share lies between 0 and 100 percent.")]
        if any(one not in asked for one in due):
            wrong[f"gates.{number}.specifications"] = [_("Only indicators of this challenge can be due at its gates.")]
        found[stage] = (row, [one for one in due if one is not None])
    _refuse(wrong)
    challenge.gates.all().delete()
    for position, stage in enumerate(one for one in STAGE_ORDER if one in found):
        row, due_ids = found[stage]
        gate = ChallengeGate.objects.create(
            challenge=challenge,
            stage=stage,
            planned_on=row.get("planned_on"),
            share_percent=row["share_percent"],
            position=position,
        )
        ChallengeGateIndicator.objects.bulk_create(
            [ChallengeGateIndicator(gate=gate, specification_id=one) for one in dict.fromkeys(due_ids)]
        )


def frozen_record(challenge: Challenge) -> dict[str, Any]:
    """The whole of a challenge as plain values: what publication freezes and hashes."""
    parts = challenge_parts(challenge)
    return {
        "code": challenge.code,
        "title": challenge.title,
        "summary": challenge.summary,
        "need": str(challenge.need_id),
        "need_version": challenge.need_version.number,
        "issuer": str(challenge.issuer_id),
        "deadline_at": moment_text(challenge.deadline_at),
        "deadline_zone": challenge.deadline_zone,
        "budget": _text(challenge.budget),
        "ip_terms": challenge.ip_terms,
        "ip_text": challenge.ip_text,
        "eligibility": challenge.eligibility,
        "race_mode": challenge.race_mode,
        "spread_limit": _text(challenge.spread_limit),
        "notice_days": challenge.notice_days,
        "feedback_days": challenge.feedback_days,
        "payers": [{"organisation": str(one.organisation_id), "amount": _text(one.amount)} for one in parts["payers"]],
        "indicators": [str(one.pk) for one in parts["indicators"]],
        "criteria": [
            {
                "name": one.name,
                "name_en": one.name_en,
                "weight": _text(one.weight),
                "max_score": _text(one.max_score),
                "minimum_mark": _text(one.minimum_mark),
                "guidance": one.guidance,
            }
            for one in parts["criteria"]
        ],
        "gates": [
            {
                "stage": one.stage,
                "planned_on": one.planned_on.isoformat() if one.planned_on else None,
                "share_percent": _text(one.share_percent),
                "due": [str(spec.pk) for spec in one.specifications.all()],
            }
            for one in parts["gates"]
        ],
        "questions_until": moment_text(challenge.questions_until),
        "answers_until": moment_text(challenge.answers_until),
        **entry_record(challenge),
    }


def fingerprint(record: Any) -> str:
    """SHA-256 over the RFC 8785 form of plain values."""
    return hashlib.sha256(rfc8785.dumps(record)).hexdigest()


def moment_text(moment: dt.datetime | None) -> str | None:
    """RFC 3339, UTC, microseconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def tell_watchers(
    challenge: Challenge, *, kind: str, title: str, key: str, body: str = "", params: dict[str, Any] | None = None
) -> None:
    """Tell followers, the panel and every organisation that has begun a bid. Nobody learns of the others."""
    bidders = Organisation.objects.filter(pk__in=Bid.objects.filter(challenge=challenge).values("bidder_id"))
    panel = Person.objects.filter(panel_seats__challenge=challenge, panel_seats__state__in=SEATED)
    inbox.notify(
        kind=kind,
        title=title,
        params={"challenge": str(challenge), **(params or {})},
        body=body,
        to=[*bidders, *followers_of(challenge), *panel],
        obj=challenge,
        link=challenge_link(challenge),
        key=key,
    )


def close_due(now: dt.datetime | None = None) -> int:
    """Close every published challenge whose deadline has passed; safe to run twice at once. Returns how many it closed."""
    now = now or clock.now()
    due = Challenge.objects.filter(state=ChallengeState.PUBLISHED, deadline_at__lte=now).values_list("pk", flat=True)
    closed = 0
    for pk in list(due):
        with system_command("needs.close_challenge") as actor:
            challenge = Challenge.objects.select_for_update(of=("self",)).select_related("need").get(pk=pk)
            closed += ensure_closed(challenge, actor)
    return closed


def ensure_closed(challenge: Challenge, actor: Actor | None = None) -> bool:
    """Close a locked challenge whose deadline has passed: opening record, conflicts, tasks. False when nothing was due."""
    if challenge.state != ChallengeState.PUBLISHED or not challenge.is_past_deadline:
        return False
    actor = actor or Actor.system()
    challenge.state = CHALLENGE.after(challenge.state, "close_challenge")
    challenge.closed_at = clock.now()
    challenge.touch()
    challenge.save(update_fields=["state", "closed_at", "version", "updated_at"])
    record_opening(challenge, actor)
    outbox.publish(ChallengeClosed(challenge_id=challenge.pk, need_id=challenge.need_id))
    index_challenge(challenge)
    inbox.cancel_tasks(obj=challenge, kind="finish_bid")
    inbox.cancel_tasks(obj=challenge, kind="answer_question")
    find_conflicts(challenge)
    ask_panel(challenge)
    inbox.open_task(
        kind="run_review",
        title=gettext_noop("See to the review of %(challenge)s"),
        params={"challenge": str(challenge)},
        why=gettext_noop("The deadline has passed and the bids are open."),
        organisation=challenge.issuer,
        obj=challenge,
        link=challenge_link(challenge),
        key=f"run_review:{challenge.pk}",
    )
    return True


def record_opening(challenge: Challenge, actor: Actor) -> None:
    """The opening record: one entry per bid, read with the bid; the challenge's own entry holds only their digest.

    Everyone who sees a challenge reads its history, so that entry names no bidder and counts none.
    """
    receipts: list[str] = []
    for bid in Bid.objects.filter(challenge=challenge, state__in=RECEIVED).order_by("submitted_at"):
        receipts.append(bid.receipt_hash)
        book.record(
            actor, "open_bid", bid, after={"receipt": bid.receipt_hash, "submitted_at": moment_text(bid.submitted_at)}
        )
    book.record(
        actor,
        "close_challenge",
        challenge,
        after={"deadline_at": moment_text(challenge.deadline_at), "receipts_sha256": fingerprint(sorted(receipts))},
    )


def find_conflicts(challenge: Challenge) -> list[PanelMember]:
    """Empty the seats in which a conflict is found now, and tell the issuer to replace them."""
    found = []
    for seat in (
        PanelMember.objects.select_for_update(of=("self",))
        .filter(challenge=challenge, state__in=SEATED)
        .select_related("person")
    ):
        reasons = conflicts_of(seat.person, challenge)
        if not reasons:
            continue
        seat.state = PANEL.after(seat.state, "find_conflict")
        seat.conflicts = [one.as_dict() for one in told_conflicts(challenge, reasons)]
        seat.save(update_fields=["state", "conflicts"])
        book.record(Actor.system(), "find_conflict", seat, after={"kinds": sorted({one.kind for one in reasons})})
        ask_replacement(challenge, seat)
        found.append(seat)
    return found


def ask_replacement(challenge: Challenge, seat: PanelMember) -> None:
    """The member's tasks end; the issuer is asked to fill the seat."""
    inbox.cancel_tasks(obj=challenge, person=seat.person)
    inbox.open_task(
        kind="replace_panelist",
        title=gettext_noop("Replace %(person)s on the panel of %(challenge)s"),
        params={"person": str(seat.person), "challenge": str(challenge)},
        why=gettext_noop("The member is in conflict of interest or stepped back; their marks do not count."),
        organisation=challenge.issuer,
        obj=challenge,
        link=challenge_link(challenge) + "?tab=review",
        key=f"replace_panelist:{seat.pk}",
    )


def ask_panel(challenge: Challenge) -> None:
    """A task for each member: to declare, or, when cleared and the bids are open, to mark."""
    for seat in challenge.panel.filter(state__in=SEATED).select_related("person"):
        if seat.state == PanelState.INVITED:
            inbox.open_task(
                kind="declare_conflict",
                title=gettext_noop("Declare whether you may judge %(challenge)s"),
                params={"challenge": str(challenge)},
                why=gettext_noop("You were invited to its panel."),
                person=seat.person,
                obj=challenge,
                link=reverse("needs:declare_conflict", args=[seat.pk]),
                key=f"declare_conflict:{seat.pk}",
            )
        elif challenge.is_opened and Bid.objects.filter(challenge=challenge, state__in=RECEIVED).exists():
            inbox.open_task(
                kind="score_bids",
                title=gettext_noop("Mark the bids of %(challenge)s"),
                params={"challenge": str(challenge)},
                why=gettext_noop("You are on its panel; others' marks show when yours are locked."),
                person=seat.person,
                obj=challenge,
                link=reverse("needs:review_desk", args=[challenge.pk]),
                key=f"score_bids:{seat.pk}",
            )


def index_challenge(challenge: Challenge) -> None:
    """Refresh the search document; a challenge that is not public has none. It says nothing of any bid."""
    if challenge.published_at is None:
        search.remove(challenge)
        return
    need = challenge.need
    definers = need.definers.exclude(state=DefinerState.DECLINED).select_related("organisation")
    parties = [challenge.issuer, need.owner, *(one.organisation for one in definers)]
    search.index(
        challenge,
        title=challenge.title,
        text=f"{challenge.code} {challenge.summary} {challenge.eligibility}",
        room="needs",
        kind="challenge",
        link=challenge_link(challenge),
        organisation=challenge.issuer,
        visibility=challenge_visibility(challenge),
        facets={"state": challenge.state, "chain": str(need.chain_id)},
        parties=parties,
    )


def _organisation(value: Any, actor: Actor) -> Organisation | None:
    if isinstance(value, Organisation):
        return value
    pk = _uuid(value)
    return organisations_visible_to(actor).filter(pk=pk).first() if pk else None


def _uuid(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _refuse(wrong: dict[str, list[Any]]) -> None:
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)

"""What every bidder learns: own marks and rank with the award, words and a remark per indicator within the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import clock
from core.errors import Invalid
from core.inbox import services as inbox
from core.indicators.models import Specification
from needs.models.award import Feedback, FeedbackRemark
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.queries.ranking import Place
from needs.queries.review import standing
from needs.queries.verdict import specifications_of
from needs.services.award import place_of
from needs.states.bid import RECEIVED, BidState


def remarks_wanted(bid: Bid) -> list[Specification]:
    """The indicators on which a bidder is owed a remark: the must-have ones, where the challenge states a clock."""
    if bid.challenge.feedback_days is None or bid.state == BidState.INELIGIBLE:
        return []
    return [one for one in specifications_of(bid.challenge) if one.is_must]


def is_whole(feedback: Feedback) -> bool:
    """Whether the words stand and every indicator that is owed a remark has one."""
    given = {one.specification_id for one in feedback.remarks.all()}
    return bool(feedback.text.strip()) and all(one.pk in given for one in remarks_wanted(feedback.bid))


def set_remarks(feedback: Feedback, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write remarks on indicators of the challenge; an empty one is taken away, those not named stay."""
    asked = {str(one.pk): one for one in specifications_of(feedback.bid.challenge)}
    for row in rows:
        spec = asked.get(str(row.get("specification")))
        if spec is None:
            raise Invalid(_("This is not an indicator of the challenge."), field=f"remarks.{row.get('specification')}")
        text = str(row.get("text") or "").strip()
        if text:
            FeedbackRemark.objects.update_or_create(feedback=feedback, specification=spec, defaults={"text": text})
        else:
            FeedbackRemark.objects.filter(feedback=feedback, specification=spec).delete()


def release_feedback(challenge: Challenge) -> int:
    """Give every bidder their own marks and rank now; the words as well, or by the day the challenge states."""
    places = standing(challenge)
    ranked = sum(1 for one in places if one.rank is not None)
    criteria = list(challenge.criteria.all())
    now = clock.now()
    due_at = now + dt.timedelta(days=challenge.feedback_days) if challenge.feedback_days else None
    count = 0
    for bid in Bid.objects.filter(challenge=challenge, state__in=RECEIVED).select_related("bidder", "challenge"):
        place = place_of(bid, places)
        marks = [
            {
                "criterion": one.name,
                "criterion_en": one.name_en or one.name,
                "mean": _text(place.mean(one.pk) if place else None),
                "max_score": _text(one.max_score),
                "minimum_mark": _text(one.minimum_mark),
                "is_below": bool(place and one.pk in place.below),
            }
            for one in criteria
        ]
        feedback, _fresh = Feedback.objects.update_or_create(
            bid=bid,
            defaults={
                "marks": marks,
                "total": place.total if place else None,
                "rank": place.rank if place else None,
                "of": ranked,
                "verdict": _verdict(bid, place),
                "released_at": now,
                "due_at": due_at,
            },
        )
        inbox.notify(
            kind="bid_feedback",
            title=gettext_noop("The result of your bid for %(challenge)s, with your marks"),
            params={"challenge": str(challenge)},
            to=bid.bidder,
            obj=bid,
            link=reverse("needs:bid_feedback", args=[bid.pk]),
            key=f"bid_feedback:{bid.pk}",
        )
        if not complete_feedback(feedback):
            ask_feedback(feedback)
        count += 1
    return count


def ask_feedback(feedback: Feedback) -> None:
    """The issuer owes the bidder words until a day."""
    challenge = feedback.bid.challenge
    inbox.open_task(
        kind="write_feedback",
        title=gettext_noop("Write the feedback for %(bidder)s on %(challenge)s"),
        params={"bidder": str(feedback.bid.bidder), "challenge": str(challenge)},
        why=gettext_noop("The challenge states until when every bidder has a remark per indicator."),
        organisation=challenge.issuer,
        obj=challenge,
        link=reverse("needs:write_feedback", args=[feedback.bid_id]),
        key=f"write_feedback:{feedback.bid_id}",
        due_at=feedback.due_at,
    )


def complete_feedback(feedback: Feedback) -> bool:
    """Note that released feedback is whole and end the task; the bidder is told when it came after the award."""
    if feedback.released_at is None or feedback.completed_at is not None or not is_whole(feedback):
        return feedback.completed_at is not None
    feedback.completed_at = clock.now()
    feedback.save(update_fields=["completed_at"])
    inbox.close_tasks(key=f"write_feedback:{feedback.bid_id}")
    if feedback.completed_at > feedback.released_at:
        inbox.notify(
            kind="bid_feedback",
            title=gettext_noop("The remarks on your bid for %(challenge)s are written"),
            params={"challenge": str(feedback.bid.challenge)},
            to=feedback.bid.bidder,
            obj=feedback.bid,
            link=reverse("needs:bid_feedback", args=[feedback.bid_id]),
            key=f"bid_feedback:{feedback.bid_id}:whole",
        )
    return True


def write_words(bid: Bid, person: Any, text: str, remarks: Sequence[Mapping[str, Any]] = ()) -> Feedback:
    """Keep the words for a bidder; raises Invalid without any."""
    if not text.strip():
        raise Invalid(_("Please write a sentence that helps the bidder."), field="text")
    feedback, _fresh = Feedback.objects.update_or_create(bid=bid, defaults={"text": text.strip(), "written_by": person})
    set_remarks(feedback, remarks)
    return feedback


def overdue(now: dt.datetime | None = None) -> Any:
    """Released feedback whose words are owed and late."""
    late = Feedback.objects.filter(completed_at=None, due_at__lt=now or clock.now())
    return late.select_related("bid__bidder", "bid__challenge__issuer", "bid__challenge__need")


def _verdict(bid: Bid, place: Place | None) -> str:
    if bid.state == BidState.AWARDED:
        return "awarded"
    if bid.state == BidState.INELIGIBLE:
        return "not_admitted"
    return "below_minimum" if place is not None and place.is_below_minimum else "not_awarded"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def whole_ids(challenge: Challenge) -> set[UUID]:
    """The bids of a challenge whose words stand."""
    rows = Feedback.objects.filter(bid__challenge=challenge).exclude(text="")
    return set(rows.values_list("bid_id", flat=True))

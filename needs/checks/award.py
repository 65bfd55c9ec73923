"""What the second signature waits for, and what is owed after an award and late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks, clock
from core.errors import Missing
from needs.models.award import Award, Feedback
from needs.models.notice import Objection
from needs.services.feedback import overdue
from needs.services.notice import content_hash, live_notice, open_objections
from needs.states.notice import ObjectionState


@checks.check(
    "signature_void",
    title=gettext_lazy("The second signature stands beside a first one"),
    guards=["needs.sign_award"],
)
def first_signature_stands(award: Award, **about: Any) -> Iterator[checks.Hit]:
    """The proposer's signature is not void: the second signer signs the same words (R015)."""
    if award.signatures.filter(person_id=award.proposed_by_id, voided_at__isnull=True).exists():
        return
    words = _("The first signature is void: something under it changed. The proposal is changed and signed anew.")
    link = reverse("needs:edit_award", args=[award.pk])
    who = _("A signatory of %(issuer)s") % {"issuer": award.challenge.issuer}
    yield checks.Hit(award, rule=words, missing=Missing(words, who, link), link=link)


@checks.check(
    "notice_unfinished",
    title=gettext_lazy("The notice period is over and every objection decided"),
    guards=["needs.sign_award"],
)
def notice_is_over(award: Award, **about: Any) -> Iterator[checks.Hit]:
    """Where a challenge states a notice period, the second signature comes after it (公示)."""
    challenge = award.challenge
    link = reverse("needs:challenge", args=[challenge.pk]) + "?tab=award"
    who = _("A signatory of %(issuer)s") % {"issuer": challenge.issuer}
    for objection in open_objections(challenge):
        words = _("The objection of %(organisation)s is not decided.") % {"organisation": objection.organisation}
        at = reverse("needs:objection", args=[objection.pk])
        yield checks.Hit(
            award, rule=words, missing=Missing(words, str(objection.handler or who), at), link=at, key=str(objection.pk)
        )
    if not challenge.notice_days:
        return
    notice = live_notice(challenge)
    if notice is None or notice.content_hash != content_hash(challenge):
        words = _("The proposed awards have not been made known for %(days)d days.") % {"days": challenge.notice_days}
        yield checks.Hit(award, rule=words, missing=Missing(words, who, link), link=link)
    elif notice.is_running:
        end = f"{notice.ends_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
        words = _("The notice runs until %(end)s (Beijing time).") % {"end": end}
        at = reverse("needs:notice", args=[notice.pk])
        yield checks.Hit(award, rule=words, missing=Missing(words, _("Nobody: it ends by itself"), at), link=at)


@checks.check(
    "AW1",
    title=gettext_lazy("Feedback to a bidder is overdue"),
    watches=overdue,
    chain_of=lambda feedback: feedback.bid.challenge.need.chain_id,
    figures={"days": gettext_lazy("Days late")},
)
def feedback_late(feedback: Feedback, **about: Any) -> Iterator[checks.Hit]:
    """The challenge's clock has run out and a bidder still lacks words or a remark on an indicator."""
    if feedback.completed_at is not None or feedback.due_at is None or feedback.due_at >= clock.now():
        return
    bid = feedback.bid
    words = _("%(bidder)s still waits for the feedback that %(challenge)s promised") % {
        "bidder": bid.bidder, "challenge": bid.challenge,
    }  # fmt: skip
    link = reverse("needs:write_feedback", args=[bid.pk])
    yield checks.Hit(
        feedback,
        rule=words,
        numbers={"days": (clock.now() - feedback.due_at).days},
        missing=Missing(words, str(bid.challenge.issuer), link),
        tell=[bid.challenge.issuer],
        clears=_("A remark per indicator is written."),
        link=link,
    )


def _late_objections() -> Any:
    rows = Objection.objects.filter(state=ObjectionState.RAISED, due_at__lt=clock.now())
    return rows.select_related("organisation", "handler", "notice__challenge__issuer", "notice__challenge__need")


@checks.check(
    "AW2",
    title=gettext_lazy("An objection to an award is not answered in time"),
    watches=_late_objections,
    chain_of=lambda objection: objection.notice.challenge.need.chain_id,
    figures={"days": gettext_lazy("Days late")},
)
def objection_late(objection: Objection, **about: Any) -> Iterator[checks.Hit]:
    """An objection waits longer for its answer than the notice period lasts."""
    if objection.state != ObjectionState.RAISED or objection.due_at >= clock.now():
        return
    challenge = objection.notice.challenge
    words = _("The objection of %(organisation)s to %(challenge)s waits for its answer") % {
        "organisation": objection.organisation, "challenge": challenge,
    }  # fmt: skip
    link = reverse("needs:objection", args=[objection.pk])
    yield checks.Hit(
        objection,
        rule=words,
        numbers={"days": (clock.now() - objection.due_at).days},
        missing=Missing(words, str(objection.handler or challenge.issuer), link),
        tell=[challenge.issuer],
        clears=_("The named person decides it."),
        link=link,
    )

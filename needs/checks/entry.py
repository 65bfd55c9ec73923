"""What of questions, openness and secrecy must fit before a challenge is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks, clock
from core.checks import Hit
from core.errors import Missing
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails
from needs.queries.eligibility import waiting_supplements
from needs.states.need import Confidentiality


@checks.check(
    "challenge_entry",
    title=gettext_lazy("Questions, openness and secrecy of a challenge must fit before it is published"),
    guards=["needs.publish_challenge", "needs.submit_for_check"],
)
def entry_fits(challenge: Challenge, **about: Any) -> Iterator[Hit]:
    """Questions end before answers, answers before bids; public only with a public need; no empty secret (R015)."""
    link = reverse("needs:edit_entry", args=[challenge.pk])
    issuer = _("The issuer, %s") % challenge.issuer

    def lacks(what: str, anchor: str, who: str = issuer, where: str = "") -> Hit:
        return Hit(challenge, what, {}, Missing(what, who, where or f"{link}#{anchor}"), link=link)

    asked, answered, until = challenge.questions_until, challenge.answers_until, challenge.deadline_at
    if asked is not None and asked <= clock.now():
        yield lacks(_("The end of the questions lies in the past."), "questions_until")
    if asked is not None and until is not None and asked >= until:
        yield lacks(_("Questions must end before the deadline of the bids."), "questions_until")
    if answered is not None and until is not None and answered >= until:
        yield lacks(_("Answers must be due before the deadline of the bids."), "answers_until")
    if challenge.is_public and challenge.need.confidentiality != Confidentiality.PUBLIC:
        yield lacks(
            _("The challenge is to be public, but its need is not."),
            "is_public",
            who=_("A signatory of the need's owner, %s") % challenge.need.owner,
            where=reverse("needs:need", args=[challenge.need_id]),
        )
    details = ChallengeDetails.objects.filter(challenge=challenge).first()
    if details is not None and not details.text.strip() and not details.files.exists():
        yield lacks(_("There is an agreement, but nothing confidential behind it."), "details_text")


@checks.check(
    "bid_declarations",
    title=gettext_lazy("A bid must say yes or no to every condition before it is submitted"),
    guards=["needs.submit_bid"],
)
def conditions_declared(bid: Bid, **about: Any) -> Iterator[Hit]:
    """A declaration for every condition of taking part (R015)."""
    link = reverse("needs:edit_bid", args=[bid.pk])
    said = set(bid.declarations.values_list("condition_id", flat=True))
    for one in bid.challenge.conditions.all():
        if one.pk not in said:
            what = _("“%(condition)s” is not declared.") % {"condition": one.text}
            yield Hit(bid, what, {}, Missing(what, _("Your organisation"), f"{link}#declaration-{one.pk}"), link=link)


@checks.check(
    "eligibility_unchecked",
    title=gettext_lazy("A bid is admitted when every condition is found to be met"),
    guards=["needs.admit_bid"],
)
def conditions_found(bid: Bid, **about: Any) -> Iterator[Hit]:
    """The formal check found every condition met (R015)."""
    link = reverse("needs:check_eligibility", args=[bid.pk])
    met = set(bid.findings.filter(is_met=True).values_list("condition_id", flat=True))
    who = _("The issuer, %s") % bid.challenge.issuer
    for one in bid.challenge.conditions.all():
        if one.pk not in met:
            what = _("“%(condition)s” is not found to be met.") % {"condition": one.text}
            yield Hit(bid, what, {}, Missing(what, who, link), link=link)


@checks.check(
    "supplement_awaited",
    title=gettext_lazy("No award is proposed while a bidder has time left to hand in what is missing"),
    guards=["needs.propose_award"],
)
def supplements_in(challenge: Challenge, **about: Any) -> Iterator[Hit]:
    """Whoever was given time to hand in a paper has it (R015)."""
    for row in waiting_supplements(challenge):
        link = reverse("needs:bid", args=[row.bid_id]) + "#supplements"
        what = _("A paper is awaited until %(due)s (Beijing time).") % {
            "due": f"{row.due_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
        }
        yield Hit(challenge, what, {}, Missing(what, _("The bidder; or the issuer withdraws it"), link), link=link)

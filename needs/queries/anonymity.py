"""Who stays nameless in a challenge that is judged without names, for whom, and as what they are shown instead.

Every bid that leaves `bids_visible_to` carries two annotations: `is_nameless` (the reader must not learn who bids) and
`alias_number` (which "Bidder n" it is). `Bid.shown_bidder` reads them; a bid that was not read through the query has
neither, and shows no name in a nameless challenge.
"""

from __future__ import annotations

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core.accounts.actor import Actor
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.states.bid import RECEIVED


def names_withheld(challenge: Challenge) -> bool:
    """Whether this challenge's bidders are nameless to its issuer and panel: until an award is proposed."""
    return challenge.anonymous_bidders and not Award.objects.filter(challenge=challenge).exists()


def nameless(challenge: str = "") -> Q:
    """The same as a condition on rows; `challenge` is the path to the challenge, empty for challenges themselves."""
    path = f"{challenge}__" if challenge else ""
    award = Award.objects.filter(challenge=OuterRef(f"{path}pk"))
    return Q(~Exists(award), **{f"{path}anonymous_bidders": True})


def named_for_all(rows: QuerySet[Bid]) -> QuerySet[Bid]:
    """The bids with the names that everybody may read who reads them at all: for words that nobody in particular asked for."""
    return with_names_for(Actor.nobody(), rows).select_related("bidder", "challenge")


def with_seen_names(rows: QuerySet[Bid]) -> QuerySet[Bid]:
    """Bids read through `with_names_for`, with `seen_name` to search and sort by: empty where the reader must not learn it."""
    return rows.annotate(
        seen_name=Case(When(is_nameless=True, then=Value("")), default=F("bidder__name"), output_field=CharField())
    )


def with_names_for(actor: Actor, rows: QuerySet[Bid]) -> QuerySet[Bid]:
    """The bids with `is_nameless` and `alias_number`, as this actor may know them.

    The number is the receipt's place among the receipts of the challenge: it is fixed from the deadline on, needs no job,
    and says neither who was first nor, since a receipt holds a secret of its own, who it is.
    """
    own = [When(bidder_id=actor.organisation_id, then=Value(False))] if actor.organisation_id is not None else []
    before = Bid.objects.filter(
        challenge=OuterRef("challenge"), state__in=RECEIVED, receipt_hash__lt=OuterRef("receipt_hash")
    )
    count = before.order_by().values("challenge").annotate(n=Count("pk")).values("n")
    number = Coalesce(Subquery(count, output_field=IntegerField()), 0) + 1
    return rows.annotate(
        is_nameless=Case(
            *own, When(nameless("challenge"), then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
        alias_number=Case(
            When(challenge__anonymous_bidders=True, then=number), default=Value(0), output_field=IntegerField()
        ),
    )

"""The life of a bid: sealed until the deadline, then judged (R015)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class BidState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    INELIGIBLE = "ineligible", _("Not admitted")
    ELIGIBLE = "eligible", _("Admitted")
    AWARDED = "awarded", _("Awarded")
    NOT_AWARDED = "not_awarded", _("Not awarded")


_OPENED = [BidState.SUBMITTED, BidState.ELIGIBLE, BidState.INELIGIBLE]

BID = Machine(
    Move("save_bid", [BidState.DRAFT, BidState.WITHDRAWN], BidState.DRAFT),
    Move("submit_bid", [BidState.DRAFT, BidState.WITHDRAWN], BidState.SUBMITTED),
    Move("withdraw_bid", [BidState.SUBMITTED], BidState.WITHDRAWN),
    Move("admit_bid", [BidState.SUBMITTED, BidState.INELIGIBLE], BidState.ELIGIBLE),
    Move("exclude_bid", [BidState.SUBMITTED, BidState.ELIGIBLE], BidState.INELIGIBLE),
    Move("award_bid", [BidState.SUBMITTED, BidState.ELIGIBLE], BidState.AWARDED),
    Move("pass_over_bid", [BidState.SUBMITTED, BidState.ELIGIBLE], BidState.NOT_AWARDED),
)

# What the opening opens: nothing that its bidder had not submitted.
RECEIVED = [*_OPENED, BidState.AWARDED, BidState.NOT_AWARDED]
# What takes part in the ranking.
COMPETING = [BidState.SUBMITTED, BidState.ELIGIBLE, BidState.AWARDED, BidState.NOT_AWARDED]
EDITABLE = [BidState.DRAFT, BidState.WITHDRAWN]

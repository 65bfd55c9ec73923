"""Resources on offer and asked for, and the life of a flow from one to the other (R003)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chains.states import Tier
from core.states import Machine, Move


class Direction(models.TextChoices):
    """Whether a resource is on offer or asked for."""

    OFFER = "offer", _("Offer")
    REQUEST = "request", _("Request")


class ResourceKind(models.TextChoices):
    """The four kinds of resource that flow along a chain (R003)."""

    TECHNOLOGY = "technology", _("Technology")
    TALENT = "talent", _("Talent")
    DATA = "data", _("Data")
    CAPITAL = "capital", _("Capital")


class OfferReach(models.TextChoices):
    """Who finds and reads it."""

    MEMBERS = "members", _("All members of the platform")
    CHOSEN = "chosen", _("Only chosen organisations")


class OfferState(models.TextChoices):
    OPEN = "open", _("Available")
    TAKEN = "taken", _("Taken up")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OFFER = Machine(
    Move("take", [OfferState.OPEN], OfferState.TAKEN),
    Move("withdraw_offer", [OfferState.OPEN], OfferState.WITHDRAWN),
)


class FlowState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    RECORDED = "recorded", _("Recorded")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


FLOW = Machine(
    Move("accept_flow", [FlowState.PROPOSED], FlowState.RECORDED),
    Move("decline_flow", [FlowState.PROPOSED], FlowState.DECLINED),
    Move("withdraw_flow", [FlowState.PROPOSED], FlowState.WITHDRAWN),
)


class FlowDirection(models.TextChoices):
    """Which way along the chain a resource flows."""

    DOWN = "down", _("Downstream")
    UP = "up", _("Upstream")
    LEVEL = "level", _("Within a tier")
    ACROSS = "across", _("Between chains")


_TIERS = [str(one.value) for one in Tier]


def direction_between(from_chain: object, from_tier: str, to_chain: object, to_tier: str) -> FlowDirection:
    """Which way a resource flows from one node to another."""
    if from_chain != to_chain:
        return FlowDirection.ACROSS
    steps = _TIERS.index(to_tier) - _TIERS.index(from_tier)
    return FlowDirection.DOWN if steps > 0 else FlowDirection.UP if steps < 0 else FlowDirection.LEVEL

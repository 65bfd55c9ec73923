"""The life of a challenge, from the draft to the award (R015, R019)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ChallengeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_CHECK = "in_check", _("In check")
    PUBLISHED = "published", _("Open for bids")
    CLOSED = "closed", _("Closed, opened")
    UNDER_REVIEW = "under_review", _("Under review")
    AWARDED = "awarded", _("Awarded")
    CANCELLED = "cancelled", _("Cancelled")


class IpTerms(models.TextChoices):
    """Who holds what the project produces; to be resolved before anybody may bid."""

    BIDDER_KEEPS = "bidder_keeps", _("The bidder keeps the rights")
    LICENCE = "licence", _("The bidder keeps the rights and licenses the issuer")
    SHARED = "shared", _("Shared by contribution")
    TRANSFER = "transfer", _("Transferred to the issuer")
    OPEN_SOURCE = "open_source", _("Open to everyone")
    TO_BE_DETERMINED = "to_be_determined", _("To be determined")


class Stage(models.TextChoices):
    """The stages of a project, each ended by a gate."""

    RD = "rd", _("R&D")
    PILOT = "pilot", _("Pilot")
    MASS_PRODUCTION = "mass_production", _("Mass production")


STAGE_ORDER = [Stage.RD, Stage.PILOT, Stage.MASS_PRODUCTION]

_ALIVE = [
    ChallengeState.DRAFT,
    ChallengeState.IN_CHECK,
    ChallengeState.PUBLISHED,
    ChallengeState.CLOSED,
    ChallengeState.UNDER_REVIEW,
]

CHALLENGE = Machine(
    Move("edit_challenge", [ChallengeState.DRAFT], ChallengeState.DRAFT),
    Move("submit_for_check", [ChallengeState.DRAFT], ChallengeState.IN_CHECK),
    Move("return_challenge", [ChallengeState.IN_CHECK], ChallengeState.DRAFT),
    Move("publish_challenge", [ChallengeState.IN_CHECK], ChallengeState.PUBLISHED),
    Move("issue_addendum", [ChallengeState.PUBLISHED], ChallengeState.PUBLISHED),
    Move("close_challenge", [ChallengeState.PUBLISHED], ChallengeState.CLOSED),
    Move("start_review", [ChallengeState.CLOSED], ChallengeState.UNDER_REVIEW),
    Move("award_challenge", [ChallengeState.UNDER_REVIEW], ChallengeState.AWARDED),
    Move("cancel_challenge", _ALIVE, ChallengeState.CANCELLED),
)

# Known to everyone who may see the need; before that, to the issuer alone.
PUBLIC = [
    ChallengeState.PUBLISHED,
    ChallengeState.CLOSED,
    ChallengeState.UNDER_REVIEW,
    ChallengeState.AWARDED,
]
# The panel may still change, and marks may still be given.
JUDGING = [ChallengeState.CLOSED, ChallengeState.UNDER_REVIEW]

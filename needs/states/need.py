"""The life of a need, of its definers, and the fixed choices of a need (R002, R013, R021)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class NeedState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    DEFINING = "defining", _("Being co-defined")
    DEFINED = "defined", _("Co-defined")
    PUBLISHED = "published", _("Published")
    MET = "met", _("Met")
    PARTLY_MET = "partly_met", _("Partly met")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged into another need")


# Before publication the owner may change it; the public and the library see it from publication on.
EDITABLE = (NeedState.DRAFT, NeedState.DEFINING, NeedState.DEFINED)
ALIVE = (*EDITABLE, NeedState.PUBLISHED)
LISTED = (NeedState.PUBLISHED, NeedState.MET, NeedState.PARTLY_MET)

NEED = Machine(
    Move("issue_version", EDITABLE, NeedState.DEFINING),
    Move("complete_signatures", [NeedState.DEFINING], NeedState.DEFINED),
    Move("reopen_definition", [NeedState.DEFINED, NeedState.DEFINING], NeedState.DEFINING),
    Move("publish_need", [NeedState.DEFINED], NeedState.PUBLISHED),
    Move("close_as_met", [NeedState.PUBLISHED], NeedState.MET),
    Move("close_as_partly_met", [NeedState.PUBLISHED], NeedState.PARTLY_MET),
    Move("withdraw_need", [*EDITABLE, NeedState.PUBLISHED], NeedState.WITHDRAWN),
    Move("merge_needs", [*EDITABLE, NeedState.PUBLISHED], NeedState.MERGED),
)


class DemandSide(models.TextChoices):
    """Which link of the chain the need belongs to (R002)."""

    RD = "rd", _("R&D")
    PRODUCTION = "production", _("Production")
    SUPPLY = "supply", _("Supply chain")
    SERVICE = "service", _("Service")


class Confidentiality(models.TextChoices):
    """Who may read a published need; what is public is read by all members as well."""

    MEMBERS = "members", _("All members of the platform")
    RESTRICTED = "restricted", _("Only the parties")
    PUBLIC = "public", _("Everyone, also without signing in")


# What every member of the platform may read once it is published.
OPEN_TO_MEMBERS = [Confidentiality.PUBLIC, Confidentiality.MEMBERS]
# What an owner may choose.
OFFERED = [
    (one.value, one.label) for one in (Confidentiality.MEMBERS, Confidentiality.RESTRICTED, Confidentiality.PUBLIC)
]


class DefinerState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Takes part")
    DECLINED = "declined", _("Declined")


DEFINER = Machine(
    Move("accept", [DefinerState.INVITED, DefinerState.ACCEPTED], DefinerState.ACCEPTED),
    Move("decline_definition", [DefinerState.INVITED, DefinerState.ACCEPTED], DefinerState.DECLINED),
)


class SignatureVerdict(models.TextChoices):
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Refused")

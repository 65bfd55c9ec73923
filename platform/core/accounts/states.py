"""Kinds, roles and the life of organisations, memberships and invitations (R027)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class OrganisationKind(models.TextChoices):
    """What an organisation is; it may be several at once. Chain leader is a designation per chain, not a kind."""

    LARGE_FIRM = "large_firm", _("Large firm")
    SME = "sme", _("SME")
    UNIVERSITY = "university", _("University")
    RESEARCH_INSTITUTE = "research_institute", _("Research institute")
    PILOT_BASE = "pilot_base", _("Pilot base")
    INVESTOR = "investor", _("Investor")
    CHANNEL_FIRM = "channel_firm", _("Channel firm")
    END_USER = "end_user", _("End user")
    SUPPORTING_FIRM = "supporting_firm", _("Supporting supplier")
    TEST_LABORATORY = "test_laboratory", _("Test laboratory")
    SERVICE_PROVIDER = "service_provider", _("Service provider")
    AUTHORITY = "authority", _("Authority")
    OPERATOR = "operator", _("Platform operator")


class Role(models.TextChoices):
    """What a member may do for the organisation. In an operator organisation, admin means platform admin."""

    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")
    SIGNATORY = "signatory", _("Signatory")
    FINANCE = "finance", _("Finance")
    APPROVER = "approver", _("Stage-fund approver")


class OrganisationState(models.TextChoices):
    REGISTERED = "registered", _("Waiting for verification")
    VERIFIED = "verified", _("Verified")
    REJECTED = "rejected", _("Returned")
    SUSPENDED = "suspended", _("Suspended")
    MERGED = "merged", _("Merged into another")


ORGANISATION = Machine(
    Move("verify_organisation", [OrganisationState.REGISTERED, OrganisationState.REJECTED], OrganisationState.VERIFIED),
    Move("reject_organisation", [OrganisationState.REGISTERED], OrganisationState.REJECTED),
    Move("resubmit_organisation", [OrganisationState.REJECTED], OrganisationState.REGISTERED),
    Move("suspend_organisation", [OrganisationState.VERIFIED], OrganisationState.SUSPENDED),
    Move("restore_organisation", [OrganisationState.SUSPENDED], OrganisationState.VERIFIED),
    Move("merge_organisation", [OrganisationState.VERIFIED, OrganisationState.SUSPENDED], OrganisationState.MERGED),
)


class ChangeState(models.TextChoices):
    WAITING = "waiting", _("Waits for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


CHANGE = Machine(
    Move("confirm_organisation_change", [ChangeState.WAITING], ChangeState.CONFIRMED),
    Move("refuse_organisation_change", [ChangeState.WAITING], ChangeState.REFUSED),
    Move("withdraw_organisation_change", [ChangeState.WAITING], ChangeState.WITHDRAWN),
)


class InvitationState(models.TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INVITATION = Machine(
    Move("accept_invitation", [InvitationState.SENT], InvitationState.ACCEPTED),
    Move("decline_invitation", [InvitationState.SENT], InvitationState.DECLINED),
    Move("withdraw_invitation", [InvitationState.SENT], InvitationState.WITHDRAWN),
)

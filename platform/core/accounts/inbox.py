"""What accounts and organisations ask of people and tell them."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "accounts",
    _("Accounts and organisations"),
    asked={
        "verify_organisation": _("A registered organisation waits for verification"),
        "confirm_organisation_change": _("A verified organisation asks for another name, code or kinds"),
    },
    told={
        "second_factor": _("The second factor of my account changed"),
        "take_second_factor": _("The operator took a member's lost second factor away"),
        "code_used_again": _("A used code of my authenticator was given again"),
        "new_browser": _("My account was signed in to from a new browser"),
        "password": _("My password changed"),
        "sign_on": _("Single sign-on was linked to my account, or unlinked"),
        "organisation_verified": _("My organisation was verified"),
        "organisation_changed": _("The operator decided on the new registration of my organisation"),
        "reject_organisation": _("The registration of my organisation was returned"),
        "suspend_organisation": _("My organisation was suspended"),
        "merge_organisation": _("An organisation goes on in another"),
    },
    locked={
        "second_factor": kinds.SAFETY,
        "take_second_factor": kinds.SAFETY,
        "code_used_again": kinds.SAFETY,
        "new_browser": kinds.SAFETY,
        "password": kinds.SAFETY,
        "sign_on": kinds.SAFETY,
        "reject_organisation": kinds.SAFETY,
        "suspend_organisation": kinds.SAFETY,
        "merge_organisation": kinds.SAFETY,
    },
    urgent=["second_factor", "take_second_factor", "code_used_again", "new_browser", "password", "sign_on"],
    order=300,
)

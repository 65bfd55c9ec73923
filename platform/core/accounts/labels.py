"""What operations on accounts and organisations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "register_person": _("opened the account"),
    "edit_profile": _("changed the account"),
    "register_organisation": _("registered the organisation"),
    "edit_organisation": _("changed the organisation"),
    "propose_organisation_change": _("proposed another registration of the organisation"),
    "confirm_organisation_change": _("confirmed the organisation's new registration"),
    "refuse_organisation_change": _("refused the organisation's new registration"),
    "withdraw_organisation_change": _("withdrew the organisation's proposed registration"),
    "resubmit_organisation": _("sent the registration again"),
    "verify_organisation": _("verified the organisation"),
    "reject_organisation": _("returned the registration"),
    "suspend_organisation": _("suspended the organisation"),
    "restore_organisation": _("let the organisation act again"),
    "invite_member": _("invited a member"),
    "accept_invitation": _("accepted the invitation"),
    "withdraw_invitation": _("withdrew the invitation"),
    "set_roles": _("changed a member's roles"),
    "remove_member": _("ended a member's seat"),
    "create_client": _("created a machine client"),
    "revoke_client": _("ended a machine client"),
    "register_by_sign_on": _("opened the account by single sign-on"),
    "take_second_factor": _("took a lost second factor away"),
    "take_own_data": _("took out what is kept about them"),
    "agree_to_privacy": _("agreed to what is kept about them"),
    "set_password": _("set a new password"),
    "link_sign_on": _("linked a single sign-on"),
    "unlink_sign_on": _("unlinked a single sign-on"),
}.items():
    book.label(_operation, _words)

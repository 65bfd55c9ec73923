"""What the room's operations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "post_need": _("posted the need"),
    "edit_need": _("changed the need"),
    "add_evidence": _("added evidence"),
    "define_indicator": _("defined an indicator"),
    "edit_indicator": _("changed an indicator"),
    "remove_indicator": _("removed an indicator"),
    "invite_definer": _("invited a partner"),
    "decline_definition": _("left the co-definition"),
    "comment_indicator": _("commented on an indicator"),
    "issue_version": _("issued a version"),
    "sign_indicator": _("signed an indicator"),
    "refuse_indicator": _("refused an indicator"),
    "publish_need": _("published the need"),
    "confirm_need": _("confirmed the need"),
    "withdraw_need": _("withdrew the need"),
    "close_need": _("closed the need"),
}.items():
    book.label(_operation, _words)

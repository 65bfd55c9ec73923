"""What operations on webhooks are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "register_endpoint": _("registered the webhook"),
    "edit_endpoint": _("changed the webhook"),
    "ping_endpoint": _("tested the webhook"),
    "pause_endpoint": _("paused the webhook"),
    "resume_endpoint": _("resumed the webhook"),
    "disable_endpoint": _("switched the webhook off"),
    "delete_endpoint": _("deleted the webhook"),
    "rotate_secret": _("rotated the webhook's secret"),
    "replay_delivery": _("sent a message again"),
    "replay_range": _("sent messages again"),
}.items():
    book.label(_operation, _words)

"""What operations on alerts are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "raise_alert": _("raised the alert"),
    "clear_alert": _("cleared the alert: its cause is gone"),
    "tell_others": _("concerns others than before"),
    "mute_alert": _("called an alert a false alarm"),
    "unmute_alert": _("let the alert speak again"),
    "change_threshold": _("changed a threshold"),
}.items():
    book.label(_operation, _words)

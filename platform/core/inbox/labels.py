"""What the inbox's operations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "hand_on_task": _("handed the task on"),
    "name_cover": _("named a cover"),
    "end_cover": _("ended the cover"),
}.items():
    book.label(_operation, _words)

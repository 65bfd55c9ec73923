"""What operations on files are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

book.label("scan_file", _("scanned the file for viruses"))

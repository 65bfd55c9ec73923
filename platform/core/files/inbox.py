"""What files tell people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "files",
    _("Files"),
    told={
        "file_infected": _("A virus was found in a file"),
        "file_scan_failed": _("The virus scan of a file failed"),
    },
    locked={"file_infected": kinds.SAFETY},
    order=310,
)

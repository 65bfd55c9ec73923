"""What checks tell people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "checks", _("Alerts"), told={"alert": _("The platform noticed something that concerns my organisation")}, order=200
)

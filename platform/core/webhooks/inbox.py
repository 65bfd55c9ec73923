"""What webhooks tell people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "webhooks", _("Webhooks"), told={"webhook_disabled": _("A webhook of my organisation was switched off")}, order=320
)

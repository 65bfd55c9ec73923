"""What chains tell people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "chains", _("Industry chain"), told={"leader_designated": _("My organisation leads a chain, or no longer does")}
)

"""Alerts in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.checks.queries import open_alerts
from core.web import nav

nav.register(
    section=nav.OVERSIGHT,
    label=_("Alerts"),
    icon="bell",
    url_name="alerts:list",
    order=10,
    count=lambda actor: open_alerts(actor).count() or None,
)

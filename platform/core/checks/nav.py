"""Alerts in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.checks.queries import open_alerts
from core.checks.states import Severity
from core.web import badges, nav

nav.register(
    section=nav.OVERSIGHT,
    label=_("Alerts"),
    icon="bell",
    url_name="alerts:list",
    order=10,
    count=lambda actor: open_alerts(actor).count() or None,
)
badges.register(Severity, {Severity.NOTICE: "info", Severity.WARNING: "warn", Severity.CRITICAL: "bad"})

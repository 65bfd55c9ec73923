"""The room in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(
    section=nav.BENEFIT, label=_("Share agreements"), icon="chart-pie", url_name="benefits:agreements", order=10
)
nav.register(section=nav.BENEFIT, label=_("Statements"), icon="receipt", url_name="benefits:statements", order=20)
nav.register(section=nav.BENEFIT, label=_("Staged money"), icon="coins", url_name="benefits:tranches", order=30)
nav.register(section=nav.BENEFIT, label=_("Risk funds"), icon="umbrella", url_name="benefits:funds", order=40)

"""The room's place in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(section=nav.CHAIN, label=_("Chain map"), icon="sitemap", url_name="chains:chains", order=10)
nav.register(section=nav.CHAIN, label=_("Machine park"), icon="engine", url_name="chains:machines", order=40)
nav.register(section=nav.CHAIN, label=_("Joint rooms"), icon="users", url_name="chains:joint_rooms", order=50)
nav.register(
    section=nav.BENEFIT, label=_("Benefit templates"), icon="chart-donut", url_name="chains:benefit_templates", order=15
)

"""Home in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(section=nav.HOME, label=_("Home"), icon="home", url_name="portal:home", order=10)

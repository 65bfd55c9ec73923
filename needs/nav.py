"""The room in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(section=nav.CHAIN, label=_("Need library"), icon="list-search", url_name="needs:needs", order=20)
nav.register(section=nav.COLLABORATION, label=_("Challenges"), icon="target", url_name="needs:challenges", order=10)

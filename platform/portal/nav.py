"""Home in the navigation, and the developer page for who keeps an organisation's machines."""

from django.utils.translation import gettext_lazy as _

from core.accounts.states import Role
from core.web import nav

nav.register(section=nav.HOME, label=_("Home"), icon="home", url_name="portal:home", order=10)
nav.register(section=nav.CHAIN, label=_("Island report"), icon="circles", url_name="portal:islands", order=25)
nav.register(section=nav.CHAIN, label=_("Funnel"), icon="filter", url_name="portal:funnel", order=26)
nav.register(
    section=nav.ORGANISATION, label=_("For developers"), icon="code", url_name="portal:developers", order=40,
    shows=lambda actor: Role.ADMIN in actor.roles,
)  # fmt: skip

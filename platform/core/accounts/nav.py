"""Organisations in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation
from core.web import nav

nav.register(
    section=nav.OVERSIGHT,
    label=_("Verification"),
    icon="building",
    url_name="accounts:organisations",
    order=30,
    shows=lambda actor: actor.is_platform_admin,
    count=lambda actor: Organisation.objects.filter(state="registered").count() or None,
)
nav.register(
    section=nav.ORGANISATION,
    label=_("Organisations"),
    icon="building",
    url_name="accounts:organisations",
    order=10,
    shows=lambda actor: actor.is_signed_in and not actor.is_platform_admin,
)
nav.register(
    section=nav.ORGANISATION,
    label=_("Members and access"),
    icon="users",
    url_name="accounts:members",
    order=20,
    shows=lambda actor: actor.organisation is not None,
)

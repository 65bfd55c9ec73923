"""The room in the navigation."""

from django.utils.translation import gettext_lazy as _

from benefits.queries import statements_to_answer
from core.accounts.actor import Actor
from core.web import nav


def to_confirm(actor: Actor) -> int | None:
    """How many payments the acting organisation still has to confirm."""
    return statements_to_answer(actor).count() or None


nav.register(
    section=nav.BENEFIT, label=_("Share agreements"), icon="chart-pie", url_name="benefits:agreements", order=10
)
nav.register(
    section=nav.BENEFIT,
    label=_("Statements"),
    icon="receipt",
    url_name="benefits:statements",
    order=20,
    count=to_confirm,
)
nav.register(section=nav.BENEFIT, label=_("Staged money"), icon="coins", url_name="benefits:tranches", order=30)
nav.register(section=nav.BENEFIT, label=_("Risk funds"), icon="umbrella", url_name="benefits:funds", order=40)

"""The room in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav
from projects.queries.gate import gates_waiting

nav.register(
    section=nav.COLLABORATION, label=_("Projects"), icon="route", url_name="projects:projects", order=20,
)  # fmt: skip
nav.register(
    section=nav.REVIEW, label=_("Gates"), icon="gavel", url_name="projects:approvals", order=20,
    shows=lambda actor: actor.person is not None and (actor.is_operator or actor.person.gate_seats.exists()),
    count=lambda actor: gates_waiting(actor).count(),
)  # fmt: skip

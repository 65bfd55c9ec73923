"""The news of the parts below; the rooms above offer their own."""

from django.utils.translation import gettext_lazy as _

from core.accounts.events import OrganisationVerified
from core.webhooks import kinds

kinds.offer(
    OrganisationVerified,
    _("An organisation was verified"),
    model="accounts.Organisation",
    id_field="organisation_id",
    rest="organisation",
)

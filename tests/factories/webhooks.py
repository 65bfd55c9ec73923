"""Webhooks for tests: an endpoint of an organisation, and news for it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import outbox
from core.accounts.actor import Actor
from core.accounts.events import OrganisationVerified
from core.accounts.models import Organisation
from core.webhooks import actions
from core.webhooks.models import Endpoint
from tests import factories

KIND = "accounts.organisation_verified"


def endpoint(url: str, *, keeper: Actor | None = None, kinds: list[str] | None = None, **fields: Any) -> Endpoint:
    """An endpoint with its secret still on it."""
    keeper = keeper or factories.actor(factories.organisation())
    values = {"name": "ERP", "url": url, "kinds": kinds or [KIND]} | fields
    return actions.register_endpoint(actor=keeper, **values)


def news(about: Organisation | None = None, count: int = 1, *, is_told: bool = True) -> Organisation:
    """Something happened to an organisation that everybody may read; the outbox has told it on (or the workers shall)."""
    about = about or factories.organisation()
    for _number in range(count):
        with transaction.atomic():
            outbox.publish(OrganisationVerified(organisation_id=about.pk))
    if is_told:
        outbox.deliver_pending()
    return about

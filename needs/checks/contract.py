"""What a contract lacks before a side can sign it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks
from core.errors import Missing
from needs.models.contract import Contract
from needs.services.contract import REQUIRED, article_title


@checks.check(
    "contract_incomplete",
    title=gettext_lazy("Every article of the contract is written"),
    guards=["needs.sign_contract"],
)
def articles_written(contract: Contract, **about: Any) -> Iterator[checks.Hit]:
    """Each article of the official form but the last, and who bears how much of the risk (R016)."""
    link = reverse("needs:edit_contract", args=[contract.pk])
    who = _("A member of %(client)s or %(developer)s") % {"client": contract.client, "developer": contract.developer}
    lacking = [name for name in REQUIRED if not getattr(contract, name).strip()]
    if contract.risk_client_percent is None:
        lacking.append("risk_client_percent")
    for name in lacking:
        words = _("Not written: %(article)s.") % {"article": article_title(name)}
        yield checks.Hit(contract, rule=words, missing=Missing(words, who, f"{link}#id_{name}"), link=link, key=name)

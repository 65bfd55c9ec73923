"""Who keeps what a chain demands, who shows that it is met, and who confirms it (R127)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_platform_admin
from core.accounts.actor import Actor
from needs.models.qualification import Qualification, QualificationEvidence
from needs.queries.qualification import evidence_visible_to, qualifications_visible_to
from needs.rules.result import owns_result


def may_draw(actor: Actor, chain: Any) -> bool:
    """The platform's admins, and an admin of the chain's leader: whoever draws the chain's map."""
    return is_platform_admin(actor) or (chain is not None and is_leader(actor, chain) and actor.has_role("admin"))


def keeps_qualification(actor: Actor, row: Any) -> bool:
    """Whoever keeps what its chain demands."""
    return may_draw(actor, row.chain)


def judges_qualification(actor: Actor, row: Any) -> bool:
    """Whoever keeps what the chain demands; nobody confirms their own."""
    return may_draw(actor, row.qualification.chain) and not actor.belongs_to(row.organisation_id)


def showed_qualification(actor: Actor, row: Any) -> bool:
    """A member of the organisation that showed it."""
    return owns_result(actor, row.of)


def opens_qualification_file(actor: Actor, row: Any) -> bool:
    """The organisation that showed it, and whoever confirms."""
    return showed_qualification(actor, row) or judges_qualification(actor, row)


policy.register(
    {
        "needs.demand_qualification": may_draw,
        "needs.edit_qualification": keeps_qualification,
        "needs.retire_qualification": keeps_qualification,
        "needs.qualify_result": owns_result,
        "needs.qualify_capability": owns_result,
        "needs.confirm_qualification": judges_qualification,
        "needs.refuse_qualification": judges_qualification,
        "needs.withdraw_qualification": showed_qualification,
        "needs.open_qualification_file": opens_qualification_file,
    },
    told={
        "needs.demand_qualification": _("An admin of the chain's leader says what the chain demands."),
        "needs.confirm_qualification": _("An admin of the chain's leader confirms evidence; of its own the platform's admins do."),
        "needs.refuse_qualification": _("An admin of the chain's leader confirms evidence; of its own the platform's admins do."),
    },
)  # fmt: skip
policy.visible(Qualification, "needs.view_qualification", qualifications_visible_to)
policy.visible(QualificationEvidence, "needs.view_qualification_evidence", evidence_visible_to)

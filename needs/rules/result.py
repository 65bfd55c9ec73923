"""Who may do what with results and capabilities."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from needs.models.result import Capability, Result
from needs.queries.result import capabilities_visible_to, results_visible_to
from needs.rules.need import owns, posts_for, signs_for_owner


def owns_result(actor: Actor, row: Any) -> bool:
    """A member of the owner of the result or capability."""
    return owns(actor, row)


def signs_result(actor: Actor, row: Any) -> bool:
    """A signatory of the result's owner, as a person."""
    return signs_for_owner(actor, row)


policy.register(
    {
        "needs.post_result": posts_for,
        "needs.edit_result": owns_result,
        "needs.measure_result": owns_result,
        "needs.publish_result": signs_result,
        "needs.withdraw_result": signs_result,
        "needs.post_capability": posts_for,
        "needs.edit_capability": owns_result,
        "needs.withdraw_capability": owns_result,
    },
    told={
        "needs.post_result": _("Only members of a verified organisation post results."),
        "needs.publish_result": _("Only a signatory of the result's owner publishes it."),
        "needs.withdraw_result": _("Only a signatory of the result's owner withdraws it."),
        "needs.post_capability": _("Only members of a verified organisation post capabilities."),
    },
    begins=[
        "needs.post_capability",
        "needs.post_result",
        "needs.publish_result",
    ],
)
policy.visible(Result, "needs.view_result", results_visible_to)
policy.visible(Capability, "needs.view_capability", capabilities_visible_to)

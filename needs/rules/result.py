"""Who may do what with results and capabilities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import policy
from needs.models.result import Capability, Result
from needs.queries.result import capabilities_visible_to, results_visible_to
from needs.rules.need import owns, posts_for, signs_for_owner

policy.register(
    {
        "needs.post_result": posts_for,
        "needs.edit_result": owns,
        "needs.measure_result": owns,
        "needs.publish_result": signs_for_owner,
        "needs.withdraw_result": signs_for_owner,
        "needs.post_capability": posts_for,
        "needs.edit_capability": owns,
        "needs.withdraw_capability": owns,
    },
    told={
        "needs.post_result": _("Only members of a verified organisation post results."),
        "needs.publish_result": _("Only a signatory of the result's owner publishes it."),
        "needs.withdraw_result": _("Only a signatory of the result's owner withdraws it."),
        "needs.post_capability": _("Only members of a verified organisation post capabilities."),
    },
)
policy.visible(Result, "needs.view_result", results_visible_to)
policy.visible(Capability, "needs.view_capability", capabilities_visible_to)

"""Who complains, and who keeps the clusters in order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_verified_member, role_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from needs.models.complaint import Cluster, Complaint
from needs.queries.complaint import clusters_visible_to, complaints_visible_to
from needs.rules.survey import made_answer


def complains(actor: Actor, organisation: Any) -> bool:
    """A member of a verified organisation."""
    return isinstance(organisation, Organisation) and role_in(actor, organisation, "member")


def complained(actor: Actor, row: Any) -> bool:
    """A member of the organisation that complained."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


def keeps_clusters(actor: Actor, row: Any) -> bool:
    """A member of the chain's leader."""
    return is_verified_member(actor) and is_leader(actor, row.chain_id)


policy.register(
    {
        "needs.file_complaint": complains,
        "needs.complain_by_answer": made_answer,
        "needs.withdraw_complaint": complained,
        "needs.move_complaint": keeps_clusters,
        "needs.rename_cluster": keeps_clusters,
        "needs.merge_clusters": keeps_clusters,
        "needs.regroup_complaints": is_leader,
        "needs.turn_cluster_into_need": keeps_clusters,
        "needs.answer_cluster": keeps_clusters,
    },
    told={
        "needs.file_complaint": _(
            "Only members of a verified organisation complain; the platform's operator verifies it."
        ),
        "needs.move_complaint": _("Only the chain's leader keeps its clusters in order."),
        "needs.rename_cluster": _("Only the chain's leader keeps its clusters in order."),
        "needs.merge_clusters": _("Only the chain's leader keeps its clusters in order."),
        "needs.regroup_complaints": _("Only the chain's leader keeps its clusters in order."),
        "needs.turn_cluster_into_need": _("Only the chain's leader makes a need of a cluster."),
        "needs.answer_cluster": _("Only the chain's leader links a cluster to a need."),
    },
    begins=[
        "needs.file_complaint",
        "needs.turn_cluster_into_need",
    ],
)
policy.visible(Complaint, "needs.view_complaint", complaints_visible_to)
policy.visible(Cluster, "needs.view_cluster", clusters_visible_to)

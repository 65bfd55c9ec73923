"""Who dismisses a match, invites to solve a need, and answers (R121)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member
from core.accounts.actor import Actor
from needs.models.matching import Dismissal, SolverInvitation
from needs.queries.matching import dismissals_visible_to, invitations_visible_to


def acts_for_anyone(actor: Actor, row: Any) -> bool:
    """A member of a verified organisation: what one dismisses is dismissed for one's own organisation alone."""
    return is_verified_member(actor)


def dismissed_it(actor: Actor, row: Any) -> bool:
    """A member of the organisation that dismissed it."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


def invites_for(actor: Actor, need: Any) -> bool:
    """A member of the need's owner."""
    return is_verified_member(actor) and actor.belongs_to(need.owner_id)


def is_invited(actor: Actor, row: Any) -> bool:
    """A member of the organisation that was invited."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


def invited_them(actor: Actor, row: Any) -> bool:
    """A member of the owner of the need."""
    return invites_for(actor, row.need)


policy.register(
    {
        "needs.dismiss_match": acts_for_anyone,
        "needs.restore_match": dismissed_it,
        "needs.invite_solver": invites_for,
        "needs.accept_solving": is_invited,
        "needs.decline_solving": is_invited,
        "needs.withdraw_solving": invited_them,
    },
    told={
        "needs.dismiss_match": _("Only members of a verified organisation dismiss a match."),
        "needs.invite_solver": _("Only members of the need's owner invite to solve it."),
        "needs.accept_solving": _("Only members of the organisation that was invited answer."),
        "needs.decline_solving": _("Only members of the organisation that was invited answer."),
        "needs.withdraw_solving": _("Only members of the need's owner take an invitation back."),
    },
    begins=[
        "needs.invite_solver",
        "needs.accept_solving",
    ],
)
policy.visible(Dismissal, "needs.view_dismissal", dismissals_visible_to)
policy.visible(SolverInvitation, "needs.view_solver_invitation", invitations_visible_to)

"""Who may do what with applications, outcomes and what follows from them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_verified_member
from core.accounts.actor import Actor
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.queries.outcome import (
    applications_visible_to,
    follow_ups_visible_to,
    outcomes_visible_to,
    reinvestments_visible_to,
    requirements_visible_to,
)
from needs.rules.need import owns
from needs.rules.result import owns_result


def tells_of_use(actor: Actor, result: Any) -> bool:
    """The result's owner, and any verified member about its own use of it."""
    return is_verified_member(actor)


def is_user(actor: Actor, application: Any) -> bool:
    """A member of the organisation that applies the result."""
    return is_verified_member(actor) and actor.belongs_to(application.user_id)


def recorded_it(actor: Actor, row: Any) -> bool:
    """A member of the organisation that recorded it."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


def owns_result_used(actor: Actor, application: Any) -> bool:
    """A member of the owner of the result that is applied."""
    return owns(actor, application.result)


def takes_part_in_use(actor: Actor, application: Any) -> bool:
    """The result's owner, the user, and whoever recorded the application."""
    return owns(actor, application.result) or is_user(actor, application) or recorded_it(actor, application)


def verifies_outcome(actor: Actor, outcome: Any) -> bool:
    """A signatory of the user; what the user recorded itself is verified by another person of it."""
    return (
        actor.person is not None
        and is_user(actor, outcome.application)
        and actor.has_role("signatory")
        and actor.person.pk != outcome.recorded_by_id
    )


def disputes_outcome(actor: Actor, outcome: Any) -> bool:
    return is_user(actor, outcome.application)


def asks_of_result(actor: Actor, result: Any) -> bool:
    """The result's owner, and the owner of the need that it answers."""
    need = result.origin_need
    return owns(actor, result) or (need is not None and owns(actor, need))


def answers_for_use(actor: Actor, requirement: Any) -> bool:
    """A signatory who answers for the use: of the need's owner, or of the chain's leader; never of the result's owner."""
    result = requirement.result
    if actor.person is None or not is_verified_member(actor) or not actor.has_role("signatory"):
        return False
    if actor.belongs_to(result.owner_id):
        return False
    need = result.origin_need
    return (need is not None and actor.belongs_to(need.owner_id)) or is_leader(actor, result.chain_id)


policy.register(
    {
        "needs.record_application": tells_of_use,
        "needs.confirm_application": is_user,
        "needs.deny_application": is_user,
        "needs.withdraw_application": recorded_it,
        "needs.show_application": owns_result_used,
        "needs.record_outcome": takes_part_in_use,
        "needs.verify_outcome": verifies_outcome,
        "needs.dispute_outcome": disputes_outcome,
        "needs.withdraw_outcome": recorded_it,
        "needs.raise_follow_up": tells_of_use,
        "needs.record_reinvestment": takes_part_in_use,
        "needs.ask_of_result": asks_of_result,
        "needs.waive_requirement": answers_for_use,
        "needs.clear_for_pilot": owns_result,
    },
    told={
        "needs.record_application": _("Only members of a verified organisation record where a result is applied."),
        "needs.confirm_application": _("Only the organisation that is named as the user confirms the application."),
        "needs.deny_application": _("Only the organisation that is named as the user denies the application."),
        "needs.record_outcome": _("Only the result's owner and the user of the result record its outcomes."),
        "needs.verify_outcome": _("Only a signatory of the user verifies, and not the person who recorded the value."),
        "needs.raise_follow_up": _("Only members of a verified organisation raise a need."),
        "needs.waive_requirement": _(
            "Only a signatory of the need's owner or of the chain's leader waives a demand, never the result's owner."
        ),
    },
    begins=[
        "needs.record_application",
    ],
)
policy.visible(Application, "needs.view_application", applications_visible_to)
policy.visible(Outcome, "needs.view_outcome", outcomes_visible_to)
policy.visible(FollowUp, "needs.view_follow_up", follow_ups_visible_to)
policy.visible(Reinvestment, "needs.view_reinvestment", reinvestments_visible_to)
policy.visible(ResultRequirement, "needs.view_result_requirement", requirements_visible_to)

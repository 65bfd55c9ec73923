"""Who surveys and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_platform_admin, is_verified_member
from core.accounts.actor import Actor
from needs.models.library import PublicCall
from needs.models.survey import Campaign, SurveyAnswer, SurveyRound
from needs.queries.library import public_calls_visible_to
from needs.queries.survey import answers_visible_to, campaigns_visible_to, rounds_visible_to


def surveys(actor: Actor, chain: Any) -> bool:
    """The chain's leader, and the platform's admins."""
    return (is_verified_member(actor) and is_leader(actor, chain)) or is_platform_admin(actor)


def answers(actor: Actor, row: Any) -> bool:
    """A member of the organisation that was asked."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


policy.register(
    {
        "needs.create_campaign": surveys,
        "needs.answer_survey": answers,
        "needs.turn_into_need": answers,
    },
    told={"needs.create_campaign": _("Only the chain's leader or a platform admin surveys a chain.")},
)
policy.visible(Campaign, "needs.view_campaign", campaigns_visible_to)
policy.visible(SurveyRound, "needs.view_round", rounds_visible_to)
policy.visible(SurveyAnswer, "needs.view_answer", answers_visible_to)
policy.visible(PublicCall, "needs.view_public_call", public_calls_visible_to)

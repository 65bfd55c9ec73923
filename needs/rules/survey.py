"""Who surveys and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import is_leader
from core.access import policy
from core.access.predicates import is_platform_admin, is_verified_member, role_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from needs.models.library import PublicCall
from needs.models.survey import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyRound
from needs.queries.library import public_calls_visible_to
from needs.queries.survey import (
    answers_visible_to,
    campaigns_visible_to,
    contacts_visible_to,
    question_sets_visible_to,
    rounds_visible_to,
)


def surveys(actor: Actor, chain: Any) -> bool:
    """The chain's leader, and the platform's admins."""
    return (is_verified_member(actor) and is_leader(actor, chain)) or is_platform_admin(actor)


def answers(actor: Actor, row: Any) -> bool:
    """A member of the organisation that was asked."""
    return is_verified_member(actor) and actor.belongs_to(row.organisation_id)


def runs(actor: Actor, campaign: Any) -> bool:
    """A member of the organisation that runs the campaign."""
    return is_verified_member(actor) and actor.belongs_to(campaign.owner_id)


def runs_round(actor: Actor, row: Any) -> bool:
    """A member of the organisation that runs the campaign."""
    return runs(actor, row.round.campaign if hasattr(row, "round") else row.campaign)


def made_answer(actor: Actor, row: Any) -> bool:
    """A member of the organisation that was asked; for an outsider, of the one that runs the campaign."""
    return runs_round(actor, row) if row.organisation_id is None else answers(actor, row)


def keeps_questions(actor: Actor, organisation: Any) -> bool:
    return isinstance(organisation, Organisation) and role_in(actor, organisation, "member")


def owns_questions(actor: Actor, row: Any) -> bool:
    """A member of the organisation that keeps them."""
    return keeps_questions(actor, row.owner)


policy.register(
    {
        "needs.create_campaign": surveys,
        "needs.edit_campaign": runs,
        "needs.remove_contact": runs_round,
        "needs.issue_link": runs_round,
        "needs.remind_silent": runs_round,
        "needs.answer_survey": answers,
        "needs.turn_into_need": made_answer,
        "needs.keep_question_set": keeps_questions,
        "needs.edit_question_set": owns_questions,
    },
    told={
        "needs.create_campaign": _("Only the chain's leader or a platform admin surveys a chain."),
        "needs.edit_campaign": _("Only the organisation that runs the survey changes it."),
        "needs.remind_silent": _("Only the organisation that runs the survey reminds."),
        "needs.answer_survey": _("Only a member of the organisation that was asked answers for it."),
    },
    begins=[
        "needs.create_campaign",
        "needs.keep_question_set",
        "needs.turn_into_need",
    ],
)
policy.visible(SurveyContact, "needs.view_contact", contacts_visible_to)
policy.visible(QuestionSet, "needs.view_question_set", question_sets_visible_to)
policy.visible(Campaign, "needs.view_campaign", campaigns_visible_to)
policy.visible(SurveyRound, "needs.view_round", rounds_visible_to)
policy.visible(SurveyAnswer, "needs.view_answer", answers_visible_to)
policy.visible(PublicCall, "needs.view_public_call", public_calls_visible_to)

"""What needs, challenges and surveys ask of people and tell them, and which days they put into the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.actor import Actor
from core.inbox import deadlines, kinds
from core.inbox.deadlines import Deadline
from needs.queries.challenge import challenges_visible_to
from needs.queries.survey import rounds_visible_to
from needs.states.challenge import ChallengeState
from needs.states.survey import RoundState

kinds.register(
    "needs",
    _("Needs and challenges"),
    order=20,
    asked={
        "sign_indicator": _("Indicators of a need wait for our signature"),
        "confirm_need": _("A need of ours must be confirmed again"),
        "answer_survey": _("A survey asks my organisation"),
        "answer_pairing": _("Somebody proposes a match with a need"),
        "answer_flow": _("Somebody wants to give us a resource, or to have one of ours"),
        "publish_challenge": _("A challenge waits for the second person who publishes it"),
        "answer_question": _("A question about our challenge waits for an answer"),
        "finish_bid": _("A bid that we began is not submitted yet"),
        "give_supplement": _("A paper is missing from our bid"),
        "run_review": _("The bids on our challenge are open: review them"),
        "declare_conflict": _("I am asked to declare conflicts of interest"),
        "score_bids": _("Bids wait for my marks"),
        "replace_panelist": _("A panel member must be replaced"),
        "propose_award": _("An award can be proposed"),
        "sign_award": _("An award waits for the second signature"),
        "sign_contract": _("A contract of an award waits for our signature"),
        "answer_application": _("A result's owner names us as its user: confirm or deny"),
        "verify_outcome": _("An outcome of a result that we apply waits for our word"),
        "answer_merge": _("Somebody proposes to merge a need of ours"),
        "answer_joint": _("Others research the same: a joint way is proposed to us"),
        "answer_solving": _("We are asked whether we can solve a need"),
        "carry_out_joint": _("All agreed to a joint way that we carry out"),
        "renew_award": _("A proposed award lost its signatures"),
        "open_notice": _("A proposed award is to be made known"),
        "assign_objection": _("An objection needs a person who answers it"),
        "decide_objection": _("I was named to answer an objection"),
        "write_feedback": _("A bidder is owed feedback"),
        "confirm_qualification": _("Evidence of a qualification that our chain demands waits for our word"),
    },
    told={
        "complaint_answered": _("What we complained of becomes a need"),
        "survey_closed": _("A round of our survey closed"),
        "definer_invited": _("We are invited to define a need's indicators"),
        "indicator_refused": _("A partner refuses an indicator"),
        "saved_search": _("A search that I saved has something new"),
        "need_stale": _("A need of ours was not confirmed by its review date"),
        "need_left_matching": _("A need of ours is no longer matched"),
        "need_defined": _("A need is co-defined by all parties"),
        "pairing_answered": _("A match that we proposed is answered"),
        "flow_recorded": _("A resource flows as we proposed"),
        "flow_declined": _("A resource that we proposed is declined"),
        "challenge_returned": _("A challenge came back from its check"),
        "addendum": _("A challenge that I follow has an addendum"),
        "question_answered": _("A question about a challenge is answered"),
        "challenge_cancelled": _("A challenge that I follow was cancelled"),
        "challenge_awarded": _("A challenge that I follow was awarded"),
        "panel_invitation": _("I am invited to a panel"),
        "bid_receipt": _("The receipt of our bid"),
        "contract_drafted": _("A contract of our award is drafted"),
        "contract_changed": _("The other side changed a contract of ours"),
        "contract_signed": _("A contract of ours is signed by both sides"),
        "supplement_asked": _("The formal check asks for a paper of our bid"),
        "supplement_given": _("A bidder handed in what was missing"),
        "bid_excluded": _("Our bid was not admitted"),
        "bid_feedback": _("The marks and reasons for our bid"),
        "application_denied": _("A user denies that it applies our result"),
        "outcome_answered": _("A user verified or disputes an outcome of our result"),
        "solver_invited": _("We are invited to solve a need"),
        "qualification_answered": _("Our evidence of a qualification is answered"),
        "solver_answered": _("Whom we invited to solve a need has answered"),
        "needs_merged": _("A need of ours was merged"),
        "merge_ended": _("A proposal to merge needs ended"),
        "joint_agreed": _("All who research the same agreed to a joint way"),
        "joint_declined": _("A joint way that we proposed is declined"),
        "joint_room_need": _("A need lies on the table of a joint room"),
        "follow_up_raised": _("A new need grew out of an application of our result"),
        "award_notice": _("A proposed award is made known"),
        "notice_withdrawn": _("The notice of a proposed award is withdrawn"),
        "objection_decided": _("Our objection is answered"),
    },
    locked={
        "give_supplement": kinds.DEADLINE,
        "supplement_asked": kinds.DEADLINE,
        "finish_bid": kinds.DEADLINE,
        "addendum": kinds.DEADLINE,
        "challenge_cancelled": kinds.DEADLINE,
        "bid_receipt": kinds.DEADLINE,
        "bid_excluded": kinds.DEADLINE,
        "award_notice": kinds.DEADLINE,
    },
)

OPEN = [ChallengeState.PUBLISHED, ChallengeState.CLOSED, ChallengeState.UNDER_REVIEW]


def challenge_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """Until when bids are taken, and when an award is expected."""
    seen = challenges_visible_to(actor).select_related("issuer")
    for row in seen.filter(state__in=OPEN, deadline_at__gte=start, deadline_at__lt=end)[:1000]:
        yield Deadline(
            key=f"challenge-{row.pk}", title=gettext("Bids close: %(challenge)s") % {"challenge": row}, at=row.deadline_at,
            link=reverse("needs:challenge", args=[row.pk]), object_id=row.pk, organisation=row.issuer.name, changed_at=row.updated_at,
            is_owed=False,
        )  # fmt: skip
    first, last = (moment.astimezone(clock.CHINA).date() for moment in (start, end))
    for row in seen.filter(state__in=OPEN, decision_on__gte=first, decision_on__lt=last)[:1000]:
        yield Deadline(
            key=f"award-{row.pk}", title=gettext("Award expected: %(challenge)s") % {"challenge": row}, on=row.decision_on,
            link=reverse("needs:challenge", args=[row.pk]), object_id=row.pk, organisation=row.issuer.name, changed_at=row.updated_at,
            is_owed=False,
        )  # fmt: skip


def survey_days(actor: Actor, start: dt.datetime, end: dt.datetime) -> Iterable[Deadline]:
    """When a round of a survey closes."""
    first, last = (moment.astimezone(clock.CHINA).date() for moment in (start, end))
    rows = rounds_visible_to(actor).filter(state=RoundState.OPEN, closes_on__gte=first, closes_on__lt=last)
    for row in rows.select_related("campaign__owner")[:1000]:
        yield Deadline(
            key=f"survey-{row.pk}", title=gettext("Survey closes: %(round)s") % {"round": row}, on=row.closes_on,
            link=reverse("needs:campaign", args=[row.campaign_id]), object_id=row.pk, organisation=row.campaign.owner.name,
            changed_at=row.created_at, is_owed=False,
        )  # fmt: skip


deadlines.register("challenges", _("Challenges"), challenge_days)
deadlines.register("surveys", _("Surveys"), survey_days)

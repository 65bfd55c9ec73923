"""Who may invite, declare, mark, award and tell."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import role_in
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember, ScoreSheet
from needs.queries.conflict import challenges_cleared_for, tied_to_bidder
from needs.queries.review import awards_visible_to, feedback_visible_to, panel_visible_to, sheets_visible_to
from needs.rules.challenge import is_issuer, signs_for_issuer


def holds_seat(actor: Actor, seat: Any) -> bool:
    """The person whose seat it is."""
    return isinstance(seat, PanelMember) and actor.person is not None and seat.person_id == actor.person.pk


def manages_seat(actor: Actor, seat: Any) -> bool:
    """A person who signs for the issuer."""
    return isinstance(seat, PanelMember) and signs_for_issuer(actor, seat.challenge)


def judges(actor: Actor, bid: Any) -> bool:
    """A cleared panel member of the bid's opened challenge in whom no conflict is found; asked anew each time."""
    return (
        isinstance(bid, Bid) and actor.person is not None and bid.challenge_id in challenges_cleared_for(actor.person)
    )


def proposes_award(actor: Actor, challenge: Any) -> bool:
    """A signatory of the issuer, as a person, without a conflict with any bidder."""
    return (
        isinstance(challenge, Challenge)
        and actor.person is not None
        and role_in(actor, challenge.issuer, Role.SIGNATORY)
        and not tied_to_bidder(actor.person, challenge)
    )


def edits_award(actor: Actor, award: Any) -> bool:
    return isinstance(award, Award) and proposes_award(actor, award.challenge)


def signs_award(actor: Actor, award: Any) -> bool:
    """A signatory of the issuer who has not signed this proposal already."""
    return edits_award(actor, award) and award.proposed_by_id != actor.id


def writes_feedback(actor: Actor, bid: Any) -> bool:
    """The issuer's people, and the chair of the panel."""
    if not isinstance(bid, Bid):
        return False
    if is_issuer(actor, bid.challenge):
        return True
    return judges(actor, bid) and bid.challenge.panel.filter(person=actor.person, is_chair=True).exists()


policy.register(
    {
        "needs.invite_panelist": signs_for_issuer,
        "needs.declare_conflict": holds_seat,
        "needs.recuse": holds_seat,
        "needs.replace_panelist": manages_seat,
        "needs.name_chair": manages_seat,
        "needs.score_bid": judges,
        "needs.lock_sheet": judges,
        "needs.propose_award": proposes_award,
        "needs.edit_award": edits_award,
        "needs.sign_award": signs_award,
        "needs.void_award": edits_award,
        "needs.write_feedback": writes_feedback,
    },
    told={
        "needs.invite_panelist": _("Only a signatory or admin of the issuer forms the panel."),
        "needs.declare_conflict": _("Each member of the panel declares for themselves."),
        "needs.score_bid": _("Only panel members who are cleared of conflicts mark bids."),
        "needs.lock_sheet": _("Only panel members who are cleared of conflicts mark bids."),
        "needs.propose_award": _("Only a signatory of the issuer without a conflict of interest proposes an award."),
        "needs.sign_award": _(
            "The second signature comes from another signatory of the issuer, without a conflict of interest."
        ),
    },
    fresh=["needs.sign_award", "needs.void_award"],
)
policy.visible(PanelMember, "needs.view_panel_member", panel_visible_to)
policy.visible(ScoreSheet, "needs.view_score_sheet", sheets_visible_to)
policy.visible(Award, "needs.view_award", awards_visible_to)
policy.visible(Feedback, "needs.view_feedback", feedback_visible_to)

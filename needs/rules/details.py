"""Who may accept a challenge's confidentiality agreement, and who reads what lies behind it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.models.details import ChallengeDetails, DetailsAcceptance, DetailsFile, DetailsOpening
from needs.queries.details import (
    acceptance_of,
    acceptances_visible_to,
    details_files_visible_to,
    details_visible_to,
    openings_visible_to,
)
from needs.rules.bid import may_bid
from needs.rules.challenge import is_issuer
from needs.states.review import PanelState


def is_judge(actor: Actor, details: ChallengeDetails) -> bool:
    """A cleared member of the challenge's panel, who promises for themselves."""
    return (
        actor.person is not None
        and actor.person.panel_seats.filter(challenge=details.challenge_id, state=PanelState.CLEARED).exists()
    )


def may_accept(actor: Actor, details: Any) -> bool:
    """A signatory or admin of an organisation that may bid, or a cleared member of the panel; always a person."""
    if not isinstance(details, ChallengeDetails) or actor.person is None:
        return False
    signs = may_bid(actor, details.challenge) and actor.has_role(Role.SIGNATORY, Role.ADMIN)
    return signs or is_judge(actor, details)


def reads_details(actor: Actor, details: Any) -> bool:
    """The issuer, and whoever the agreement was accepted for."""
    return isinstance(details, ChallengeDetails) and (
        is_issuer(actor, details.challenge) or acceptance_of(actor, details) is not None
    )


def reads_file(actor: Actor, file: Any) -> bool:
    """Whoever reads the details."""
    return isinstance(file, DetailsFile) and reads_details(actor, file.details)


def edits_details(actor: Actor, details: Any) -> bool:
    """A member of the issuer."""
    return isinstance(details, ChallengeDetails) and is_issuer(actor, details.challenge)


policy.register(
    {
        "needs.accept_details": may_accept,
        "needs.open_details": reads_details,
        "needs.open_details_file": reads_file,
        "needs.add_details_file": edits_details,
        "needs.remove_details_file": edits_details,
        "needs.view_openings": is_issuer,
    },
    told={
        "needs.accept_details": _(
            "A signatory or admin of an organisation that may bid accepts; members of the panel accept for themselves."
        ),
        "needs.open_details": _(
            "The details open after a signatory of your organisation has accepted the confidentiality agreement."
        ),
        "needs.view_openings": _("Only the issuer reads who opened its details."),
    },
)
policy.visible(ChallengeDetails, "needs.view_details", details_visible_to)
policy.visible(DetailsFile, "needs.view_details_file", details_files_visible_to)
policy.visible(DetailsAcceptance, "needs.view_acceptance", acceptances_visible_to)
policy.visible(DetailsOpening, "needs.view_opening", openings_visible_to)

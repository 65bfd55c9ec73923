"""Who makes proposed awards known, who objects, and who answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import is_verified_member, member_of
from core.accounts.actor import Actor
from needs.models.challenge import Challenge
from needs.models.notice import AwardNotice, Objection
from needs.queries.notice import notices_visible_to, objections_visible_to
from needs.rules.challenge import signs_for_issuer
from needs.rules.review import proposes_award


def may_object(actor: Actor, notice: Any) -> bool:
    """A person of a verified organisation, bidder or not, other than the issuer."""
    return (
        isinstance(notice, AwardNotice)
        and actor.person is not None
        and is_verified_member(actor)
        and actor.organisation_id != notice.challenge.issuer_id
    )


def objects(actor: Actor, objection: Any) -> bool:
    """A member of the organisation that raised it."""
    return isinstance(objection, Objection) and member_of(actor, objection.organisation)


def names_handler(actor: Actor, objection: Any) -> bool:
    """A person who signs for the issuer."""
    return isinstance(objection, Objection) and signs_for_issuer(actor, objection.notice.challenge)


def is_handler(actor: Actor, objection: Any) -> bool:
    """The person who was named to answer it."""
    return isinstance(objection, Objection) and actor.person is not None and objection.handler_id == actor.person.pk


def opens_notice(actor: Actor, challenge: Any) -> bool:
    """A signatory of the issuer without a conflict with any bidder."""
    return isinstance(challenge, Challenge) and proposes_award(actor, challenge)


policy.register(
    {
        "needs.open_notice": opens_notice,
        "needs.raise_objection": may_object,
        "needs.withdraw_objection": objects,
        "needs.assign_objection": names_handler,
        "needs.decide_objection": is_handler,
        "needs.dismiss_objection": is_handler,
        "needs.uphold_objection": is_handler,
    },
    told={
        "needs.open_notice": _("Only a signatory of the issuer without a conflict of interest opens the notice."),
        "needs.raise_objection": _(
            "A person of a verified organisation objects; the issuer does not object to itself."
        ),
        "needs.assign_objection": _("Only a signatory or admin of the issuer names who answers an objection."),
        "needs.decide_objection": _("Only the person who was named for it answers and decides an objection."),
    },
)
policy.visible(AwardNotice, "needs.view_award_notice", notices_visible_to)
policy.visible(Objection, "needs.view_objection", objections_visible_to)

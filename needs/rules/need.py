"""Who may do what with needs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.queries import chains_led_by
from core.access import policy
from core.access.predicates import is_verified_member, role_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from needs.models.need import Definer, Need, NeedEvidence
from needs.queries.need import evidence_visible_to, is_definer, needs_visible_to


def owns(actor: Actor, need: Any) -> bool:
    """A member of the owning organisation, while it is verified."""
    return is_verified_member(actor) and actor.belongs_to(need.owner_id)


def signs_for_owner(actor: Actor, need: Any) -> bool:
    """A signatory of the owning organisation, as a person."""
    return actor.person is not None and owns(actor, need) and actor.has_role("signatory")


def weighs(actor: Actor, need: Any) -> bool:
    """The owner, and whoever leads the need's chain."""
    return owns(actor, need) or (
        is_verified_member(actor) and chains_led_by(actor.organisation).filter(pk=need.chain_id).exists()
    )


def takes_part(actor: Actor, need: Any) -> bool:
    """The owner and the definers."""
    return owns(actor, need) or (is_verified_member(actor) and is_definer(actor, need))


def signs_indicator(actor: Actor, need: Any) -> bool:
    """A signatory of a definer, as a person; the owner signs by issuing a version."""
    return (
        actor.person is not None
        and actor.has_role("signatory")
        and is_verified_member(actor)
        and is_definer(actor, need)
    )


def posts_for(actor: Actor, organisation: Any) -> bool:
    return isinstance(organisation, Organisation) and role_in(actor, organisation, "member")


def definers_visible_to(actor: Actor) -> Any:
    return Definer.objects.filter(need__in=needs_visible_to(actor))


policy.register(
    {
        "needs.post_need": posts_for,
        "needs.import_needs": posts_for,
        "needs.edit_need": owns,
        "needs.set_chains": owns,
        "needs.set_priority": weighs,
        "needs.add_evidence": owns,
        "needs.define_indicator": owns,
        "needs.edit_indicator": owns,
        "needs.remove_indicator": owns,
        "needs.invite_definer": owns,
        "needs.issue_version": signs_for_owner,
        "needs.comment_indicator": takes_part,
        "needs.sign_indicator": signs_indicator,
        "needs.refuse_indicator": signs_indicator,
        "needs.decline_definition": signs_indicator,
        "needs.publish_need": signs_for_owner,
        "needs.show_need": signs_for_owner,
        "needs.withdraw_need": signs_for_owner,
        "needs.confirm_need": owns,
        "needs.close_need": signs_for_owner,
    },
    told={
        "needs.post_need": _(
            "Only members of a verified organisation post needs; the platform's operator verifies it."
        ),
        "needs.close_need": _("Only a signatory of the need's owner closes it."),
        "needs.publish_need": _("Only a signatory of the need's owner publishes it."),
        "needs.issue_version": _("Issuing a version is the owner's signature; ask a signatory of the owner."),
        "needs.sign_indicator": _("Only a signatory of an invited party signs."),
    },
    begins=[
        "needs.post_need",
        "needs.import_needs",
        "needs.publish_need",
    ],
)
policy.visible(Need, "needs.view_need", needs_visible_to)
policy.visible(NeedEvidence, "needs.view_evidence", evidence_visible_to)
policy.visible(Definer, "needs.view_definer", definers_visible_to)

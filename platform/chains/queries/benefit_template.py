"""Reads of benefit templates between chains (R130)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from chains.models import BenefitTemplate, BenefitTemplateVersion, JointRoom, LeaderDesignation, NodeMember
from chains.queries.chain import chains_led_by
from chains.states import TemplateState
from core.accounts.actor import Actor


def benefit_templates_visible_to(actor: Actor) -> QuerySet[BenefitTemplate]:
    """Those that are or were in force, for everyone signed in; those that are still being signed, for both leaders."""
    if not actor.is_signed_in:
        return BenefitTemplate.objects.none()
    if actor.is_system:
        return BenefitTemplate.objects.all()
    known = BenefitTemplateVersion.objects.filter(in_force_at__isnull=False)
    return BenefitTemplate.objects.filter(Q(pk__in=known.values("template_id")) | _led(actor))


def template_versions_visible_to(actor: Actor) -> QuerySet[BenefitTemplateVersion]:
    """Every version that is or was in force; those being signed, and those given up unsigned, for both leaders."""
    rows = BenefitTemplateVersion.objects.filter(template__in=benefit_templates_visible_to(actor))
    if actor.is_system:
        return rows
    led = BenefitTemplate.objects.filter(_led(actor))
    return rows.filter(Q(in_force_at__isnull=False) | Q(template__in=led))


def with_version_in_force(rows: QuerySet[BenefitTemplate]) -> QuerySet[BenefitTemplate]:
    """Templates with the number of the version in force (`in_force`)."""
    present = BenefitTemplateVersion.objects.filter(template=OuterRef("pk"), state=TemplateState.IN_FORCE)
    return rows.annotate(in_force=Subquery(present.values("number")[:1]))


def templates_between(actor: Actor, room: JointRoom) -> QuerySet[BenefitTemplate]:
    """The templates between the chains of a joint room, as far as one may read them; without those taken back."""
    chains = list(room.sides.values_list("chain_id", flat=True))
    rows = benefit_templates_visible_to(actor).filter(chain__in=chains, other_chain__in=chains, retired_at__isnull=True)
    return with_version_in_force(rows).select_related("chain", "other_chain").order_by("title")


def _led(actor: Actor) -> Q:
    chains = chains_led_by(actor.organisation)
    return Q(chain__in=chains) | Q(other_chain__in=chains)


def sides_to_sign(actor: Actor, version: BenefitTemplateVersion) -> list[UUID]:
    """The chains of the template that the acting organisation leads and whose signature is still missing."""
    signed = set(version.signatures.values_list("chain_id", flat=True))
    both = {version.template.chain_id, version.template.other_chain_id} - signed
    return list(chains_led_by(actor.organisation).filter(pk__in=both).values_list("pk", flat=True))


def templates_offered(organisations: Iterable[UUID]) -> QuerySet[BenefitTemplateVersion]:
    """What is in force and not taken back; first those of whose two chains these organisations come (`fits` is 2)."""
    ours = list(organisations)

    def works_there(chain: str) -> Q:
        at_node = NodeMember.objects.filter(organisation__in=ours, node__chain=OuterRef(chain))
        leads = LeaderDesignation.objects.filter(organisation__in=ours, until__isnull=True, chain=OuterRef(chain))
        return Q(Exists(at_node)) | Q(Exists(leads))

    def one(chain: str) -> Case:
        return Case(When(works_there(chain), then=Value(1)), default=Value(0), output_field=IntegerField())

    rows = BenefitTemplateVersion.objects.filter(state=TemplateState.IN_FORCE, template__retired_at__isnull=True)
    rows = rows.annotate(fits=one("template__chain") + one("template__other_chain"))
    return rows.select_related("template__chain", "template__other_chain").order_by("-fits", "template__title")

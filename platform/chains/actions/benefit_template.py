"""How two chains share: a table of roles, signed by the leader of each, changed only by a new version (R130)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import BenefitTemplate, BenefitTemplateVersion, Chain, TemplateRole, TemplateSignature
from chains.queries import leader_of, sides_to_sign
from chains.states import TEMPLATE, TemplateState
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, WrongState
from core.inbox import services as inbox

MOST_ROLES = 12
WHOLE = Decimal(100)
STEP = Decimal("0.0001")


@command
def propose_benefit_template(
    *,
    actor: Actor,
    chain: UUID | str,
    other_chain: UUID | str,
    title: str,
    roles: Sequence[Mapping[str, Any]],
    note: str = "",
) -> BenefitTemplate:
    """Propose how one's own chain and another share: named roles whose percentages sum to exactly 100 (R130)."""
    own = policy.fetch(actor, "chains.propose_benefit_template", Chain, chain)
    other = Chain.objects.filter(pk=other_chain).exclude(pk=own.pk).first()
    if other is None:
        raise Invalid(_("Choose another chain."), field="other_chain")
    wrong: dict[str, list[Any]] = {}
    if leader_of(other) is None:
        wrong["other_chain"] = [_("%(chain)s has no leader yet who could agree.") % {"chain": other}]
    if not title.strip():
        wrong["title"] = [_("Please give the template a title.")]
    rows = _roles(roles, wrong)
    assert actor.organisation is not None
    template = BenefitTemplate.objects.create(
        title=title.strip()[:120], chain=own, other_chain=other, proposed_by=actor.person, proposed_for=actor.organisation
    )  # fmt: skip
    version = _new_version(actor, template, rows, note)
    after = {"title": template.title, "other_chain": other.name, "roles": _told(version)}
    book.record(actor, "propose_benefit_template", template, after=after)
    return template


@command
def propose_template_version(
    *, actor: Actor, template_id: UUID, roles: Sequence[Mapping[str, Any]], note: str = ""
) -> BenefitTemplateVersion:
    """Propose another table; signatures under one that was not in force yet are void, what is in force stays until then."""
    template = policy.fetch_for_update(actor, "chains.propose_template_version", BenefitTemplate, template_id)
    _still_kept(template)
    rows = _roles(roles, {})
    for old in template.versions.filter(state=TemplateState.SIGNING):
        old.state = TEMPLATE.after(TemplateState(old.state), "supersede")
        old.save(update_fields=["state"])
        inbox.cancel_tasks(key_prefix=f"sign_benefit_template:{old.pk}:")
    version = _new_version(actor, template, rows, note)
    template.touch()
    template.save(update_fields=["version", "updated_at"])
    after = {"version": version.number, "roles": _told(version), "note": version.note}
    book.record(actor, "propose_template_version", template, after=after)
    return version


@command
def sign_benefit_template(*, actor: Actor, template_id: UUID, number: int) -> BenefitTemplate:
    """Sign the version of this number for the chain that one leads; with both signatures it is in force."""
    template = policy.fetch_for_update(actor, "chains.sign_benefit_template", BenefitTemplate, template_id)
    _still_kept(template)
    version = template.versions.filter(state=TemplateState.SIGNING, number=number).first()
    if version is None:
        raise WrongState(_("Only the newest table that is being signed can be signed."))
    sides = sides_to_sign(actor, version)
    if not sides:
        raise WrongState(_("Your chain has signed this table already."), code="signed_already")
    assert actor.organisation is not None
    for side in sides:
        TemplateSignature.objects.create(
            version=version, chain_id=side, organisation=actor.organisation, person=actor.person
        )
    inbox.close_tasks(key=_task(version, actor.organisation))
    book.record(actor, "sign_benefit_template", template, after={"version": number, "roles": _told(version)})
    if version.signatures.count() == 2:
        _enter_into_force(actor, template, version)
    return template


@command
def retire_benefit_template(*, actor: Actor, template_id: UUID, reason: str) -> BenefitTemplate:
    """Take the template back with the reason: no new agreement begins from it; those that did stay as they are."""
    template = policy.fetch_for_update(actor, "chains.retire_benefit_template", BenefitTemplate, template_id)
    _still_kept(template)
    if not reason.strip():
        raise Invalid(_("Please say why."), field="reason")
    template.retired_at, template.retired_because = clock.now(), reason.strip()[:300]
    template.touch()
    template.save()
    inbox.cancel_tasks(obj=template)
    book.record(actor, "retire_benefit_template", template, reason=template.retired_because)
    _tell(actor, template, gettext_noop("%(from)s took back the benefit template “%(template)s”"), "retired")
    return template


def template_link(template: BenefitTemplate) -> str:
    return reverse("chains:benefit_template", args=[template.pk])


def _new_version(
    actor: Actor, template: BenefitTemplate, rows: Sequence[TemplateRole], note: str
) -> BenefitTemplateVersion:
    last = template.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = BenefitTemplateVersion.objects.create(
        template=template, number=last + 1, note=note.strip()[:2000], proposed_by=actor.person
    )
    for row in rows:
        row.version = version
        row.save()
    for lead in {one for one in (leader_of(template.chain_id), leader_of(template.other_chain_id)) if one is not None}:
        inbox.open_task(
            kind="sign_benefit_template", title=gettext_noop("Sign the benefit template “%(template)s” (v%(number)d)"),
            params={"template": template.title, "number": version.number}, organisation=lead, role="signatory", obj=template,
            why=gettext_noop("Your organisation leads one of the chains"), link=template_link(template), key=_task(version, lead),
        )  # fmt: skip
    return version


def _enter_into_force(actor: Actor, template: BenefitTemplate, version: BenefitTemplateVersion) -> None:
    for old in template.versions.filter(state=TemplateState.IN_FORCE):
        old.state = TEMPLATE.after(TemplateState(old.state), "supersede")
        old.save(update_fields=["state"])
    version.state, version.in_force_at = (
        TEMPLATE.after(TemplateState(version.state), "enter_into_force"),
        clock.now(),
    )
    version.save(update_fields=["state", "in_force_at"])
    inbox.cancel_tasks(key_prefix=f"sign_benefit_template:{version.pk}:")
    _tell(actor, template, gettext_noop("The benefit template “%(template)s” is in force"), f"v{version.number}")


def _tell(actor: Actor, template: BenefitTemplate, title: str, about: str) -> None:
    leaders = [leader_of(template.chain_id), leader_of(template.other_chain_id)]
    inbox.notify(
        kind="benefit_template", title=title, params={"template": template.title, "from": str(actor.organisation or "")},
        to=[one for one in leaders if one is not None and not actor.belongs_to(one)], obj=template, link=template_link(template),
        key=f"benefit_template:{template.pk}:{about}",
    )  # fmt: skip


def _roles(given: Sequence[Mapping[str, Any]], wrong: dict[str, list[Any]]) -> list[TemplateRole]:
    """The table's rows. Raises Invalid naming line and field, together with what was wrong before."""
    rows: list[TemplateRole] = []
    labels: set[str] = set()
    for at, one in enumerate(given):
        label, percent = str(one.get("label") or "").strip()[:80], one.get("percent")
        if not label:
            wrong[f"roles.{at}.label"] = [_("Name the role.")]
        elif label.casefold() in labels:
            wrong[f"roles.{at}.label"] = [_("This role stands here twice.")]
        labels.add(label.casefold())
        if not isinstance(percent, Decimal) or not _is_share(percent):
            wrong[f"roles.{at}.percent"] = [_("A role's share lies above 0 and up to 100 percent.")]
            continue
        reason = str(one.get("reason") or "").strip()[:300]
        rows.append(TemplateRole(label=label, percent=percent, reason=reason, position=at))
    total = sum((one.percent for one in rows), Decimal(0))
    if not 2 <= len(given) <= MOST_ROLES:
        wrong["roles"] = [_("A template has between 2 and %d roles.") % MOST_ROLES]
    elif len(rows) == len(given) and total != WHOLE:
        words = _("The shares sum to %(total)s%%; they must sum to exactly 100.00%%")
        wrong["roles"] = [words % {"total": f"{total.normalize():f}"}]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    return rows


def _is_share(percent: Decimal) -> bool:
    return percent.is_finite() and 0 < percent <= WHOLE and percent == percent.quantize(STEP)


def _still_kept(template: BenefitTemplate) -> None:
    if template.retired_at is not None:
        raise WrongState(_("This template was taken back; propose a new one."), code="template_retired")


def _told(version: BenefitTemplateVersion) -> dict[str, str]:
    return {one.label: f"{one.percent.normalize():f}" for one in version.roles.all()}


def _task(version: BenefitTemplateVersion, organisation: Organisation) -> str:
    return f"sign_benefit_template:{version.pk}:{organisation.pk}"

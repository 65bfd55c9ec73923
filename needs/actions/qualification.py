"""What a chain demands, and showing that a result or capability has it (R127)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import Chain
from chains.queries import leader_of
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.files import services as files
from core.files.values import is_one_word
from core.inbox import services as inbox
from needs.models.qualification import Qualification, QualificationEvidence
from needs.models.result import Capability, Result
from needs.services.need import refuse
from needs.services.result import MOST_TAGS, TAG_LENGTH
from needs.states.qualification import EVIDENCE, EvidenceState
from needs.states.result import CapabilityState, ResultState

FIELDS = ("name", "name_en", "note", "tags")


@command
def demand_qualification(
    *, actor: Actor, chain: UUID | str, name: str, name_en: str = "", note: str = "", tags: Sequence[str] = ()
) -> Qualification:
    """Say what a chain demands of whatever is delivered to it; matches without evidence show that they need adapting."""
    found = policy.visible_to(actor, Chain).filter(pk=chain).first()
    if found is None:
        raise Invalid(_("There is no such chain."), field="chain")
    policy.require(actor, "needs.demand_qualification", found)
    row = Qualification(chain=found, author=actor.person)
    _set(row, {"name": name, "name_en": name_en, "note": note, "tags": tags})
    row.save()
    book.record(actor, "demand_qualification", found, after=_said(row))
    return row


@command
def edit_qualification(
    *, actor: Actor, qualification_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Qualification:
    """Change what the chain demands; evidence that was confirmed stays."""
    row = policy.fetch_for_update(actor, "needs.edit_qualification", Qualification, qualification_id)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed this qualification meanwhile; compare and save again."))
    _still_demanded(row)
    before = _said(row)
    _set(row, changes)
    row.touch()
    row.save()
    book.record(actor, "edit_qualification", row.chain, before=before, after=_said(row))
    return row


@command
def retire_qualification(*, actor: Actor, qualification_id: UUID, reason: str) -> Qualification:
    """Demand it no longer, with the reason; what was shown stays in the history."""
    row = policy.fetch_for_update(actor, "needs.retire_qualification", Qualification, qualification_id)
    _still_demanded(row)
    if not reason.strip():
        raise Invalid(_("Say why the chain demands it no longer."), field="reason")
    row.retired_at, row.retired_because = clock.now(), reason.strip()[:300]
    row.touch()
    row.save()
    for one in row.evidence.filter(state=EvidenceState.SUBMITTED):
        inbox.cancel_tasks(key=f"confirm_qualification:{one.pk}")
    book.record(actor, "retire_qualification", row.chain, before=_said(row), reason=reason)
    return row


@command
def qualify_result(
    *, actor: Actor, result_id: UUID, qualification: UUID | str, certificate: str, file: UploadedFile[Any] | None = None,
    valid_until: dt.date | None = None,
) -> QualificationEvidence:  # fmt: skip
    """Show that a result has a qualification, by a certificate or report; the chain's leader confirms it."""
    result = policy.fetch_for_update(actor, "needs.qualify_result", Result, result_id)
    if result.state == ResultState.WITHDRAWN:
        raise WrongState(_("This result was withdrawn and changes no more."))
    return _show(actor, QualificationEvidence(result=result), qualification, certificate, file, valid_until)


@command
def qualify_capability(
    *, actor: Actor, capability_id: UUID, qualification: UUID | str, certificate: str, file: UploadedFile[Any] | None = None,
    valid_until: dt.date | None = None,
) -> QualificationEvidence:  # fmt: skip
    """Show that a capability has a qualification, by a certificate or report; the chain's leader confirms it."""
    capability = policy.fetch_for_update(actor, "needs.qualify_capability", Capability, capability_id)
    if capability.state == CapabilityState.WITHDRAWN:
        raise WrongState(_("This capability was withdrawn and changes no more."))
    return _show(actor, QualificationEvidence(capability=capability), qualification, certificate, file, valid_until)


@command
def confirm_qualification(*, actor: Actor, evidence_id: UUID, note: str = "") -> QualificationEvidence:
    """Confirm for the chain that the evidence shows it; matches show no need of adapting any more."""
    row = policy.fetch_for_update(actor, "needs.confirm_qualification", QualificationEvidence, evidence_id)
    if row.is_over:
        raise WrongState(_("This evidence has expired; its owner shows a newer one."))
    return _answer(actor, row, "confirm_qualification", note)


@command
def refuse_qualification(*, actor: Actor, evidence_id: UUID, reason: str) -> QualificationEvidence:
    """Say that the evidence does not show it, or no longer, with the reason."""
    row = policy.fetch_for_update(actor, "needs.refuse_qualification", QualificationEvidence, evidence_id)
    if not reason.strip():
        raise Invalid(_("Say why, so that the other side can do better."), field="reason")
    return _answer(actor, row, "refuse_qualification", reason)


@command
def withdraw_qualification(*, actor: Actor, evidence_id: UUID) -> QualificationEvidence:
    """Take one's evidence back."""
    row = policy.fetch_for_update(actor, "needs.withdraw_qualification", QualificationEvidence, evidence_id)
    row.state = EVIDENCE.after(row.state, "withdraw_qualification")
    row.touch()
    row.save()
    inbox.cancel_tasks(key=f"confirm_qualification:{row.pk}")
    book.record(actor, "withdraw_qualification", row.of, before={"qualification": row.qualification.name})
    return row


def evidence_link(row: QualificationEvidence) -> str:
    """Where the evidence stands: on the page of what it belongs to."""
    name, of = ("result", row.result_id) if row.result_id else ("capability", row.capability_id)
    return reverse(f"needs:{name}", args=[of]) + "#qualifications"


def _set(row: Qualification, fields: Mapping[str, Any]) -> None:
    """Put the given fields on it; raises Invalid beside each."""
    for name in FIELDS:
        if name in fields:
            value = fields[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.tags = list(dict.fromkeys(str(tag).strip() for tag in row.tags or [] if str(tag).strip()))
    wrong: dict[str, list[Any]] = {}
    if not row.name:
        wrong["name"] = [_("Please give the qualification a name.")]
    same = Qualification.objects.filter(chain=row.chain, name=row.name, retired_at__isnull=True)
    if same.exclude(pk=row.pk).exists():
        wrong["name"] = [_("The chain demands this qualification already.")]
    if len(row.tags) > MOST_TAGS or not all(is_one_word(tag) and len(tag) <= TAG_LENGTH for tag in row.tags):
        wrong["tags"] = [_("At most 20 tags of at most 40 characters, without commas.")]
    refuse(wrong)


def _said(row: Qualification) -> dict[str, Any]:
    return {"name": row.name, "note": row.note, "tags": ", ".join(row.tags)}


def _still_demanded(row: Qualification) -> None:
    if row.retired_at is not None:
        raise WrongState(_("The chain demands this no longer; write a new one."))


def _show(
    actor: Actor, row: QualificationEvidence, qualification: UUID | str, certificate: str, file: UploadedFile[Any] | None,
    valid_until: dt.date | None,
) -> QualificationEvidence:  # fmt: skip
    asked = Qualification.objects.filter(pk=qualification, retired_at__isnull=True).select_related("chain").first()
    wrong: dict[str, list[Any]] = {}
    if asked is None:
        wrong["qualification"] = [_("Choose a qualification that a chain demands.")]
    elif asked.evidence.filter(result=row.result, capability=row.capability, state=EvidenceState.SUBMITTED).exists():
        wrong["qualification"] = [_("Evidence for this one waits for the chain's leader already.")]
    if not certificate.strip():
        wrong["certificate"] = [_("Name the certificate or report.")]
    if valid_until is not None and valid_until < clock.today():
        wrong["valid_until"] = [_("This day has passed.")]
    refuse(wrong)
    assert asked is not None
    row.qualification, row.organisation, row.person = asked, row.of.owner, actor.person
    row.certificate, row.valid_until = certificate.strip(), valid_until
    row.file = files.store(actor, file) if file else None
    row.save()
    leader = leader_of(asked.chain)
    # A leader's own evidence waits for the platform's admins, who see it in the list.
    if leader is not None and leader != row.organisation:
        inbox.open_task(
            kind="confirm_qualification", title=gettext_noop("%(organisation)s shows the qualification “%(qualification)s”: confirm it"),
            organisation=leader, role="admin", obj=row, params={"organisation": row.organisation.name, "qualification": asked.name},
            why=gettext_noop("Until it is confirmed, matches say that it needs adapting"),
            link=reverse("needs:confirm_qualification", args=[row.pk]), key=f"confirm_qualification:{row.pk}",
        )  # fmt: skip
    book.record(
        actor, "show_qualification", row.of,
        after={"qualification": asked.name, "certificate": row.certificate, "file": row.file.name if row.file else None},
    )  # fmt: skip
    return row


def _answer(actor: Actor, row: QualificationEvidence, move: str, reason: str) -> QualificationEvidence:
    row.state = EVIDENCE.after(row.state, move)
    row.reason = reason.strip()[:500]
    row.answered_by, row.answered_for, row.answered_at = actor.person, actor.organisation, clock.now()
    row.touch()
    row.save()
    inbox.close_tasks(key=f"confirm_qualification:{row.pk}")
    inbox.notify(
        kind="qualification_answered", title=gettext_noop("The evidence for “%(qualification)s” was answered: %(answer)s"),
        to=row.organisation, obj=row, params={"qualification": row.qualification.name, "answer": EvidenceState(row.state).label},
        link=evidence_link(row), key=f"qualification_answered:{row.pk}:{row.version}",
    )  # fmt: skip
    book.record(actor, move, row.of, after={"qualification": row.qualification.name}, reason=row.reason)
    return row

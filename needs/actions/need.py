"""What people do with needs: post, define together, sign, publish, close (R008, R013, R014, R015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, checks, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, Missing, Stale, WrongState
from core.files import services as files
from core.inbox import services as inbox
from core.indicators.models import Specification
from core.indicators.reading import Reading, read
from needs import services
from needs.events.need import NeedClosed, NeedPublished
from needs.models.need import (
    PRIORITIES,
    Definer,
    IndicatorComment,
    IndicatorSignature,
    Need,
    NeedEvidence,
    NeedIndicator,
    NeedVersion,
)
from needs.queries.freshness import next_review
from needs.queries.need import current_version, issued_version, specifications_in
from needs.services import duplicate
from needs.services.freshness import settle_review
from needs.states.need import DEFINER, NEED, NeedState, SignatureVerdict

MOST_ROWS = 60


@command
def post_need(*, actor: Actor, node: UUID | str | None = None, **fields: Any) -> Need:
    """Post a pain point in plain words as a draft; indicators come after evidence (R002, R014)."""
    owner = policy.acting_for(actor, "needs.post_need")
    need = services.create_need(owner=owner, actor=actor, node_id=node, fields=fields)
    book.record(actor, "post_need", need, after={"title": need.title, "side": need.demand_side, "node": str(need.node)})
    return need


@command
def edit_need(*, actor: Actor, need_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Need:
    """Change the words of a need before it is published; a stale version is refused and loses nothing."""
    need = policy.fetch_for_update(actor, "needs.edit_need", Need, need_id)
    services.still_editable(need)
    if version is not None and version != need.version:
        raise Stale(_("Somebody changed this need meanwhile; compare and save again."))
    services.edit_words(actor, need, changes)
    return need


@command
def set_chains(*, actor: Actor, need_id: UUID, other_nodes: Sequence[UUID | str]) -> Need:
    """Say which nodes of other chains the need concerns as well, these and no others (R121)."""
    need = policy.fetch_for_update(actor, "needs.set_chains", Need, need_id)
    services.still_alive(need)
    before = [str(one) for one in need.more_chains.select_related("chain", "node")]
    nodes = services.set_other_nodes(need, other_nodes)
    need.touch()
    need.save()
    services.index_need(need)
    after = [f"{one.chain} · {one}" for one in nodes]
    book.record(actor, "set_chains", need, before={"other_nodes": before}, after={"other_nodes": after})
    return need


@command
def set_priority(*, actor: Actor, need_id: UUID, priority: int | None) -> Need:
    """Say how urgent the need is beside the others of its chain: 1 first, 5 last, or nothing (R022)."""
    need = policy.fetch_for_update(actor, "needs.set_priority", Need, need_id)
    services.still_alive(need)
    if priority is not None and not 1 <= priority <= len(PRIORITIES):
        raise Invalid(_("From 1, which comes first, to %(last)s.") % {"last": len(PRIORITIES)}, field="priority")
    before, need.priority = need.priority, priority
    need.touch()
    need.save()
    book.record(actor, "set_priority", need, before={"priority": before}, after={"priority": priority})
    return need


@command
def add_evidence(*, actor: Actor, need_id: UUID, file: UploadedFile[Any], caption: str = "") -> NeedEvidence:
    """Attach a file that shows the pain (R014)."""
    need = policy.fetch_for_update(actor, "needs.add_evidence", Need, need_id)
    services.still_editable(need)
    stored = files.store(actor, file)
    row = NeedEvidence.objects.create(need=need, file=stored, caption=caption.strip(), added_by=actor.person)
    book.record(actor, "add_evidence", need, after={"file": stored.name, "sha256": stored.sha256})
    return row


@command
def define_indicator(*, actor: Actor, need_id: UUID, **fields: Any) -> NeedIndicator:
    """Add a measurable target to the draft version; opens only after pain point and evidence (R014, R015)."""
    need = policy.fetch_for_update(actor, "needs.define_indicator", Need, need_id)
    services.still_editable(need)
    checks.guard("needs.define_indicator", need)
    row = services.write_indicator(actor, need, fields)
    services.indicators_changed(need)
    return row


def read_indicators(*, actor: Actor, need_id: UUID, text: str) -> Reading:
    """What a pasted text holds, before anything is kept; for those who may define the need's indicators (R014, R021)."""
    policy.fetch(actor, "needs.define_indicator", Need, need_id)
    return read(text)


@command
def define_indicators(*, actor: Actor, need_id: UUID, rows: Sequence[Mapping[str, Any]]) -> list[NeedIndicator]:
    """Add several targets at once, all or none; a wrong field is named as `rows.<n>.<field>` (R014, R015)."""
    need = policy.fetch_for_update(actor, "needs.define_indicator", Need, need_id)
    services.still_editable(need)
    checks.guard("needs.define_indicator", need)
    if not rows:
        raise Invalid(_("Choose at least one row."), field="rows")
    if len(rows) > MOST_ROWS:
        raise Invalid(_("At most %(n)s rows at once.") % {"n": MOST_ROWS}, field="rows")
    made: list[NeedIndicator] = []
    wrong: dict[str, list[str]] = {}
    for at, fields in enumerate(rows):
        try:
            made.append(services.write_indicator(actor, need, fields))
        except Invalid as refused:
            for name, sentences in (refused.fields or {"": [str(refused.message)]}).items():
                wrong[f"rows.{at}.{name}" if name else f"rows.{at}"] = sentences
    if wrong:
        raise Invalid(_("Some rows are not measurable yet; nothing was added."), fields=wrong, code="not_measurable")
    services.indicators_changed(need)
    return made


@command
def edit_indicator(*, actor: Actor, need_id: UUID, specification_id: UUID, **fields: Any) -> NeedIndicator:
    """Change a target: its next version, which nobody has signed yet (R013)."""
    need = policy.fetch_for_update(actor, "needs.edit_indicator", Need, need_id)
    services.still_editable(need)
    old = _specification(need, specification_id)
    row = services.write_indicator(actor, need, fields, old=old)
    services.indicators_changed(need)
    return row


@command
def remove_indicator(*, actor: Actor, need_id: UUID, specification_id: UUID) -> Need:
    """Take a target out of the draft version."""
    need = policy.fetch_for_update(actor, "needs.remove_indicator", Need, need_id)
    services.still_editable(need)
    old = _specification(need, specification_id)
    services.remove_specification(need, old)
    services.indicators_changed(need)
    book.record(actor, "remove_indicator", need, before={"indicator": old.name})
    return need


@command
def invite_definer(*, actor: Actor, need_id: UUID, organisation: UUID | str, role_label: str = "") -> Definer:
    """Invite a partner to define the indicators together (R013)."""
    need = policy.fetch_for_update(actor, "needs.invite_definer", Need, need_id)
    services.still_editable(need)
    partner = policy.visible_to(actor, Organisation).filter(pk=organisation).first()
    if partner is None or not partner.is_verified:
        raise Invalid(_("Choose a verified organisation."), field="organisation")
    if partner.pk == need.owner_id:
        raise Invalid(_("The owner defines anyway; choose a partner."), field="organisation")
    if Definer.objects.filter(need=need, organisation=partner).exists():
        raise Invalid(_("This partner is invited already."), field="organisation")
    row = Definer.objects.create(
        need=need, organisation=partner, role_label=role_label.strip(), invited_by=actor.person
    )
    inbox.notify(
        kind="definer_invited", title=gettext_noop("%(owner)s invites you to define the indicators of “%(need)s”"),
        params={"owner": need.owner.name, "need": need.title}, to=partner, obj=need, link=services.need_link(need),
    )  # fmt: skip
    _settle(need)
    book.record(actor, "invite_definer", need, after={"organisation": str(partner), "part": role_label})
    return row


@command
def decline_definition(*, actor: Actor, need_id: UUID, reason: str = "") -> Definer:
    """Leave the co-definition; the need goes on without the party's signature."""
    need = policy.fetch_for_update(actor, "needs.decline_definition", Need, need_id)
    services.still_editable(need)
    row = Definer.objects.select_for_update().get(need=need, organisation=actor.organisation)
    row.state, row.decline_reason = DEFINER.after(row.state, "decline_definition"), reason.strip()
    row.save(update_fields=["state", "decline_reason"])
    inbox.close_tasks(key=f"sign_indicator:{need.pk}:{actor.organisation_id}")
    _settle(need)
    book.record(actor, "decline_definition", need, reason=reason)
    return row


@command
def comment_indicator(*, actor: Actor, need_id: UUID, specification_id: UUID, text: str) -> IndicatorComment:
    """Say something about an indicator to everyone who defines it."""
    need = policy.fetch_for_update(actor, "needs.comment_indicator", Need, need_id)
    specification = _specification(need, specification_id)
    if not text.strip():
        raise Invalid(_("Write a comment."), field="text")
    row = IndicatorComment.objects.create(
        need=need,
        indicator=specification.indicator,
        organisation=actor.organisation,
        person=actor.person,
        text=text.strip(),
    )
    book.record(actor, "comment_indicator", need, after={"indicator": specification.name, "text": text.strip()})
    return row


@command
def issue_version(*, actor: Actor, need_id: UUID, note: str = "") -> NeedVersion:
    """Issue the draft version: it changes no more, and the issue is the owner's own signature on every row (R013)."""
    need = policy.fetch_for_update(actor, "needs.issue_version", Need, need_id)
    version = current_version(need)
    rows = specifications_in(version)
    if version is None or not rows:
        raise Invalid(
            _("There is no indicator to issue yet."), code="no_indicator",
            missing=[Missing(_("At least one indicator"), str(need.owner), services.need_link(need))],
        )  # fmt: skip
    if version.issued_at is not None:
        raise WrongState(_("This version is issued already; change an indicator to begin the next one."))
    need.state = NEED.after(need.state, "issue_version")
    version.note, version.issued_by, version.issued_at = note.strip(), actor.person, clock.now()
    version.save(update_fields=["note", "issued_by", "issued_at"])
    for specification in rows:
        services.sign(need, specification, actor, SignatureVerdict.SIGNED)
    _settle(need)
    services.index_need(need)
    duplicate.compare_soon(need)
    book.record(
        actor, "issue_version", need, reason=note,
        after={"version": version.number, "indicators": {one.name: one.target_text for one in rows}},
    )  # fmt: skip
    return version


@command
def sign_indicator(*, actor: Actor, need_id: UUID, specification_id: UUID) -> IndicatorSignature:
    """Sign one indicator of the issued version for one's organisation (R013)."""
    return _stand(actor, need_id, specification_id, SignatureVerdict.SIGNED, "")


@command
def refuse_indicator(*, actor: Actor, need_id: UUID, specification_id: UUID, reason: str) -> IndicatorSignature:
    """Refuse one indicator, with the reason the owner needs for the next version (R013)."""
    if not reason.strip():
        raise Invalid(_("Say what keeps you from signing, so that the owner can mend it."), field="reason")
    return _stand(actor, need_id, specification_id, SignatureVerdict.REFUSED, reason.strip())


@command
def publish_need(*, actor: Actor, need_id: UUID) -> Need:
    """Publish a co-defined need; an unsigned indicator stands in the way (R013)."""
    need = policy.fetch_for_update(actor, "needs.publish_need", Need, need_id)
    checks.guard("needs.publish_need", need)
    need.state = NEED.after(need.state, "publish_need")
    need.published_at = need.confirmed_at = clock.now()
    if need.review_on is None or need.review_on <= clock.today():
        need.review_on = next_review(need.chain_id)
    need.touch()
    need.save()
    services.index_need(need)
    duplicate.compare_soon(need)
    book.record(actor, "publish_need", need)
    outbox.publish(NeedPublished(need_id=need.pk, chain_id=need.chain_id))
    return need


@command
def confirm_need(*, actor: Actor, need_id: UUID, review_on: Any = None) -> Need:
    """Confirm that the need still stands, and when it is looked at next (R021)."""
    need = policy.fetch_for_update(actor, "needs.confirm_need", Need, need_id)
    if review_on is not None and review_on <= clock.today():
        raise Invalid(_("The next review lies in the future."), field="review_on")
    services.still_alive(need)
    before = {"review_on": need.review_on, "stale_at": need.stale_at, "dormant_at": need.dormant_at}
    settle_review(need, review_on)
    need.touch()
    need.save()
    services.index_need(need)
    book.record(actor, "confirm_need", need, before=before, after={"review_on": need.review_on})
    return need


@command
def withdraw_need(*, actor: Actor, need_id: UUID, reason: str) -> Need:
    """Withdraw a need, with the reason; its history stays."""
    need = policy.fetch_for_update(actor, "needs.withdraw_need", Need, need_id)
    if not reason.strip():
        raise Invalid(_("Say why the need is withdrawn."), field="reason")
    need.state, need.state_reason = NEED.after(need.state, "withdraw_need"), reason.strip()
    need.closed_at = clock.now()
    need.touch()
    need.save()
    inbox.cancel_tasks(obj=need, kind="sign_indicator")
    inbox.cancel_tasks(obj=need, kind="confirm_need")
    services.index_need(need)
    book.record(actor, "withdraw_need", need, reason=reason)
    return need


@command
def close_need(
    *, actor: Actor, need_id: UUID, outcome: str, measurements: Sequence[Mapping[str, Any]] = (), reason: str = ""
) -> Need:
    """Close a published need as met or partly met, on measured values for every must-have indicator (R008)."""
    need = policy.fetch_for_update(actor, "needs.close_need", Need, need_id)
    if outcome not in (NeedState.MET, NeedState.PARTLY_MET):
        raise Invalid(_("Close the need as met or as partly met."), field="outcome")
    state = NEED.after(need.state, "close_as_met" if outcome == NeedState.MET else "close_as_partly_met")
    services.record_measurements(need=need, actor=actor, rows=measurements)
    summary, empty = services.closing_summary(need)
    if empty:
        owner, link = str(need.owner), services.need_link(need)
        raise Invalid(
            _("A measured value is missing for: %(names)s.") % {"names": "、".join(str(one) for one in empty)},
            code="not_measured", field="measurements",
            missing=[Missing(_("A measured value of “%(name)s”") % {"name": one}, owner, link) for one in empty],
        )  # fmt: skip
    if outcome == NeedState.MET and not summary.must_all_met:
        raise Invalid(
            _("A must-have indicator is missed; the need can only be closed as partly met."), code="only_partly_met",
            field="outcome",
        )  # fmt: skip
    need.state, need.closed_at, need.state_reason = state, clock.now(), reason.strip()
    need.touch()
    need.save()
    inbox.close_tasks(obj=need, kind="close_need")
    inbox.cancel_tasks(obj=need, kind="confirm_need")
    services.index_need(need)
    book.record(
        actor, "close_need", need, reason=reason,
        after={"outcome": str(outcome), "met": summary.met, "missed": summary.missed, "not_measured": summary.not_measured},
    )  # fmt: skip
    outbox.publish(NeedClosed(need_id=need.pk, outcome=str(outcome)))
    return need


def _stand(actor: Actor, need_id: UUID, specification_id: UUID, verdict: str, reason: str) -> IndicatorSignature:
    rule = "needs.sign_indicator" if verdict == SignatureVerdict.SIGNED else "needs.refuse_indicator"
    need = policy.fetch_for_update(actor, rule, Need, need_id)
    if need.state not in (NeedState.DEFINING, NeedState.DEFINED):
        raise WrongState(_("The indicators can be signed once the owner has issued a version, until publication."))
    specification = next(
        (one for one in specifications_in(issued_version(need)) if str(one.pk) == str(specification_id)), None
    )
    if specification is None:
        raise Invalid(_("This indicator is not part of the issued version; reload the page."), field="specification")
    row = services.sign(need, specification, actor, verdict, reason)
    if verdict == SignatureVerdict.REFUSED:
        inbox.notify(
            kind="indicator_refused", title=gettext_noop("%(party)s refuses “%(indicator)s” of “%(need)s”"), body=reason,
            params={"party": str(actor.organisation), "indicator": specification.name, "need": need.title}, to=need.owner,
            obj=need, link=services.need_link(need),
        )  # fmt: skip
    _settle(need)
    operation = "sign_indicator" if verdict == SignatureVerdict.SIGNED else "refuse_indicator"
    book.record(
        actor,
        operation,
        need,
        reason=reason,
        after={"indicator": specification.name, "target": specification.target_text},
    )
    return row


def _settle(need: Need) -> None:
    services.settle_signatures(need)
    need.touch()
    need.save()


def _specification(need: Need, specification_id: UUID) -> Specification:
    found = {str(one.pk): one for version in need.versions.all() for one in specifications_in(version)}
    if str(specification_id) not in found:
        raise Invalid(_("This indicator does not belong to the need."), field="specification")
    return found[str(specification_id)]

"""Writes on needs that ask no permission."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from chains.models import ChainNode
from core import book, clock
from core.accounts.actor import Actor
from core.accounts.models import REGION_CODE, Organisation
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from core.indicators import services as indicators
from core.indicators.engine import Summary, compare_all
from core.indicators.models import Measurement, Specification
from core.search import services as search
from needs.models.need import Definer, IndicatorSignature, Need, NeedChain, NeedIndicator, NeedVersion
from needs.queries.freshness import next_review
from needs.queries.need import current_version, issued_version, signature_matrix, specifications_in
from needs.states.need import (
    ALIVE,
    DEFINER,
    EDITABLE,
    LISTED,
    NEED,
    OFFERED,
    OPEN_TO_MEMBERS,
    DefinerState,
    DemandSide,
    NeedState,
    SignatureVerdict,
)

OWN_CHAIN = gettext_lazy("Choose nodes of other chains; the need's own chain is named already.")
NOT_EDITABLE = gettext_lazy("A need changes only before it is published.")
EDITABLE_FIELDS = (
    "title", "title_en", "pain_point", "affected_users", "demand_side", "key_technologies", "expected_results", "keywords",
    "constraints", "field", "region_code", "budget", "starts_on", "deadline_on", "review_on", "confidentiality",
)  # fmt: skip


def need_link(need: Need | UUID) -> str:
    return reverse("needs:need", args=[need.pk if isinstance(need, Need) else need])


def next_codes(many: int) -> list[str]:
    """The numbers of new needs: N, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_need_number') FROM generate_series(1, %s)", [many])
        numbers = [number for (number,) in cursor.fetchall()]
    return [f"N-{clock.today().year}-{number:04d}" for number in numbers]


def create_need(*, owner: Organisation, actor: Actor, node_id: UUID | str | None, fields: Mapping[str, Any]) -> Need:
    """A draft need; raises Invalid beside each field. The demand side and the chain node are mandatory (R002)."""
    node = ChainNode.objects.select_related("chain").filter(pk=node_id).first() if node_id else None
    return create_needs(owner=owner, actor=actor, rows=[(node, fields)])[0]


def create_needs(
    *, owner: Organisation, actor: Actor, rows: Sequence[tuple[ChainNode | None, Mapping[str, Any]]]
) -> list[Need]:
    """Draft needs, each at its node, with as many statements for a thousand as for one; raises Invalid for the first that is wrong."""
    reviews: dict[UUID, dt.date] = {}
    made = []
    for node, fields in rows:
        need = Need(owner=owner, author=actor.person, code="")
        wrong = set_fields(need, fields)
        if node is None:
            wrong["node"] = [_("Choose the chain node that the need belongs to.")]
        refuse(wrong)
        assert node is not None
        need.node, need.chain = node, node.chain
        if need.review_on is None:
            if node.chain_id not in reviews:
                reviews[node.chain_id] = next_review(node.chain_id)
            need.review_on = reviews[node.chain_id]
        made.append(need)
    for need, code in zip(made, next_codes(len(made)), strict=True):
        need.code = code
    Need.objects.bulk_create(made)
    chains = {need.pk: [str(need.chain_id)] for need in made}
    for need, (_node, fields) in zip(made, rows, strict=True):
        if fields.get("other_nodes"):
            set_other_nodes(need, fields["other_nodes"])
            chains[need.pk] = chain_ids(need)
    search.index_all(document_of(need, chains[need.pk]) for need in made)
    return made


def set_fields(need: Need, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put the given fields on the need; returns what is wrong, by field."""
    for name in EDITABLE_FIELDS:
        if name in fields:
            value = fields[name]
            setattr(need, name, value.strip() if isinstance(value, str) else value)
    wrong: dict[str, list[Any]] = {}
    if not need.title:
        wrong["title"] = [_("Give the need a title.")]
    if not need.pain_point:
        wrong["pain_point"] = [_("Say in plain words what hurts; the technical indicators come after.")]
    if need.demand_side not in DemandSide.values:
        wrong["demand_side"] = [_("Choose the demand side: R&D, production, supply chain or service.")]
    if need.confidentiality not in dict(OFFERED):
        wrong["confidentiality"] = [_("Choose who may read it.")]
    if not re.fullmatch(REGION_CODE, need.region_code):
        wrong["region_code"] = [_("Six digits, such as 330100.")]
    if need.starts_on and need.deadline_on and need.starts_on > need.deadline_on:
        wrong["deadline_on"] = [_("The end lies before the start.")]
    if need.budget is not None and need.budget <= 0:
        wrong["budget"] = [_("Give an amount above zero, or leave it empty.")]
    return wrong


def set_other_nodes(need: Need, node_ids: Sequence[UUID | str]) -> list[ChainNode]:
    """Let the need belong to nodes of other chains as well, to these and no others; gives them (R121)."""
    wanted = {str(pk) for pk in node_ids}
    nodes = list(ChainNode.objects.filter(pk__in=wanted).select_related("chain"))
    if len(nodes) != len(wanted):
        raise Invalid(_("One of these chain nodes does not exist."), field="other_nodes")
    if any(one.chain_id == need.chain_id for one in nodes):
        raise Invalid(OWN_CHAIN, field="other_nodes")
    need.more_chains.exclude(node__in=nodes).delete()
    NeedChain.objects.bulk_create(
        [NeedChain(need=need, chain=one.chain, node=one) for one in nodes], ignore_conflicts=True
    )
    return nodes


def refuse(wrong: Mapping[str, Sequence[Any]]) -> None:
    """Raise Invalid with everything wrong, if anything is."""
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)


def draft_version(need: Need) -> NeedVersion:
    """The version that may be changed: the present draft, or a new one that begins with the issued rows."""
    present = current_version(need)
    if present is not None and present.issued_at is None:
        return present
    fresh = NeedVersion.objects.create(need=need, number=need.current_version + 1)
    if present is not None:
        rows = present.indicators.order_by("position")
        NeedIndicator.objects.bulk_create(
            NeedIndicator(version=fresh, specification_id=row.specification_id, position=row.position) for row in rows
        )
    need.current_version = fresh.number
    return fresh


def still_editable(need: Need) -> None:
    """Nothing, or the refusal to change a need that was published or ended."""
    if need.state not in EDITABLE:
        raise WrongState(str(NOT_EDITABLE))


def still_alive(need: Need) -> None:
    """Nothing, or the refusal to touch a need that was met, withdrawn or merged."""
    if need.state not in ALIVE:
        raise WrongState(_("This need has ended: %(state)s.") % {"state": need.get_state_display()})


def edit_words(actor: Actor, need: Need, changes: Mapping[str, Any], **source: Any) -> None:
    """Change the words of a need before it is published, with its entry in the book; `source` says where they came from."""
    still_editable(need)
    before = {name: getattr(need, name) for name in changes if name in EDITABLE_FIELDS}
    refuse(set_fields(need, changes))
    if "other_nodes" in changes:
        before["other_nodes"] = [str(one) for one in need.more_chains.select_related("chain", "node")]
        source["other_nodes"] = [str(one) for one in set_other_nodes(need, changes["other_nodes"])]
    need.touch()
    need.save()
    index_need(need)
    book.record(
        actor,
        "edit_need",
        need,
        before=before,
        after={name: changes[name] for name in before if name in EDITABLE_FIELDS} | source,
    )


def write_indicator(
    actor: Actor, need: Need, fields: Mapping[str, Any], *, old: Specification | None = None, **source: Any
) -> NeedIndicator:
    """Define an indicator, or change `old`, in the draft version, with its entry in the book.

    Whoever wrote the last of them calls `indicators_changed`.
    """
    row = replace_specification(need, old, fields) if old else add_specification(need, fields)
    book.record(
        actor, "edit_indicator" if old else "define_indicator", need,
        before={"indicator": old.name, "target": old.target_text} if old else {},
        after={"indicator": row.specification.name, "target": row.specification.target_text, **source},
    )  # fmt: skip
    return row


def add_specification(need: Need, fields: Mapping[str, Any]) -> NeedIndicator:
    """A new indicator in the draft version."""
    version = draft_version(need)
    _refuse_taken_name(version, fields)
    specification = indicators.define(fields=fields, created_by=need.owner)
    last = version.indicators.order_by("-position").first()
    return NeedIndicator.objects.create(
        version=version, specification=specification, position=(last.position + 1) if last else 0
    )


def replace_specification(need: Need, specification: Specification, fields: Mapping[str, Any]) -> NeedIndicator:
    """The next version of an indicator, in its old place of the draft version."""
    row = _row_in_draft(need, specification)
    _refuse_taken_name(row.version, fields, but=row)
    row.specification = indicators.define(fields=fields, created_by=need.owner, indicator=specification.indicator)
    row.save(update_fields=["specification"])
    return row


def indicators_changed(need: Need) -> None:
    """After a change of its rows: nobody's signatures make it defined any more."""
    if need.state == NeedState.DEFINED:
        need.state = NEED.after(need.state, "reopen_definition")
    need.touch()
    need.save()
    index_need(need)


def remove_specification(need: Need, specification: Specification) -> None:
    """Take an indicator out of the draft version; issued versions keep it."""
    _row_in_draft(need, specification).delete()


def _refuse_taken_name(version: NeedVersion, fields: Mapping[str, Any], *, but: NeedIndicator | None = None) -> None:
    """A version holds each name once, whatever its width, case and spaces: readers and files tell its indicators apart by it."""
    name = indicators.name_key(fields.get("name"))
    others = version.indicators.values_list("pk", "specification__name")
    if name and any(pk != (but and but.pk) and indicators.name_key(taken) == name for pk, taken in others):
        raise Invalid(
            _("This need has an indicator of this name already; change that one, or choose another name."),
            field="name", code="name_taken",
        )  # fmt: skip


def _row_in_draft(need: Need, specification: Specification) -> NeedIndicator:
    row = draft_version(need).indicators.filter(specification=specification).first()
    if row is None:
        raise Invalid(_("This indicator is not part of the present version; reload the page."), field="specification")
    return row


def sign(need: Need, specification: Specification, actor: Actor, verdict: str, reason: str = "") -> IndicatorSignature:
    """Record a party's stand on a specification; a later one replaces it until the need is published."""
    assert actor.organisation is not None
    row, _fresh = IndicatorSignature.objects.update_or_create(
        need=need, specification=specification, organisation=actor.organisation,
        defaults={"person": actor.person, "verdict": verdict, "reason": reason, "at": clock.now()},
    )  # fmt: skip
    definer = Definer.objects.select_for_update().filter(need=need, organisation=actor.organisation).first()
    if definer is not None:
        definer.state = DEFINER.after(definer.state, "accept")
        definer.save(update_fields=["state"])
    return row


def settle_signatures(need: Need) -> None:
    """Move the need to where its signatures put it, and open or close the parties' tasks."""
    version = issued_version(need)
    newest = current_version(need)
    matrix = signature_matrix(need, version)
    whole = matrix.is_complete and version is not None and newest is not None and newest.pk == version.pk
    if need.state == NeedState.DEFINING and whole and version is not None:
        need.state = NEED.after(need.state, "complete_signatures")
        inbox.notify(
            kind="need_defined", title=gettext_noop("“%(need)s” is co-defined by all parties"), params={"need": need.title},
            to=[need.owner, *matrix.parties], obj=need, link=need_link(need), key=f"defined:{need.pk}:{version.number}",
        )  # fmt: skip
    elif need.state == NeedState.DEFINED and not whole:
        need.state = NEED.after(need.state, "reopen_definition")
    waiting = {organisation.pk for _spec, organisation, verdict in matrix.open_cells if not verdict}
    for party in matrix.parties:
        if party.pk == need.owner_id:
            continue
        key = f"sign_indicator:{need.pk}:{party.pk}"
        if party.pk in waiting and need.state == NeedState.DEFINING:
            inbox.open_task(
                kind="sign_indicator", title=gettext_noop("Sign or refuse the indicators of “%(need)s”"),
                params={"need": need.title}, why=gettext_noop("Your organisation defines them together with the owner"),
                organisation=party, role="signatory", obj=need, link=need_link(need), key=key,
            )  # fmt: skip
        else:
            inbox.close_tasks(key=key)


def need_specifications(need: Need) -> list[Specification]:
    """The specifications of the newest issued version."""
    return specifications_in(issued_version(need))


def record_measurements(*, need: Need, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, Measurement]:
    """Record measured values of a need's indicators; rows hold `specification` (id) and the fields of a measurement.

    Raises Invalid naming row and field. Gives the measurements by specification id.
    """
    known = {str(one.pk): one for one in need_specifications(need)}
    wrong: dict[str, list[Any]] = {}
    made: dict[UUID, Measurement] = {}
    for number, row in enumerate(rows):
        specification = known.get(str(row.get("specification")))
        if specification is None:
            wrong[f"measurements.{number}.specification"] = [_("This indicator does not belong to the need.")]
            continue
        try:
            made[specification.pk] = indicators.measure(
                specification=specification, actor=actor, fields=row, subject=need
            )
        except Invalid as refused:
            for name, texts in (refused.fields or {"value": [str(refused.message)]}).items():
                wrong[f"measurements.{number}.{name}"] = list(texts)
    refuse(wrong)
    return made


def closing_summary(need: Need) -> tuple[Summary, list[Specification]]:
    """The verdicts of the newest measurements, and the must-have indicators that have none (R008)."""
    specifications = need_specifications(need)
    newest = indicators.latest(specifications, need.pk)
    values = {pk: row.to_value() for pk, row in newest.items()}
    summary = compare_all((one.to_spec(), values.get(one.pk)) for one in specifications)
    empty = [one for one in specifications if one.is_must and (one.pk not in values or values[one.pk].is_empty)]
    return summary, empty


def index_need(need: Need) -> None:
    """Refresh the search document; only published needs are found by others."""
    invited = need.definers.exclude(state=DefinerState.DECLINED).select_related("organisation")
    names = " ".join(str(one.name) for one in specifications_in(current_version(need)))
    search.index_all([document_of(need, chain_ids(need), [one.organisation for one in invited], names)])


def document_of(
    need: Need, chains: Sequence[str], definers: Sequence[Organisation] = (), names: str = ""
) -> search.Wanted:
    """What search knows of the need; a new one has no definers and no indicators yet."""
    open_to_all = need.state in LISTED and need.confidentiality in OPEN_TO_MEMBERS
    words = [
        need.title_en, need.pain_point, need.affected_users, need.key_technologies, need.expected_results, need.keywords,
        need.constraints, need.field, names,
    ]  # fmt: skip
    return search.Wanted(
        need, title=f"{need.code} {need.title}", room="needs", kind="need", link=need_link(need), organisation=need.owner,
        text=" ".join(filter(None, words)), visibility="members" if open_to_all else "restricted", parties=[need.owner, *definers],
        facets={"chain": str(need.chain_id), "chains": chains, "node": str(need.node_id), "side": need.demand_side,
                "state": need.state, "region": need.region_code, "field": need.field, "is_dormant": need.dormant_at is not None},
    )  # fmt: skip


def chain_ids(need: Need) -> list[str]:
    """The ids of every chain that the need belongs to, its own first."""
    others = need.more_chains.exclude(chain=need.chain_id).order_by("created_at").values_list("chain_id", flat=True)
    return [str(need.chain_id), *dict.fromkeys(str(one) for one in others)]


__all__ = [
    "SignatureVerdict", "closing_summary", "create_need", "create_needs", "draft_version", "edit_words", "index_need", "need_link",
    "need_specifications", "record_measurements", "refuse", "remove_specification", "set_fields", "settle_signatures", "sign",
    "write_indicator",
]  # fmt: skip

"""Writes on results and capabilities that ask no permission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from chains.models import ChainNode
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid, WrongState
from core.files.values import is_one_word
from core.indicators import services as indicators
from core.indicators.kinds import Direction, Kind, Operator
from core.indicators.models import Measurement, Specification
from core.search import services as search
from core.search.models import Visibility
from needs.models.need import Need
from needs.models.outcome import Application
from needs.models.result import Capability, Result, ResultValue
from needs.queries.need import needs_visible_to
from needs.queries.origins import our_projects
from needs.queries.public import application_visibility, kept_back, result_visibility
from needs.queries.result import chains_of, specifications_of
from needs.services.need import need_specifications, refuse
from needs.states.need import OFFERED, DemandSide
from needs.states.outcome import APPLIED, ApplicationState
from needs.states.result import CapabilityState, FitPart, ResultState

FIT_FIELDS = tuple(f"fit_{part}" for part in FitPart.values)
SCORES = ("advancement", *FIT_FIELDS)
RESULT_FIELDS = ("title", "title_en", "text", "demand_side", "field", "trl", *SCORES, "scores_basis", "confidentiality")
CAPABILITY_FIELDS = ("title", "title_en", "team", "text", "tags", "field")
MOST_TAGS, TAG_LENGTH = 20, 40


def result_link(result: Result | UUID) -> str:
    return reverse("needs:result", args=[result.pk if isinstance(result, Result) else result])


def next_result_code() -> str:
    """The number of a new result: R, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_result_number')")
        number = cursor.fetchone()[0]
    return f"R-{clock.today().year}-{number:04d}"


def create_result(*, owner: Organisation, actor: Actor, fields: Mapping[str, Any]) -> Result:
    """A draft of a result; raises Invalid beside each field."""
    result = Result(owner=owner, author=actor.person)
    nodes, wrong = set_result_fields(actor, result, fields)
    refuse(wrong)
    result.code = next_result_code()
    result.save()
    result.nodes.set(nodes or [])
    index_result(result)
    return result


def change_result(actor: Actor, result: Result, changes: Mapping[str, Any]) -> None:
    """Change what is said of a result; one that was withdrawn stays as it was."""
    if result.state == ResultState.WITHDRAWN:
        raise WrongState(_("This result was withdrawn and changes no more."))
    nodes, wrong = set_result_fields(actor, result, changes)
    refuse(wrong)
    result.touch()
    result.save()
    if nodes is not None:
        result.nodes.set(nodes)
    index_result(result)


def set_result_fields(
    actor: Actor, result: Result, fields: Mapping[str, Any]
) -> tuple[list[ChainNode] | None, dict[str, list[Any]]]:
    """Put the given fields on the result; gives its nodes (None while they stay) and what is wrong, by field."""
    for name in RESULT_FIELDS:
        if name in fields:
            value = fields[name]
            setattr(result, name, value.strip() if isinstance(value, str) else value)
    wrong: dict[str, list[Any]] = {}
    if not result.title:
        wrong["title"] = [_("Give the result a title.")]
    if not result.text:
        wrong["text"] = [_("Say what the result is and what it is good for.")]
    if result.demand_side and result.demand_side not in DemandSide.values:
        wrong["demand_side"] = [_("Choose the demand side: R&D, production, supply chain or service.")]
    if result.confidentiality not in dict(OFFERED):
        wrong["confidentiality"] = [_("Choose who may read it.")]
    if result.trl is not None and not 1 <= result.trl <= 9:
        wrong["trl"] = [_("The readiness level is a number from 1 to 9.")]
    for name in SCORES:
        mark = getattr(result, name)
        if mark is not None and not 0 <= mark <= 100:
            wrong[name] = [_("A score lies between 0 and 100.")]
    if any(getattr(result, name) is not None for name in SCORES) and not result.scores_basis:
        wrong["scores_basis"] = [_("Say what the scores rest on: who judged, by which test or comparison.")]
    if not any(name in wrong for name in FIT_FIELDS):
        result.fit = mean_of([getattr(result, name) for name in FIT_FIELDS])
    nodes = _set_nodes(result, fields, wrong)
    _set_origin(actor, result, fields, wrong)
    return nodes, wrong


def mean_of(marks: Iterable[int | None]) -> Decimal | None:
    """The mean of the marks that were given; one that was not given does not move it."""
    given = [Decimal(mark) for mark in marks if mark is not None]
    return (sum(given, Decimal(0)) / len(given)).quantize(Decimal("0.01"), ROUND_HALF_UP) if given else None


def _set_nodes(result: Result, fields: Mapping[str, Any], wrong: dict[str, list[Any]]) -> list[ChainNode] | None:
    """The home node and the others; with one of the two given, the other stays."""
    fresh = result._state.adding
    if "node" in fields or fresh:
        wanted = fields.get("node")
        node = ChainNode.objects.select_related("chain").filter(pk=wanted).first() if wanted else None
        if node is None:
            wrong["node"] = [_("Choose the chain node that the result belongs to.")]
            return None
        result.node, result.chain = node, node.chain
    if "nodes" not in fields:
        if "node" not in fields:
            return None
        return _with_home(result, [] if fresh else list(result.nodes.all()))
    others = {str(one) for one in fields["nodes"] or []}
    found = list(ChainNode.objects.filter(pk__in=others))
    if len(found) != len(others):
        wrong["nodes"] = [_("One of these nodes does not exist.")]
    return _with_home(result, found)


def _with_home(result: Result, nodes: list[ChainNode]) -> list[ChainNode]:
    return nodes if any(one.pk == result.node_id for one in nodes) else [result.node, *nodes]


def _set_origin(actor: Actor, result: Result, fields: Mapping[str, Any], wrong: dict[str, list[Any]]) -> None:
    """Where it comes from: a need one may see, a project that one takes part in."""
    if "origin_need" in fields:
        wanted = fields["origin_need"] or None
        need = needs_visible_to(actor).filter(pk=wanted).first() if wanted else None
        if wanted and need is None and str(result.origin_need_id) != str(wanted):
            wrong["origin_need"] = [_("There is no such need, or you may not see it.")]
        elif not wanted or need is not None:
            result.origin_need = need
    if "origin_project" in fields:
        wanted = fields["origin_project"] or None
        known = {str(one.id): one.id for one in our_projects(actor)} if wanted else {}
        if wanted and str(wanted) not in known and str(result.origin_project_id) != str(wanted):
            wrong["origin_project"] = [_("Choose a project that your organisation takes part in.")]
        elif not wanted or str(wanted) in known:
            result.origin_project_id = known.get(str(wanted)) if wanted else None


def measurable(result: Result) -> list[Specification]:
    """What a value may be recorded against: indicators measured before, those of the need it answers, demands on it."""
    need: Need | None = result.origin_need
    asked = [row.specification for row in result.requirements.select_related("specification__indicator")]
    every = [*specifications_of(result), *(need_specifications(need) if need else []), *asked]
    return list({one.pk: one for one in every}.values())


def record_value(
    *, result: Result, actor: Actor, specification: UUID | str | None, fields: Mapping[str, Any]
) -> Measurement:
    """Record a measured value of a known indicator, or of a new one whose target is the value itself."""
    if specification:
        found = next((one for one in measurable(result) if str(one.pk) == str(specification)), None)
        if found is None:
            raise Invalid(_("This indicator belongs neither to the result nor to its need."), field="specification")
    else:
        taken = {indicators.name_key(one.name) for one in specifications_of(result)}
        if indicators.name_key(fields.get("name")) in taken:
            raise Invalid(
                _("The result has an indicator of this name already; choose it to record another value."),
                field="name", code="name_taken",
            )  # fmt: skip
        found = _own_specification(result, fields)
    made = indicators.measure(specification=found, actor=actor, fields=fields, subject=result)
    last = result.values_measured.order_by("-position").first()
    ResultValue.objects.get_or_create(
        result=result, specification=found, defaults={"position": last.position + 1 if last else 0}
    )
    index_result(result)
    return made


def _own_specification(result: Result, fields: Mapping[str, Any]) -> Specification:
    """What the result reaches, as a target that others can compare with: at least this value, or at most."""
    told: dict[str, Any] = {name: fields.get(name) or "" for name in ("name", "name_en", "unit", "method")}
    if fields.get("level"):
        told |= {"kind": Kind.LEVEL, "level": fields["level"], "level_scale": fields.get("level_scale") or []}
    elif fields.get("value") is None:
        raise Invalid(_("Give the measured value."), field="value")
    elif fields.get("direction") not in (Direction.HIGHER, Direction.LOWER):
        raise Invalid(_("Say whether higher or lower is better."), field="direction")
    else:
        is_higher = fields["direction"] == Direction.HIGHER
        told |= {
            "kind": Kind.THRESHOLD, "operator": Operator.GE if is_higher else Operator.LE, "target": fields["value"],
        }  # fmt: skip
    return indicators.define(fields=told | {"is_must": False}, created_by=result.owner)


def index_result(result: Result) -> None:
    """Refresh the search document and those of its uses; only published results are found by others."""
    visibility = result_visibility(result)
    hidden = set() if visibility != Visibility.PUBLIC else set(kept_back().values_list("specification", flat=True))
    names = " ".join(f"{one.name} {one.name_en}" for one in specifications_of(result) if one.pk not in hidden)
    nodes = " ".join(str(one.name) for one in result.nodes.all())
    users = Organisation.objects.filter(applications__in=result.applications.exclude(state=ApplicationState.WITHDRAWN))
    search.index(
        result, title=f"{result.code} {result.title}", room="needs", kind="result", link=result_link(result), organisation=result.owner,
        text=" ".join(filter(None, [result.title_en, result.text, result.field, names, nodes])),
        visibility=visibility, parties=[result.owner, *users],
        facets={"chain": str(result.chain_id), "chains": [str(one.pk) for one in chains_of(result)], "node": str(result.node_id),
                "side": result.demand_side, "state": result.state, "region": result.owner.region_code, "field": result.field},
    )  # fmt: skip
    for use in result.applications.select_related("node__chain", "user"):
        use.result = result
        index_application(use)


def index_application(row: Application) -> None:
    """Refresh the search document of a use of a result; one that was denied or withdrawn has none."""
    if row.state not in APPLIED:
        search.remove(row)
        return
    result, node = row.result, row.node
    search.index(
        row, title=f"{result.title} → {node}", text=f"{row.effect} {result.title_en} {result.code} {node.chain}", room="needs", kind="outcome",
        link=reverse("needs:application", args=[row.pk]), organisation=result.owner, visibility=application_visibility(row),
        parties=[result.owner, *([row.user] if row.user else [])], facets={"chain": str(node.chain_id), "node": str(node.pk)},
    )  # fmt: skip


def save_capability(actor: Actor, row: Capability, fields: Mapping[str, Any]) -> Capability:
    """Write a new capability or change one; raises Invalid beside each field."""
    if row.state == CapabilityState.WITHDRAWN:
        raise WrongState(_("This capability was withdrawn and changes no more."))
    fresh = row._state.adding
    for name in CAPABILITY_FIELDS:
        if name in fields:
            value = fields[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.tags = list(dict.fromkeys(str(tag).strip() for tag in row.tags or [] if str(tag).strip()))
    wrong: dict[str, list[Any]] = {}
    if not row.title:
        wrong["title"] = [_("Give the capability a title.")]
    if not row.text:
        wrong["text"] = [_("Say what the team is able to do.")]
    if len(row.tags) > MOST_TAGS or not all(is_one_word(tag) and len(tag) <= TAG_LENGTH for tag in row.tags):
        wrong["tags"] = [_("At most 20 tags of at most 40 characters, without commas.")]
    nodes: list[ChainNode] | None = None
    if fresh or "nodes" in fields:
        wanted = {str(one) for one in fields.get("nodes") or []}
        nodes = list(ChainNode.objects.filter(pk__in=wanted))
        if not wanted or len(nodes) != len(wanted):
            wrong["nodes"] = [_("Choose the chain nodes that it serves.")]
    refuse(wrong)
    if not fresh:
        row.touch()
    row.save()
    if nodes is not None:
        row.nodes.set(nodes)
    index_capability(row)
    return row


def index_capability(row: Capability) -> None:
    """Refresh the search document; one that was withdrawn is found by its owner alone."""
    nodes = list(row.nodes.all())
    first = nodes[0] if nodes else None
    search.index(
        row, title=row.title, room="needs", kind="capability", link=reverse("needs:capability", args=[row.pk]), organisation=row.owner,
        text=" ".join(filter(None, [row.title_en, row.team, row.text, row.field, *row.tags, *(one.name for one in nodes)])),
        visibility="members" if row.state == CapabilityState.PUBLISHED else "restricted", parties=[row.owner],
        facets={"chain": str(first.chain_id) if first else "", "chains": [str(one.pk) for one in chains_of(row)],
                "node": str(first.pk) if first else "", "side": "", "region": row.owner.region_code, "field": row.field},
    )  # fmt: skip

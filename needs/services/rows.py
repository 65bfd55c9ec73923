"""Needs and indicators as rows of a file: which columns, and what is wrong with a row before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chains.models import ChainNode
from core.accounts.actor import Actor
from core.errors import Invalid
from core.files import values
from core.files.imports import Field, Import, Line
from core.indicators import engine, units
from core.indicators import services as indicators
from core.indicators.kinds import ChangeIn, Claim, Kind, Operator
from core.indicators.models import Specification
from core.indicators.validation import NOTES_LENGTH
from needs.models import Need
from needs.queries.need import current_version, needs_visible_to, specifications_in
from needs.services.need import EDITABLE_FIELDS, NOT_EDITABLE, OWN_CHAIN, set_fields
from needs.states.need import EDITABLE, Confidentiality, DemandSide


def _check_needs(actor: Actor, target: Any, lines: list[Line]) -> None:
    """Each row as a draft, or as what becomes of the need whose number it carries.

    Its node must be known by its name, and by its chain's where two have the same.
    """
    known = _numbered(actor, lines)
    nodes: dict[str, list[ChainNode]] = {}
    for node in ChainNode.objects.select_related("chain"):
        for name in _names(node):
            nodes.setdefault(name, []).append(node)
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for line in lines:
        _find_node(line, nodes)
        _find_others(line, nodes)
        code = str(line.values.get("code", ""))
        need = known.get(code)
        if need and code in numbers:
            line.errors["code"] = [_now("Row %(row)d has this number already.") % {"row": numbers[code]}]
        elif need:
            _compare(line, need, is_own=actor.belongs_to(need.owner_id))
        elif code:
            line.notes.append(_now("you have no need of the number %(code)s; this row makes one") % {"code": code})
        numbers.setdefault(code, line.number)
        if line.verdict != "same":
            for name, told in set_fields(Need(), need_values(line)).items():
                line.errors.setdefault(name, [str(one) for one in told])
        if need:
            continue
        title = str(line.values.get("title", ""))
        if title in seen:
            line.notes.append(_now("row %(row)d has this title already") % {"row": seen[title]})
        elif title:
            seen[title] = line.number
    taken = dict(Need.objects.filter(owner=actor.organisation, title__in=seen).values_list("title", "code"))
    for line in lines:
        present = taken.get(str(line.values.get("title", "")))
        if present and line.values.get("code") not in known:
            line.notes.append(
                _now("you have a need of this title already (%(code)s); this row makes another") % {"code": present}
            )


def _numbered(actor: Actor, lines: list[Line]) -> dict[str, Need]:
    """The needs that the actor may see by those numbers that the rows carry."""
    codes = {str(line.values["code"]) for line in lines if "code" in line.values}
    rows = needs_visible_to(actor)
    return {one.code: one for one in rows.filter(code__in=codes).select_related("node").prefetch_related("more_chains")}


def _compare(line: Line, need: Need, *, is_own: bool) -> None:
    """Whether the row leaves its need as it is; what differs must be the actor's, and still open to change."""
    keeps_node = "node" in line.errors or line.values.get("node") == need.node
    line.verdict = "same" if keeps_node and not changes_of(line, need) else "changed"
    if line.verdict == "same":
        return
    if not is_own:
        line.errors["code"] = [_now("This need belongs to another organisation; only its owner changes it.")]
    elif need.state not in EDITABLE:
        line.errors["code"] = [str(NOT_EDITABLE)]
    elif not keeps_node:
        line.errors["node"] = [_now("A need keeps its node; post another need for another one.")]


def need_values(line: Line) -> dict[str, Any]:
    """What a row says of a need's own words."""
    said = {name: value for name, value in line.values.items() if name in EDITABLE_FIELDS}
    if "other_nodes" in line.values:
        said["other_nodes"] = [one.pk for one in line.values["other_nodes"]]
    return said


def changes_of(line: Line, need: Need) -> dict[str, Any]:
    """What a row would change; a column that the file has and the row leaves empty empties the field."""
    said: dict[str, Any] = dict.fromkeys(_MAY_BE_EMPTY & line.blank, "")
    said |= dict.fromkeys({"budget", "starts_on", "deadline_on"} & line.blank)
    said |= need_values(line)
    others = said.pop("other_nodes", [] if "other_nodes" in line.blank else None)
    changed = {
        name: value
        for name, value in said.items()
        if values.one_line_end(value) != values.one_line_end(getattr(need, name))
    }
    if others is not None and set(others) != {one.node_id for one in need.more_chains.all()}:
        changed["other_nodes"] = others
    return changed


# An empty choice says nothing: who may read it stays as it is.
_MAY_BE_EMPTY = {
    "affected_users", "constraints", "expected_results", "field", "key_technologies", "keywords", "region_code", "title_en",
}  # fmt: skip


def _names(row: Any) -> set[str]:
    """A row's names in both languages, as cells may hold them."""
    found = set()
    for language in ("zh-hans", "en"):
        with override(language):
            found.add(values.narrow(str(row)).casefold())
    return found


def _find_node(line: Line, nodes: Mapping[str, list[ChainNode]]) -> None:
    said = str(line.values.get("node", ""))
    if not said:
        return
    found = _named(nodes, said, str(line.values.get("chain", "")))
    if len(found) == 1:
        line.values["node"] = found[0]
    elif found:
        line.errors["node"] = [_now("Several chains have a node of this name; fill in the chain.")]
    else:
        line.errors["node"] = [_now("There is no chain node of this name.")]


def _named(nodes: Mapping[str, list[ChainNode]], name: str, chain: str) -> list[ChainNode]:
    """The nodes of a name, in the chain that is said or in any."""
    found = nodes.get(values.narrow(name).casefold(), [])
    chain = values.narrow(chain).casefold()
    return [one for one in found if chain in _names(one.chain)] if chain else found


def _find_others(line: Line, nodes: Mapping[str, list[ChainNode]]) -> None:
    """The nodes of other chains, each as `chain · node`, or by its name alone where that is enough."""
    known = []
    for said in line.values.get("other_nodes", []):
        chain, _dot, name = said.rpartition("·")
        found = _named(nodes, name.strip(), chain.strip())
        if len(found) != 1:
            line.errors["other_nodes"] = [
                _now("“%(said)s” is no single node; write it as chain · node.") % {"said": said}
            ]
            return
        known += found
    if "other_nodes" in line.values:
        line.values["other_nodes"] = known
        own = line.values.get("node")
        if isinstance(own, ChainNode) and any(one.chain_id == own.chain_id for one in known):
            line.errors["other_nodes"] = [str(OWN_CHAIN)]


def _choice(choices: type[TextChoices]) -> dict[str, Any]:
    """A column that holds one of the choices, by code or by its word, and shows the word."""
    return {"read": values.one_of(choices.choices), "shown": lambda code: choices(code).label if code else ""}


NEEDS = Import(
    "needs",
    _("Take needs in from a file"),
    [
        Field(
            "title",
            _("Title"),
            values.text(200),
            required=True,
            also=[_("Need")],
            example=_("Example: what is needed, in one line"),
            help=_("At most 200 characters."),
        ),
        Field(
            "pain_point",
            _("Pain point"),
            values.text(20_000),
            also=["痛点"],
            required=True,
            example=_("Example: what hurts, and how one notices it"),
            help=_("What hurts, in plain words; no technical indicator yet."),
        ),
        Field(
            "chain",
            _("Chain"),
            values.text(200),
            help=_("Only where two chains have a node of the same name."),
        ),
        Field(
            "node",
            _("Node"),
            values.text(200),
            required=True,
            also=["节点", _("Chain node")],
            example=_("Example: a node of the chain map"),
            help=_("A node of the chain map, by its name."),
        ),
        Field(
            "demand_side",
            _("Demand side"),
            **_choice(DemandSide),
            required=True,
            example=lambda: str(DemandSide.RD.label),
            help=_("R&D, production, supply chain or service."),
        ),
        Field(
            "affected_users",
            _("Affected users"),
            values.text(20_000),
            example=_("Example: those who work with it every day"),
            help=_("Who suffers from it."),
        ),
        Field(
            "key_technologies",
            _("Key technologies"),
            values.text(20_000),
            help=_("What has to be solved technically; the figures go into the indicator table."),
        ),
        Field(
            "expected_results",
            _("Expected results"),
            values.text(20_000),
            help=_("What is new about it, and what economy and society gain."),
        ),
        Field("keywords", _("Keywords"), values.text(200), help=_("Separated by commas.")),
        Field(
            "constraints", _("Constraints"), values.text(20_000), help=_("Process, equipment, cost, standard, time.")
        ),
        Field(
            "other_nodes",
            _("Nodes of other chains"),
            values.list_of_words,
            help=_("Where it concerns other chains as well: chain · node, several separated by semicolons."),
            shown=lambda nodes: "; ".join(f"{one.chain} · {one}" for one in nodes),
        ),
        Field("field", _("Technical field"), values.text(80), also=["领域", _("Field")]),
        Field("region_code", _("Region"), values.text(80), help=_("Six digits, such as 330100.")),
        Field(
            "budget",
            _("Budget"),
            values.amount,
            also=["预算"],
            example="85万",
            help=_("Yuan; 万 and 亿 are understood and shown before anything is written."),
        ),
        Field("starts_on", _("Work starts"), values.day, also=["需求起始日"]),
        Field(
            "deadline_on",
            _("Wanted by"),
            values.day,
            also=["期望完成日", "截止日期"],
            example="2027年6月30日",
            help=_("2027-06-30, 2027/6/30 or 2027年6月30日."),
        ),
        Field("title_en", _("English title"), values.text(200)),
        Field(
            "confidentiality",
            _("Who may read it"),
            **_choice(Confidentiality),
            example=lambda: str(Confidentiality.MEMBERS.label),
            help=_("Left empty: all members of the platform, once it is published."),
        ),
        Field(
            "code",
            _("Number"),
            values.text(80),
            help=_("Left empty for a new need; the number of a need of yours changes that one."),
        ),
    ],
    _check_needs,
)


def _check_indicators(actor: Actor, target: Any, lines: list[Line]) -> None:
    """Each row as a measurable target; a name that stands there already is that indicator's next version."""
    present = by_name(target)
    seen: dict[str, int] = {}
    for line in lines:
        spec = spec_values(line.values)
        if not line.errors:
            try:
                engine.validate(Specification(**spec).to_spec())
            except Invalid as wrong:
                line.errors |= wrong.fields
        name = indicators.name_key(line.values.get("name"))
        if name in seen:
            line.errors["name"] = [_now("Row %(row)d has this name already.") % {"row": seen[name]}]
        seen.setdefault(name, line.number)
        if old := present.get(name):
            line.verdict = "changed" if indicators.changed_fields(old, Specification(**spec)) else "same"


def by_name(need: Need) -> dict[str, Specification]:
    """The targets of a need's present version by the key of their names."""
    return {indicators.name_key(row.name): row for row in specifications_in(current_version(need))}


def spec_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as a specification keeps them: every field, cleaned, without what belongs to another kind."""
    found = {name: given.get(name) for name in indicators.FIELDS}
    for name, value in found.items():
        if value is None and name not in _NUMBERS:
            found[name] = _EMPTY.get(name, "")
    found["unit"], found["baseline_unit"] = (units.clean(str(found[name])) for name in ("unit", "baseline_unit"))
    fitting = indicators.fitting(found)
    return found | {name: None if name in _NUMBERS else _EMPTY.get(name, "") for name in found if name not in fitting}


_NUMBERS = ("target", "low", "high", "baseline_value", "factor")
_EMPTY: dict[str, Any] = {"level_scale": [], "is_must": True, "needs_sample": False, "change_in": str(ChangeIn.PERCENT)}

INDICATORS = Import(
    "indicators",
    _("Take indicators in from a file"),
    [
        Field(
            "name",
            _("Indicator"),
            values.text(120),
            required=True,
            example=_("Example: the name of the indicator"),
            help=_("A name that stands there already changes that indicator."),
        ),
        Field(
            "kind",
            _("How the target is written"),
            **_choice(Kind),
            also=["目标写法"],
            required=True,
            example=lambda: str(Kind.THRESHOLD.label),
            help=_("Threshold, range, change against a baseline, or level."),
        ),
        Field("operator", _("Operator"), **_choice(Operator), example="≤", help="≥ > ≤ < ="),
        Field(
            "target",
            _("Target"),
            values.number,
            also=["目标值"],
            example=Decimal("2.5"),
            help=_("For a change against a baseline: percent, such as 30 or −25."),
        ),
        Field("low", _("Lower end"), values.number),
        Field("high", _("Upper end"), values.number),
        Field("unit", _("Unit"), values.text(40), example="kg"),
        Field("level", _("Level"), values.text(40)),
        Field(
            "level_scale",
            _("All levels"),
            values.list_of_words,
            help=_("From lowest to highest, separated by commas: L0, L1, L2."),
        ),
        Field("baseline_value", _("Baseline"), values.number),
        Field("baseline_unit", _("Baseline's unit"), values.text(40)),
        Field("baseline_period", _("Baseline's period"), values.text(80)),
        Field("baseline_source", _("Baseline's source"), values.text(300)),
        Field("baseline_claim", _("Who says so"), **_choice(Claim)),
        Field(
            "change_in",
            _("Change counted in"),
            **_choice(ChangeIn),
            help=_("+10% of 60% is 66%; +10 percentage points is 70%."),
        ),
        Field("factor", _("Factor"), values.number, help=_("For multiples: ×2 or ×3, chosen, not guessed.")),
        Field("original_words", _("Original words"), values.text(120)),
        Field("method", _("Test method"), values.text(300), example=_("Example: the standard or the way it is tested")),
        Field("is_must", _("Must-have"), values.yes_no, example=True),
        Field("needs_sample", _("Comes from a survey and needs its sample size"), values.yes_no),
        Field("name_en", _("English name"), values.text(160)),
        Field("notes", _("Notes"), values.text(NOTES_LENGTH)),
    ],
    _check_indicators,
)

_CHOICES: dict[str, Any] = {"kind": Kind, "operator": Operator, "baseline_claim": Claim, "change_in": ChangeIn}


def indicator_rows(rows: Iterable[Specification]) -> list[dict[str, Any]]:
    """Specifications as the import reads them: states in words, quantities exact."""
    found = []
    for row in rows:
        shown: dict[str, Any] = {name: getattr(row, name) for name in indicators.FIELDS}
        for name, choices in _CHOICES.items():
            shown[name] = str(choices(shown[name]).label) if shown[name] else ""
        for name in _NUMBERS:
            shown[name] = None if shown[name] is None else shown[name].normalize()
        found.append(shown)
    return found

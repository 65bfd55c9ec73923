"""Defining targets, recording values, comparing versions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Model
from django.utils.translation import gettext as _

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid
from core.files.values import one_line_end
from core.indicators import engine, units
from core.indicators.kinds import Claim, Environment, Kind
from core.indicators.models import Indicator, Measurement, Specification
from core.indicators.validation import is_storable

# What makes two versions of a target different for whoever signed one of them.
FIELDS = (
    "name", "name_en", "kind", "operator", "target", "low", "high", "level", "level_scale", "unit", "baseline_value",
    "baseline_unit", "baseline_period", "baseline_source", "baseline_claim", "change_in", "factor", "original_words", "method", "is_must",
    "needs_sample", "notes",
)  # fmt: skip


def define(
    *, fields: Mapping[str, Any], created_by: Organisation | None, indicator: Indicator | None = None
) -> Specification:
    """A new specification, or the next version of `indicator`; raises Invalid naming each field that is missing (N1)."""
    values = {name: fields[name] for name in FIELDS if name in fields and fields[name] is not None}
    values["unit"] = units.clean(str(values.get("unit", "")))
    values["baseline_unit"] = units.clean(str(values.get("baseline_unit", "")))
    for name in ("name", "name_en", "method", "original_words", "baseline_period", "baseline_source"):
        values[name] = str(values.get(name, "")).strip()
    row = Specification(**fitting(values))
    spec = row.to_spec()
    engine.validate(spec)
    row.direction = engine.direction_of(spec)
    if indicator is None:
        indicator = Indicator.objects.create(created_by=created_by)
    last = Specification.objects.filter(indicator=indicator).aggregate(last=Max("number"))["last"] or 0
    row.indicator, row.number = indicator, last + 1
    row.save()
    return row


def fitting(values: dict[str, Any]) -> dict[str, Any]:
    """Without what belongs to another kind of target, so that no forgotten field says something else."""
    kind = values.get("kind")
    foreign = {
        Kind.THRESHOLD: ("low", "high", "level", "level_scale", "change_in", "factor"),
        Kind.RANGE: ("operator", "target", "level", "level_scale", "change_in", "factor"),
        Kind.LEVEL: ("operator", "target", "low", "high", "change_in", "factor", "unit"),
        Kind.RELATIVE: ("operator", "low", "high", "level", "level_scale"),
    }.get(Kind(kind) if kind in Kind.values else Kind.THRESHOLD, ())
    return {name: value for name, value in values.items() if name not in foreign}


def measure(
    *, specification: Specification, actor: Actor, fields: Mapping[str, Any], subject: Model | None = None
) -> Measurement:
    """Record a value; verified only where an organisation other than the recorder's vouches for it (N1, N8)."""
    names = {"value", "low", "high", "level", "unit", "uncertainty", "environment", "measured_on", "source", "sample_size",
             "claim", "verified_by", "evidence", "is_not_measured"}  # fmt: skip
    values = {name: value for name, value in fields.items() if name in names and value is not None}
    values["unit"] = units.clean(str(values.get("unit") or "")) or specification.unit
    row = Measurement(
        specification=specification, recorded_by=actor.person, organisation=actor.organisation,
        subject_type=subject._meta.label_lower if subject else "", subject_id=subject.pk if subject else None, **values,
    )  # fmt: skip
    _check(row)
    row.save()
    return row


def _check(row: Measurement) -> None:
    wrong: dict[str, list[str]] = {}
    spec, value = row.specification.to_spec(), row.to_value()
    for name in ("value", "low", "high", "uncertainty"):
        number = getattr(row, name)
        if number is not None and not is_storable(number):
            wrong[name] = [_("This number is out of reach: at most 18 digits before the point and 12 after it.")]
    if not wrong and row.low is not None and row.high is not None and row.low > row.high:
        wrong["high"] = [_("The upper end lies below the lower end.")]
    if value.is_empty and not row.is_not_measured:
        wrong["level" if spec.kind == Kind.LEVEL else "value"] = [_("Give a value, or say that it was not measured.")]
    if not value.is_empty:
        if spec.kind == Kind.LEVEL and row.level not in spec.level_scale:
            wrong["level"] = [_("The level is not on the scale.")]
        elif spec.kind != Kind.LEVEL and not units.comparable(row.unit, spec.unit):
            wrong["unit"] = [
                _("%(unit)s cannot be compared with %(wanted)s")
                % {"unit": row.unit, "wanted": spec.unit or _("no unit")}
            ]
    if row.environment and row.environment not in Environment.values:
        wrong["environment"] = [_("Unknown environment.")]
    if row.claim not in Claim.values:
        wrong["claim"] = [_("Say whether the value is self-declared or verified.")]
    if row.claim == Claim.VERIFIED and row.verified_by_id is None:
        wrong["verified_by"] = [_("Say which organisation verified the value.")]
    if "uncertainty" not in wrong and row.uncertainty is not None and row.uncertainty < 0:
        wrong["uncertainty"] = [_("An uncertainty is not below zero.")]
    if row.measured_on is not None and row.measured_on > clock.today():
        wrong["measured_on"] = [_("This day is still to come.")]
    if wrong:
        raise Invalid(_("The value cannot be recorded yet."), fields=wrong)


@dataclass(frozen=True)
class Difference:
    """One line of a version difference: kind (added, removed, changed, kept), the name, and before and after in words."""

    kind: str
    name: str
    before: str
    after: str
    note: str = ""


def difference(old: Sequence[Specification], new: Sequence[Specification]) -> list[Difference]:
    """What changed between two versions of a set of targets, in the order of the new one (R013)."""
    before = {row.indicator_id: row for row in old}
    lines = []
    for row in new:
        was = before.pop(row.indicator_id, None)
        if was is None:
            lines.append(Difference("added", str(row), "", words_of(row)))
        elif was.pk != row.pk:
            changed = [
                str(getattr(Specification._meta.get_field(name), "verbose_name", name))
                for name in changed_fields(was, row)
            ]
            lines.append(Difference("changed", str(row), words_of(was), words_of(row), "、".join(changed)))
    lines += [Difference("removed", str(row), words_of(row), "") for row in before.values()]
    return lines


def changed_fields(old: Specification, new: Specification) -> list[str]:
    """The fields in which two versions differ; another kind of line end is no difference."""
    return [name for name in FIELDS if one_line_end(getattr(old, name)) != one_line_end(getattr(new, name))]


def name_key(name: Any) -> str:
    """What tells one indicator of a set from another: its name without width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", str(name or "")).casefold().split())


def words_of(row: Specification) -> str:
    """A target in one line: as written, what it comes to, method, must or nice."""
    parts = [row.target_text]
    if row.computed_text:
        parts.append(f"({row.computed_text})")
    if row.method:
        parts.append(f"· {row.method}")
    parts.append("· " + (_("must-have") if row.is_must else _("nice-to-have")))
    return " ".join(parts)


def latest(specifications: Iterable[Specification], subject_id: Any) -> dict[Any, Measurement]:
    """The newest measurement of each specification for one subject, by specification id; one query."""
    rows = Measurement.objects.filter(specification__in=list(specifications), subject_id=subject_id).order_by(
        "created_at"
    )
    return {row.specification_id: row for row in rows.select_related("evidence", "verified_by", "organisation")}

"""Which alerts an actor sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from core.checks import registry
from core.checks.models import Alert, ThresholdChange
from core.checks.states import OPEN


def alerts_visible_to(actor: Actor) -> QuerySet[Alert]:
    """Alerts told to the acting organisation; the operator's admins see those told to the operator as well."""
    if actor.organisation is None:
        return Alert.objects.none()
    mine = Q(organisations=actor.organisation)
    if actor.is_platform_admin:
        mine |= Q(to_operator=True)
    return Alert.objects.filter(Q(pk__in=Alert.objects.filter(mine).values("pk")))


def open_alerts(actor: Actor) -> QuerySet[Alert]:
    """Those that still fire and were not muted."""
    return alerts_visible_to(actor).filter(state__in=OPEN)


@dataclass(frozen=True)
class ThresholdRow:
    """A rule's threshold as it stands for one chain."""

    check: registry.Check
    threshold: registry.Threshold
    chain_id: UUID
    value: Decimal
    last: ThresholdChange | None

    @property
    def default(self) -> Decimal:
        return Decimal(self.threshold.default)

    @property
    def low(self) -> Decimal:
        return Decimal(self.threshold.low)

    @property
    def high(self) -> Decimal:
        return Decimal(self.threshold.high)

    @property
    def is_default(self) -> bool:
        return self.last is None or self.last.value is None


def _plain(value: Decimal) -> Decimal:
    """Without the column's trailing zeros, and never with an exponent."""
    return Decimal(f"{value.normalize():f}")


def threshold_value(code: str, name: str, chain_id: UUID | None) -> Decimal:
    """What holds for the chain: its own value, else the default the rule declares."""
    default = next(
        (one.default for check, one in registry.thresholds() if (check.code, one.name) == (code, name)), None
    )
    if default is None:
        raise LookupError(f"{code} declares no threshold {name}")
    if chain_id is None:
        return Decimal(default)
    last = ThresholdChange.objects.filter(code=code, name=name, chain_id=chain_id).order_by("-created_at").first()
    return Decimal(default) if last is None or last.value is None else _plain(last.value)


def thresholds_of(chain_id: UUID) -> list[ThresholdRow]:
    """Every threshold as it stands for the chain, with who changed it last; one query."""
    last: Mapping[tuple[str, str], ThresholdChange] = {
        (row.code, row.name): row
        for row in ThresholdChange.objects.filter(chain_id=chain_id)
        .select_related("person", "organisation")
        .order_by("created_at")
    }
    rows = []
    for check, one in registry.thresholds():
        found = last.get((check.code, one.name))
        value = Decimal(one.default) if found is None or found.value is None else _plain(found.value)
        rows.append(ThresholdRow(check, one, chain_id, value, found))
    return rows


def threshold_history(chain_id: UUID, code: str = "", name: str = "") -> QuerySet[ThresholdChange]:
    """Who changed what, when and why, newest first."""
    rows = ThresholdChange.objects.filter(chain_id=chain_id).select_related("person", "organisation")
    return rows.filter(code=code, name=name) if code else rows

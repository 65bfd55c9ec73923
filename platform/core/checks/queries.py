"""Which alerts an actor sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation
from core.accounts.states import OrganisationKind
from core.checks import registry
from core.checks.models import Alert, AlertTold, Mute, ThresholdChange
from core.checks.states import OPEN, AlertState


def alerts_visible_to(actor: Actor) -> QuerySet[Alert]:
    """Alerts told to the acting organisation; the operator's admins see those told to the operator as well.

    `standing` is the state as this organisation sees it: muted only by its own word, with `own_reason` and `own_until`.
    """
    told = Alert.organisations.through.objects.filter(organisation=actor.organisation_id)
    mine = Q(pk__in=told.values("alert_id"))
    rows = Alert.objects.filter(mine | Q(to_operator=True) if actor.is_platform_admin else mine)
    if actor.organisation is None:
        rows = Alert.objects.none()
    ours = _mutes_by(actor.organisation_id)
    is_muted = Q(state__in=OPEN) & Q(Exists(ours))
    return rows.annotate(
        standing=Case(When(is_muted, then=Value(AlertState.MUTED.value)), default=F("state"), output_field=CharField()),
        own_reason=Coalesce(Subquery(ours.values("reason")[:1]), Value(""), output_field=TextField()),
        own_until=Subquery(ours.values("until")[:1]),
    )


def _mutes_by(organisation_id: UUID | None) -> QuerySet[Mute]:
    return Mute.objects.filter(alert=OuterRef("pk"), organisation=organisation_id)


def open_alerts(actor: Actor) -> QuerySet[Alert]:
    """Those that still fire and that the acting organisation has not muted."""
    return alerts_visible_to(actor).filter(~Exists(_mutes_by(actor.organisation_id)), state__in=OPEN)


def standing_for(alert: Alert, organisation: Organisation) -> AlertState:
    """The alert's state as this organisation sees it."""
    is_muted = alert.state in OPEN and alert.mutes.filter(organisation=organisation).exists()
    return AlertState.MUTED if is_muted else AlertState(alert.state)


def muted_by_all() -> Q:
    """Alerts of which every organisation told has said that they are a false alarm."""
    told = Alert.organisations.through.objects.filter(alert=OuterRef("pk"))
    spoken = Mute.objects.filter(alert=OuterRef("alert"), organisation=OuterRef("organisation"))
    ours = Mute.objects.filter(alert=OuterRef("pk"))
    by_operator = ours.filter(organisation__kinds__contains=[OrganisationKind.OPERATOR])
    return Q(Exists(ours)) & ~Exists(told.filter(~Exists(spoken))) & (Q(to_operator=False) | Q(Exists(by_operator)))


def told_visible_to(actor: Actor) -> QuerySet[AlertTold]:
    """Who was told, as far as the actor may know: members of the own organisation; the platform's admins see everybody.

    A person counts where they were a member when they were told, or are one now while they wait to be told.
    """
    rows = AlertTold.objects.select_related("person")
    if actor.is_platform_admin:
        return rows
    at = Coalesce(OuterRef("told_at"), Value(clock.now(), DateTimeField()))
    seats = Membership.objects.filter(person=OuterRef("person"), organisation=actor.organisation_id, created_at__lte=at)
    return rows.filter(Exists(seats.filter(Q(is_active=True) | Q(left_at__gte=at))))


@dataclass(frozen=True)
class ToldCounts:
    """How many people were told: in each organisation the alert concerns, and among the platform's admins."""

    organisations: list[tuple[Organisation, int]]
    admins: int

    @property
    def is_anybody(self) -> bool:
        """Whether at least one person was told."""
        return bool(self.admins or any(count for _one, count in self.organisations))


def told_counts(alert: Alert) -> ToldCounts:
    """How many were told so far; people of none of the organisations were told as the platform's admins."""
    organisations = list(alert.organisations.order_by("name", "pk"))
    told = alert.told.filter(told_at__isnull=False)
    seat = "person__memberships"
    sat = told.filter(
        Q(**{f"{seat}__is_active": True}) | Q(**{f"{seat}__left_at__gte": F("told_at")}),
        **{f"{seat}__created_at__lte": F("told_at"), f"{seat}__organisation__in": organisations},
    )
    counts = dict(sat.values_list(f"{seat}__organisation").order_by().annotate(Count("person")))
    admins = told.exclude(pk__in=sat.values("pk")).count()
    return ToldCounts([(one, counts.get(one.pk, 0)) for one in organisations], admins)


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


def thresholds_by_chain(code: str, name: str) -> tuple[Decimal, dict[UUID, Decimal]]:
    """The rule's default, and the values of the chains that have their own; one query, for whole lists."""
    rows = ThresholdChange.objects.filter(code=code, name=name).order_by("chain_id", "-created_at")
    newest = rows.distinct("chain_id").values_list("chain_id", "value")
    own = {chain_id: _plain(value) for chain_id, value in newest if value is not None}
    return threshold_value(code, name, None), own


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

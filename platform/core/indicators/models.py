"""Indicators across their versions, immutable specifications, and measurements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states
from core.files.models import StoredFile
from core.indicators.engine import Spec, Value, absolute_target, computed_text, direction_of, target_text
from core.indicators.kinds import ChangeIn, Claim, Direction, Environment, Kind, Operator


def quantity(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    """An exact quantity, empty by default."""
    return models.DecimalField(max_digits=30, decimal_places=12, null=True, blank=True, **options)  # type: ignore[arg-type]


class Indicator(UuidModel):
    """The identity that stays while its specification changes from version to version."""

    created_by = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class Specification(UuidModel):
    """One version of an indicator's target; never changed, a change is a new version."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="specifications")
    number = models.PositiveIntegerField(default=1)
    name = models.CharField(_("Indicator"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    operator = models.CharField(_("Operator"), max_length=4, choices=Operator.choices, blank=True)
    target = quantity(verbose_name=_("Target"))
    low = quantity(verbose_name=_("Lower end"))
    high = quantity(verbose_name=_("Upper end"))
    level = models.CharField(_("Level"), max_length=40, blank=True)
    level_scale = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    unit = models.CharField(_("Unit"), max_length=40, blank=True)
    direction = models.CharField(_("Direction"), max_length=10, choices=Direction.choices)
    baseline_value = quantity(verbose_name=_("Baseline"))
    baseline_unit = models.CharField(_("Baseline's unit"), max_length=40, blank=True)
    baseline_period = models.CharField(_("Baseline's period"), max_length=80, blank=True)
    baseline_source = models.CharField(_("Baseline's source"), max_length=300, blank=True)
    baseline_claim = models.CharField(_("Who says so"), max_length=20, choices=Claim.choices, blank=True)
    change_in = models.CharField(
        _("Change counted in"),
        max_length=10,
        choices=ChangeIn.choices,
        default=ChangeIn.PERCENT,
        db_default=ChangeIn.PERCENT,
    )
    factor = quantity(verbose_name=_("Factor"))
    original_words = models.CharField(_("Original words"), max_length=120, blank=True)
    method = models.CharField(_("Test method"), max_length=300, blank=True)
    is_must = models.BooleanField(_("Must-have"), default=True)
    needs_sample = models.BooleanField(_("Needs a sample size"), default=False)
    notes = models.TextField(_("Notes"), blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="specification_number_once"),
            known_states("kind", Kind, "specification_kind_known"),
            known_states("direction", Direction, "specification_direction_known"),
            known_states("change_in", ChangeIn, "specification_change_known"),
            models.CheckConstraint(
                condition=~Q(kind="threshold") | (Q(target__isnull=False) & ~Q(operator="")),
                name="threshold_has_target",
            ),
            models.CheckConstraint(
                condition=~Q(kind="range") | Q(low__isnull=False) | Q(high__isnull=False), name="range_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(kind="level") | ~Q(level=""), name="level_has_level"),
            models.CheckConstraint(
                condition=~Q(kind="relative")
                | (
                    Q(baseline_value__isnull=False)
                    & ~Q(unit="")
                    & ~Q(baseline_period="")
                    & ~Q(baseline_source="")
                    & ~Q(baseline_claim="")
                    & (Q(target__isnull=False) | Q(factor__isnull=False))
                ),
                name="relative_has_baseline",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def to_spec(self) -> Spec:
        """The specification as the engine takes it."""
        return Spec(
            kind=self.kind, name=self.name, unit=self.unit, operator=self.operator, target=self.target, low=self.low,
            high=self.high, level=self.level, level_scale=tuple(self.level_scale), direction=self.direction,
            baseline_value=self.baseline_value, baseline_unit=self.baseline_unit, baseline_period=self.baseline_period,
            baseline_source=self.baseline_source, baseline_claim=self.baseline_claim, change_in=self.change_in, factor=self.factor,
            original_words=self.original_words, method=self.method, is_must=self.is_must, needs_sample=self.needs_sample,
        )  # fmt: skip

    @property
    def target_text(self) -> str:
        """The target as written."""
        return target_text(self.to_spec())

    @property
    def computed_text(self) -> str:
        """What a relative target comes to; empty for the others."""
        return computed_text(self.to_spec())

    @property
    def absolute_target(self) -> object:
        return absolute_target(self.to_spec())


class Measurement(UuidModel):
    """One value of an indicator: where, when, by what source, who says so; “not measured” is a row as well."""

    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="measurements")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True, db_index=True)
    value = quantity(verbose_name=_("Value"))
    low = quantity(verbose_name=_("From"))
    high = quantity(verbose_name=_("To"))
    level = models.CharField(_("Level"), max_length=40, blank=True)
    unit = models.CharField(_("Unit"), max_length=40, blank=True)
    uncertainty = quantity(verbose_name=_("Uncertainty"))
    environment = models.CharField(_("Environment"), max_length=10, choices=Environment.choices, blank=True)
    measured_on = models.DateField(_("Measured on"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=300, blank=True)
    sample_size = models.PositiveIntegerField(_("Sample size"), null=True, blank=True)
    claim = models.CharField(_("Who says so"), max_length=20, choices=Claim.choices, default=Claim.SELF_DECLARED)
    verified_by = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_not_measured = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["specification", "-created_at"], name="measurement_of_spec")]
        constraints = [known_states("claim", Claim, "measurement_claim_known")]

    def __str__(self) -> str:
        return f"{self.specification}: {self.value if self.value is not None else self.level}"

    def to_value(self) -> Value:
        """The measurement as the engine takes it."""
        return Value(
            value=self.value, unit=self.unit, level=self.level, low=self.low, high=self.high, uncertainty=self.uncertainty,
            environment=self.environment, measured_on=self.measured_on, source=self.source, sample_size=self.sample_size,
            claim=self.claim, is_not_measured=self.is_not_measured,
        )  # fmt: skip


__all__ = ["Indicator", "Measurement", "Specification", "direction_of", "quantity"]

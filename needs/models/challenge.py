"""Challenges (榜单): what is asked, until when, for how much, judged by what, paid at which gates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.indicators.models import Specification
from needs.models.need import Need, NeedVersion
from needs.states.challenge import ChallengeState, IpTerms, Stage


class Challenge(VersionedModel):
    """A challenge made from one version of a need; frozen when a second person publishes it."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="challenges")
    need_version = models.ForeignKey(NeedVersion, on_delete=models.PROTECT, related_name="challenges")
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="challenges")
    title = models.CharField(_("Title"), max_length=200)
    summary = models.TextField(_("What is asked"), blank=True)
    state = models.CharField(max_length=20, choices=ChallengeState.choices, default=ChallengeState.DRAFT)
    deadline_at = models.DateTimeField(_("Deadline"), null=True, blank=True, db_index=True)
    deadline_zone = models.CharField(_("Time zone"), max_length=40, default="Asia/Shanghai")
    budget = MoneyField(verbose_name=_("Budget"), null=True, blank=True)
    ip_terms = models.CharField(_("IP terms"), max_length=30, choices=IpTerms.choices, default=IpTerms.TO_BE_DETERMINED)
    ip_text = models.TextField(_("IP terms in words"), blank=True)
    eligibility = models.TextField(_("Who may bid"), blank=True)
    race_mode = models.BooleanField(_("Parallel racing of teams"), default=False)
    decision_on = models.DateField(_("Award expected on"), null=True, blank=True)
    # How the panel and the award are run; stated before anybody bids and frozen with the rest.
    spread_limit = models.DecimalField(
        _("Points between members at which they confer"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(10),
        db_default=Decimal(10),
    )
    notice_days = models.PositiveSmallIntegerField(_("Notice period in days"), default=0, db_default=0)
    feedback_days = models.PositiveSmallIntegerField(_("Days to the feedback"), null=True, blank=True)
    questions_until = models.DateTimeField(_("Questions until"), null=True, blank=True)
    answers_until = models.DateTimeField(_("Answers until"), null=True, blank=True)
    anonymous_bidders = models.BooleanField(_("Judged without the bidders' names"), default=False, db_default=False)
    is_public = models.BooleanField(_("Shown to everyone, also without signing in"), default=False, db_default=False)

    drafted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    return_reason = models.TextField(blank=True)
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    frozen = models.JSONField(null=True, blank=True)
    frozen_hash = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state"], name="challenge_state"),
            models.Index(F("deadline_at").desc(nulls_last=True), name="challenge_last_deadline"),
        ]
        constraints = [
            known_states("state", ChallengeState, "challenge_state_known"),
            known_states("ip_terms", IpTerms, "challenge_ip_terms_known"),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gt=0), name="challenge_budget_positive"
            ),
            models.CheckConstraint(
                condition=Q(spread_limit__gt=0, spread_limit__lte=100), name="challenge_spread_limit_points"
            ),
            models.CheckConstraint(condition=Q(notice_days__lte=90), name="challenge_notice_days_bounded"),
            models.CheckConstraint(
                condition=Q(feedback_days__isnull=True) | Q(feedback_days__range=(1, 365)),
                name="challenge_feedback_days_bounded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_check", "cancelled"])
                | (
                    Q(deadline_at__isnull=False, budget__isnull=False, published_by__isnull=False)
                    & ~Q(ip_terms="to_be_determined")
                    & ~Q(frozen_hash="")
                ),
                name="challenge_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(questions_until__isnull=True)
                | Q(answers_until__isnull=True)
                | Q(questions_until__lte=F("answers_until")),
                name="challenge_questions_before_answers",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="challenge_second_person_publishes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_past_deadline(self) -> bool:
        """Whether bids are no longer taken; the same instant opens them."""
        return self.deadline_at is not None and self.deadline_at <= clock.now()

    @property
    def is_opened(self) -> bool:
        """Whether bids may be read by those who judge: by the clock alone, never by a job."""
        if not self.is_past_deadline or self.published_at is None:
            return False
        return self.cancelled_at is None or (self.deadline_at is not None and self.cancelled_at >= self.deadline_at)

    @property
    def deadline_local(self) -> dt.datetime | None:
        """The deadline as the wall clock of its own zone shows it."""
        return self.deadline_at.astimezone(ZoneInfo(self.deadline_zone)) if self.deadline_at else None


class ChallengePayer(UuidModel):
    """Who pays how much of the budget."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="payers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "organisation"], name="challenge_payer_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="challenge_payer_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.amount}"


class ChallengeIndicator(UuidModel):
    """An indicator that every bid answers: the same specification as in the need's version."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="indicators")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [models.UniqueConstraint(fields=["challenge", "specification"], name="challenge_indicator_once")]

    def __str__(self) -> str:
        return str(self.specification)


class Criterion(UuidModel):
    """What the panel marks, with its weight in percent and the mark below which a bid is out."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(_("Criterion"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    weight = models.DecimalField(_("Weight in percent"), max_digits=5, decimal_places=2)
    max_score = models.DecimalField(_("Highest mark"), max_digits=6, decimal_places=2)
    minimum_mark = models.DecimalField(_("Minimum mark"), max_digits=6, decimal_places=2, null=True, blank=True)
    guidance = models.TextField(_("What the marks mean"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "name"], name="criterion_name_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="criterion_weight_percent"),
            models.CheckConstraint(condition=Q(max_score__gt=0), name="criterion_max_positive"),
            models.CheckConstraint(
                condition=Q(minimum_mark__isnull=True) | Q(minimum_mark__gte=0, minimum_mark__lte=F("max_score")),
                name="criterion_minimum_within",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class ChallengeGate(UuidModel):
    """A planned gate: its day, its share of the award's amount, and the indicators due there."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="gates")
    stage = models.CharField(_("Stage"), max_length=20, choices=Stage.choices)
    planned_on = models.DateField(_("Planned on"), null=True, blank=True)
    share_percent = models.DecimalField(_("Share of the budget in percent"), max_digits=5, decimal_places=2)
    position = models.PositiveSmallIntegerField(default=0)
    specifications = models.ManyToManyField(Specification, through="ChallengeGateIndicator", related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "stage"], name="challenge_gate_stage_once"),
            known_states("stage", Stage, "challenge_gate_stage_known"),
            models.CheckConstraint(
                condition=Q(share_percent__gte=0, share_percent__lte=100), name="challenge_gate_share_percent"
            ),
        ]

    def __str__(self) -> str:
        return str(Stage(self.stage).label)


class ChallengeGateIndicator(UuidModel):
    """That an indicator is due at a gate."""

    gate = models.ForeignKey(ChallengeGate, on_delete=models.CASCADE, related_name="due")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gate", "specification"], name="challenge_gate_indicator_once")]

    def __str__(self) -> str:
        return f"{self.gate} · {self.specification}"


class Addendum(UuidModel):
    """A dated change after publication, never edited; the only way a published challenge changes."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("What changes"))
    reason = models.TextField(_("Why"))
    changes = models.JSONField(default=dict)
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["challenge", "number"], name="addendum_number_once")]

    def __str__(self) -> str:
        return f"{self.challenge.code} · {self.number}"


class ChallengeFollow(UuidModel):
    """A person who wants to hear of changes to a challenge."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "person"], name="challenge_follow_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.challenge}"

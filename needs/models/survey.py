"""Survey campaigns over a chain's nodes, their rounds, and what each organisation answered (R020)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from needs.models.need import Need
from needs.states.survey import AnswerState, Cycle, RoundState


class Campaign(VersionedModel):
    """Questions that the chain's nodes are asked every month, quarter or year."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("Chain"))
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    title = models.CharField(_("Title"), max_length=200)
    questions = ArrayField(models.CharField(max_length=300), verbose_name=_("Questions"))
    cycle = models.CharField(_("Cycle"), max_length=20, choices=Cycle.choices)
    starts_on = models.DateField(_("Starts on"))
    answer_days = models.PositiveSmallIntegerField(_("Days to answer"), default=14)
    is_active = models.BooleanField(default=True)
    nodes = models.ManyToManyField(ChainNode, related_name="campaigns")

    class Meta:
        ordering = ["-created_at"]
        constraints = [known_states("cycle", Cycle, "campaign_cycle_known")]

    def __str__(self) -> str:
        return self.title


class SurveyRound(UuidModel):
    """One period of a campaign; there is at most one per period, however often the job runs."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rounds")
    period = models.CharField(max_length=10)
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=20, choices=RoundState.choices, default=RoundState.OPEN)

    class Meta:
        ordering = ["-opens_on"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "period"], name="survey_round_once"),
            known_states("state", RoundState, "survey_round_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.period}"


class SurveyAnswer(UuidModel):
    """What one organisation at one node was asked and answered, and the draft need that came of it."""

    round = models.ForeignKey(SurveyRound, on_delete=models.PROTECT, related_name="answers")
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="survey_answers")
    state = models.CharField(max_length=20, choices=AnswerState.choices, default=AnswerState.WAITING)
    texts = ArrayField(models.TextField(blank=True), default=list)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    need = models.OneToOneField(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_answer")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "node", "organisation"], name="survey_answer_once"),
            known_states("state", AnswerState, "survey_answer_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.round}"

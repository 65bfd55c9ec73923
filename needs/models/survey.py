"""Survey campaigns over a chain's nodes, their rounds, and what each organisation or outsider answered (R020)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
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
    intro = models.TextField(_("What it is for"), blank=True, db_default="")
    questions = ArrayField(models.CharField(max_length=300), verbose_name=_("Questions"))
    # What belongs to each question, in their order: kind, options, whether it must be answered, tiers that are asked.
    form = models.JSONField(default=list, db_default=[])
    cycle = models.CharField(_("Cycle"), max_length=20, choices=Cycle.choices)
    starts_on = models.DateField(_("Starts on"))
    answer_days = models.PositiveSmallIntegerField(_("Days to answer"), default=14)
    remind_days = models.PositiveSmallIntegerField(_("Reminder, days before the end"), default=3, db_default=3)
    is_active = models.BooleanField(default=True)
    nodes = models.ManyToManyField(ChainNode, related_name="campaigns")

    class Meta:
        ordering = ["-created_at"]
        constraints = [known_states("cycle", Cycle, "campaign_cycle_known")]

    def __str__(self) -> str:
        return self.title


class QuestionSet(VersionedModel):
    """Questions that an organisation keeps to ask them again, in other campaigns or chains."""

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="question_sets")
    title = models.CharField(_("Title"), max_length=200)
    form = models.JSONField(default=list)

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="question_set_title_once")]

    def __str__(self) -> str:
        return self.title


class SurveyContact(VersionedModel):
    """Somebody at a node who has no account: asked by a personal link in each round."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="contacts")
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="+", verbose_name=_("Node"))
    organisation_name = models.CharField(_("Organisation"), max_length=200)
    name = models.CharField(_("Contact"), max_length=80, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    is_active = models.BooleanField(default=True)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["organisation_name", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "node", "organisation_name", "name"], name="survey_contact_once"
            )
        ]

    def __str__(self) -> str:
        return self.organisation_name


class SurveyRound(UuidModel):
    """One period of a campaign; there is at most one per period, however often the job runs."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rounds")
    period = models.CharField(max_length=10)
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=20, choices=RoundState.choices, default=RoundState.OPEN)
    # The questions as they were when it opened: a campaign that changes does not change what was asked.
    form = models.JSONField(default=list, db_default=[])
    reminded_at = models.DateTimeField(null=True, blank=True)
    nodes = models.ManyToManyField(ChainNode, related_name="+")

    class Meta:
        ordering = ["-opens_on"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "period"], name="survey_round_once"),
            known_states("state", RoundState, "survey_round_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.period}"


class SurveyAnswer(UuidModel):
    """What one organisation, or one outsider, at one node was asked and answered, and the draft need that came of it."""

    round = models.ForeignKey(SurveyRound, on_delete=models.PROTECT, related_name="answers")
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_answers"
    )
    contact = models.ForeignKey(SurveyContact, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    state = models.CharField(max_length=20, choices=AnswerState.choices, default=AnswerState.WAITING)
    texts = ArrayField(models.TextField(blank=True), default=list)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    need = models.OneToOneField(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="survey_answer")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "node", "organisation"], name="survey_answer_once"),
            models.UniqueConstraint(fields=["round", "contact"], name="survey_answer_once_per_contact"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, contact__isnull=True)
                | Q(organisation__isnull=True, contact__isnull=False),
                name="survey_answer_of_one",
            ),
            known_states("state", AnswerState, "survey_answer_state_known"),
        ]

    @property
    def respondent(self) -> str:
        """Who answers, by name."""
        return str(self.organisation or self.contact)

    def __str__(self) -> str:
        return f"{self.respondent} · {self.round}"


class SurveyLink(UuidModel):
    """The personal link by which an outsider answers once; of its secret only the hash is kept."""

    answer = models.OneToOneField(SurveyAnswer, on_delete=models.PROTECT, related_name="link")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    mail_after = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["mail_after"], condition=Q(mail_after__isnull=False), name="survey_link_mail_due")
        ]

    def __str__(self) -> str:
        return str(self.answer_id)

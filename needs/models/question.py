"""Questions about a published challenge and their answers, the same for everyone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states
from needs.models.challenge import Challenge
from needs.states.question import QuestionState


class Question(UuidModel):
    """A question before the deadline. Who asked is known to the asking organisation alone, also after the award."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("The question"))
    state = models.CharField(max_length=20, choices=QuestionState.choices, default=QuestionState.ASKED)
    answer = models.TextField(_("Answer"), blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="question_number_once"),
            known_states("state", QuestionState, "question_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True, answer="")
                | (Q(state="answered", answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.code} · Q{self.number}"

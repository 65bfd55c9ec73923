"""What of a question, a supplement and a formal check stands still open (R015)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class QuestionState(models.TextChoices):
    ASKED = "asked", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")


QUESTION = Machine(Move("answer_question", [QuestionState.ASKED], QuestionState.ANSWERED))


class SupplementState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GIVEN = "given", _("Papers handed in")
    WITHDRAWN = "withdrawn", _("No longer asked for")


SUPPLEMENT = Machine(
    Move("give_supplement", [SupplementState.ASKED], SupplementState.GIVEN),
    Move("withdraw_supplement", [SupplementState.ASKED], SupplementState.WITHDRAWN),
)

"""The life of survey rounds and of invitations to answer (R020)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class Cycle(models.TextChoices):
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    HALF_YEARLY = "half_yearly", _("Half-yearly")
    YEARLY = "yearly", _("Yearly")
    ONCE = "once", _("Once")


class QuestionKind(models.TextChoices):
    TEXT = "text", _("Free text")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Several of several")
    SCALE = "scale", _("Scale from 1 to 5")


SCALE = ("1", "2", "3", "4", "5")


class RoundState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


ROUND = Machine(Move("close_round", [RoundState.OPEN], RoundState.CLOSED))


class AnswerState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ANSWERED = "answered", _("Answered")


ANSWER = Machine(Move("answer_survey", [AnswerState.WAITING, AnswerState.ANSWERED], AnswerState.ANSWERED))

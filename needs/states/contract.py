"""The life of a contract made of an award."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class ContractState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")


CONTRACT = Machine(
    Move("edit_contract", [ContractState.DRAFT], ContractState.DRAFT),
    Move("sign_contract", [ContractState.DRAFT], ContractState.DRAFT),
    Move("conclude_contract", [ContractState.DRAFT], ContractState.SIGNED),
)

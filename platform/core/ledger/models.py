"""Accounts with their running totals, transactions and entries. Written by the posting function alone, in fen."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation
from core.db import UuidModel, known_states


class Limit(models.TextChoices):
    """What an account's balance may not do."""

    NONE = "none", _("None")
    NO_OVERDRAFT = "no_overdraft", _("Never below zero")


class Phase(models.TextChoices):
    """What a transaction is."""

    POSTED = "posted", _("Posted")
    HOLD = "hold", _("Held")
    CAPTURE = "capture", _("Captured")
    VOID = "void", _("Hold released")
    EXPIRE = "expire", _("Expired")
    REVERSAL = "reversal", _("Reversed")


class Account(UuidModel):
    """Gross totals in fen: `posted_in − posted_out` is the balance, holds out of it count against the limit at once."""

    code = models.CharField(max_length=120, unique=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="ledger_accounts")
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, default="CNY")
    limit = models.CharField(max_length=20, choices=Limit.choices, default=Limit.NONE)
    posted_in = models.BigIntegerField(default=0)
    posted_out = models.BigIntegerField(default=0)
    pending_in = models.BigIntegerField(default=0)
    pending_out = models.BigIntegerField(default=0)
    number = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["code"]
        constraints = [
            known_states("limit", Limit, "account_limit_known"),
            models.CheckConstraint(
                condition=models.Q(posted_in__gte=0, posted_out__gte=0, pending_in__gte=0, pending_out__gte=0),
                name="account_totals_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(limit="none")
                | models.Q(posted_in__gte=models.F("posted_out") + models.F("pending_out")),
                name="account_not_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def posted(self) -> Decimal:
        """The balance in yuan."""
        return Decimal(self.posted_in - self.posted_out) / 100

    @property
    def available(self) -> Decimal:
        """What can still leave the account: the balance less what is held out of it."""
        return Decimal(self.posted_in - self.posted_out - self.pending_out) / 100


class Txn(models.Model):
    """One transaction; a hold is resolved by another transaction that points at it, at most once."""

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    fingerprint = models.CharField(max_length=64)
    phase = models.CharField(max_length=20, choices=Phase.choices)
    kind = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    effective_on = models.DateField()
    booked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    pending = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="resolution")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    reference_type = models.CharField(max_length=60, blank=True)
    reference_id = models.UUIDField(null=True, db_index=True)
    reason = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["booked_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Entry(models.Model):
    """One line: fen into (+) or out of (−) an account, with the balance it left and its number on the account."""

    id = models.BigAutoField(primary_key=True)
    txn = models.ForeignKey(Txn, on_delete=models.PROTECT, related_name="entries")
    # Unique account and number is an index of its own.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    amount = models.BigIntegerField()
    is_pending = models.BooleanField()
    balance_after = models.BigIntegerField()
    number = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="ledger_entry_number_once"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="ledger_entry_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.amount) / 100

    @property
    def yuan_after(self) -> Decimal:
        """The account's balance after this entry."""
        return Decimal(self.balance_after) / 100

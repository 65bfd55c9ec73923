import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import append_only


class Migration(migrations.Migration):
    """Sharing and stage funds. What was agreed, signed and settled is never edited: a change is a new version, a mistake a new entry."""

    replaces = [("benefits", "0001_initial"), ("benefits", "0002_disputes"), ("benefits", "0003_template_of_version")]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
        ("chains", "0001_tables"),
        ("files", "0001_tables"),
        ("ledger", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShareAgreement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("subject_id", models.UUIDField(unique=True)),
                ("subject_title", models.CharField(max_length=200)),
                ("subject_link", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AgreementParty",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="benefits.shareagreement",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement_parties",
                        to="accounts.organisation",
                    ),
                ),
                ("role_label", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "organisation"), name="agreement_party_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="benefits.shareagreement",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("signing", "Being signed"), ("in_force", "In force"), ("superseded", "Superseded")],
                        default="signing",
                        max_length=20,
                    ),
                ),
                ("rounding_rule", models.TextField()),
                ("note", models.TextField(blank=True)),
                (
                    "template_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="share_tables",
                        to="chains.benefittemplateversion",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("in_force_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "number"), name="agreement_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")), fields=("agreement",), name="one_version_in_force"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["signing", "in_force", "superseded"])),
                        name="agreement_version_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="benefits.agreementversion",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="benefits.shareline",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=80)),
                (
                    "percent",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True, verbose_name="Percent"),
                ),
                (
                    "weight",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=12, null=True, verbose_name="Weight in the group"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="Reason")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent__isnull", True),
                            models.Q(("percent__gte", 0), ("percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="share_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("parent__isnull", True), ("percent__isnull", False)),
                            models.Q(("organisation__isnull", False), ("parent__isnull", False), ("weight__gt", 0)),
                            _connector="OR",
                        ),
                        name="share_top_or_member",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="benefits.agreementversion",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "organisation"), name="agreement_signature_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Residual",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residuals",
                        to="benefits.shareagreement",
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("numerator", models.TextField(default="0")),
                ("denominator", models.TextField(default="1")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agreement", "key"), name="residual_once")],
            },
        ),
        migrations.CreateModel(
            name="Income",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incomes",
                        to="benefits.shareagreement",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                ("received_on", models.DateField(verbose_name="Received on")),
                ("source", models.CharField(max_length=300, verbose_name="Source")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("recorded", "Recorded"), ("settled", "Settled")], default="recorded", max_length=20
                    ),
                ),
            ],
            options={
                "ordering": ["-received_on", "-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="income_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["recorded", "settled"])), name="income_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "income",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlement", to="benefits.income"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="benefits.agreementversion",
                    ),
                ),
                (
                    "txn",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.txn"),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="benefits.settlement"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="benefits.shareline"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("entitled", models.TextField(default="0")),
                ("carried_before", models.TextField(default="0")),
                ("carried_after", models.TextField(default="0")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("payable", "Payable"),
                            ("instructed", "Payment instructed"),
                            ("confirmed", "Confirmed by the payee"),
                            ("reconciled", "Reconciled"),
                        ],
                        default="payable",
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="Bank reference")),
                ("instructed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["settlement", "line__position"],
                "constraints": [
                    models.UniqueConstraint(fields=("settlement", "line"), name="statement_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="statement_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["payable", "instructed", "confirmed", "reconciled"])),
                        name="statement_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tranche",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("subject_id", models.UUIDField(db_index=True)),
                ("subject_title", models.CharField(max_length=200)),
                ("subject_link", models.CharField(blank=True, max_length=300)),
                (
                    "stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                        verbose_name="Stage",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches_paid",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches_received",
                        to="accounts.organisation",
                    ),
                ),
                ("condition", models.CharField(blank=True, max_length=300, verbose_name="Condition")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("held", "Held"),
                            ("captured", "Released"),
                            ("voided", "Saved by stopping"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranche",
                        to="ledger.txn",
                    ),
                ),
                (
                    "resolution",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_tranche",
                        to="ledger.txn",
                    ),
                ),
                ("because_id", models.UUIDField(blank=True, null=True)),
                ("moved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["subject_id", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject_id", "stage", "payer"), name="tranche_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="tranche_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "held", "captured", "voided"])),
                        name="tranche_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "captured"), _negated=True),
                            models.Q(("because_id__isnull", False), ("resolution__isnull", False)),
                            _connector="OR",
                        ),
                        name="captured_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="benefits.statement"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.TextField(verbose_name="What is wrong")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Still open"), ("closed", "Settled between the parties")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("outcome", models.TextField(blank=True, verbose_name="How it was settled")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("statement", "organisation"),
                        name="dispute_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "closed"])), name="dispute_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskFund",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "manager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds_managed",
                        to="accounts.organisation",
                        verbose_name="Manager",
                    ),
                ),
                ("supervised_account", models.CharField(max_length=200, verbose_name="Supervised account")),
                ("target", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Target size")),
                (
                    "rate_percent",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, verbose_name="Share of the loss that is paid, in percent"
                    ),
                ),
                ("claim_cap", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Cap per claim")),
                (
                    "party_cap",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="Cap per party"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("target__gt", 0)), name="fund_target_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("rate_percent__gt", 0), ("rate_percent__lte", 100)),
                        name="fund_rate_percent",
                    ),
                    models.CheckConstraint(condition=models.Q(("claim_cap__gt", 0)), name="fund_cap_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundParty",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="benefits.riskfund"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fund_parties",
                        to="accounts.organisation",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="Percent")),
                ("continues", models.BooleanField(default=True, verbose_name="Takes part")),
                ("continuation_note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-percent", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "organisation"), name="fund_party_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)), name="fund_party_percent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundCall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="benefits.riskfund"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("due_on", models.DateField(verbose_name="Due on")),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("fund", "number"), name="fund_call_once")],
            },
        ),
        migrations.CreateModel(
            name="FundCallLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="benefits.fundcall"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="call_lines", to="benefits.fundparty"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("late", "Late"), ("paid", "Paid")], default="due", max_length=20
                    ),
                ),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("evidence", models.CharField(blank=True, max_length=200, verbose_name="Bank reference")),
            ],
            options={
                "ordering": ["call", "-amount"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "party"), name="fund_call_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["due", "late", "paid"])), name="fund_call_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="benefits.riskfund"
                    ),
                ),
                (
                    "claimant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="accounts.organisation"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("rd_failure", "R&D failure"), ("market", "Market swing")],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("loss", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Loss")),
                ("reason", models.TextField(verbose_name="Reason")),
                ("subject_id", models.UUIDField(blank=True, null=True)),
                ("subject_title", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("returned", "Returned"),
                            ("in_review", "In review"),
                            ("rejected", "Rejected"),
                            ("paid", "Paid"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("paid", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("calculation", models.JSONField(default=dict)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("loss__gt", 0)), name="claim_loss_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "returned", "in_review", "rejected", "paid"])),
                        name="claim_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["rd_failure", "market"])), name="claim_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimEvidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="benefits.claim"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gate_report", "Report of the failed gate"),
                            ("cost_record", "Record of the costs"),
                            ("market_report", "Report on the market"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                ("book_leaf", models.CharField(blank=True, max_length=64)),
                ("caption", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("file__isnull", False), models.Q(("book_leaf", ""), _negated=True), _connector="OR"
                        ),
                        name="claim_evidence_has_something",
                    )
                ],
            },
        ),
        *append_only("benefits_shareline"),
        *append_only("benefits_agreementsignature"),
        *append_only("benefits_settlement"),
    ]

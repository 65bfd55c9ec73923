import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.db import append_only, runtime_role

NUMBERED = ("need", "challenge", "result", "offer", "contract")  # what has a running number


def sequence(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE SEQUENCE {name}; GRANT USAGE ON SEQUENCE {name} TO {runtime_role()};", f"DROP SEQUENCE {name};"
    )


class Migration(migrations.Migration):
    """The demand side: needs, surveys, clusters, results, resources, matches, challenges and bids."""

    replaces = [
        ("needs", "0001_initial"),
        ("needs", "0002_challenge_sequence"),
        ("needs", "0003_need_number"),
        ("needs", "0004_library_and_surveys"),
        ("needs", "0005_list_indexes"),
        ("needs", "0006_surveys_and_clusters"),
        ("needs", "0007_award_rounds"),
        ("needs", "0008_library"),
        ("needs", "0009_library_indexes"),
        ("needs", "0010_challenge_asks"),
        ("needs", "0011_confidentiality_known"),
        ("needs", "0012_resources"),
        ("needs", "0013_results"),
        ("needs", "0014_outcomes"),
        ("needs", "0015_pairings"),
        ("needs", "0016_survey_round_nodes"),
        ("needs", "0017_duplicates"),
        ("needs", "0018_matches"),
        ("needs", "0019_qualifications"),
        ("needs", "0020_opportunities"),
        ("needs", "0021_need_priority"),
        ("needs", "0022_public_applications"),
        ("needs", "0023_meant_crowd"),
        ("needs", "0024_table_needs"),
        ("needs", "0025_similar_bids"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0002_machine_clients"),
        ("accounts", "__first__"),
        ("chains", "0001_tables"),
        ("files", "0001_tables"),
        ("indicators", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("pain_point", models.TextField(verbose_name="Pain point")),
                ("affected_users", models.TextField(blank=True, verbose_name="Affected users")),
                (
                    "demand_side",
                    models.CharField(
                        choices=[
                            ("rd", "R&D"),
                            ("production", "Production"),
                            ("supply", "Supply chain"),
                            ("service", "Service"),
                        ],
                        max_length=20,
                        verbose_name="Demand side",
                    ),
                ),
                (
                    "key_technologies",
                    models.TextField(blank=True, db_default="", default="", verbose_name="Key technologies"),
                ),
                (
                    "expected_results",
                    models.TextField(blank=True, db_default="", default="", verbose_name="Expected results"),
                ),
                (
                    "keywords",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="Keywords"),
                ),
                ("constraints", models.TextField(blank=True, verbose_name="Constraints")),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="Field")),
                ("region_code", models.CharField(blank=True, max_length=6, verbose_name="Region")),
                (
                    "budget",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="Budget"),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
                        null=True,
                        verbose_name="Priority",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="Work starts")),
                ("deadline_on", models.DateField(blank=True, null=True, verbose_name="Wanted by")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="Review date")),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[
                            ("members", "All members of the platform"),
                            ("restricted", "Only the parties"),
                            ("public", "Everyone, also without signing in"),
                        ],
                        default="members",
                        max_length=20,
                        verbose_name="Who may read it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("defining", "Being co-defined"),
                            ("defined", "Co-defined"),
                            ("published", "Published"),
                            ("met", "Met"),
                            ("partly_met", "Partly met"),
                            ("withdrawn", "Withdrawn"),
                            ("merged", "Merged into another need"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("current_version", models.PositiveIntegerField(default=0)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("stale_at", models.DateTimeField(blank=True, null=True)),
                ("dormant_at", models.DateTimeField(blank=True, null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="needs.need",
                    ),
                ),
            ],
            options={
                "db_table": "needs_need",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["state"], name="need_state"),
                    models.Index(fields=["demand_side"], name="need_side"),
                    models.Index(fields=["field"], name="need_field"),
                    models.Index(fields=["region_code"], name="need_region"),
                    models.Index(fields=["published_at"], name="need_published"),
                    models.Index(condition=models.Q(("state", "published")), fields=["review_on"], name="need_review"),
                    models.Index(
                        condition=models.Q(("confidentiality", "restricted")), fields=["owner"], name="need_restricted"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("priority__isnull", True), ("priority__range", (1, 5)), _connector="OR"),
                        name="need_priority_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "defining",
                                    "defined",
                                    "published",
                                    "met",
                                    "partly_met",
                                    "withdrawn",
                                    "merged",
                                ],
                            )
                        ),
                        name="need_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("demand_side__in", ["rd", "production", "supply", "service"])),
                        name="need_side_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidentiality__in", ["members", "restricted", "public"])),
                        name="need_confidentiality_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pain_point", ""), _negated=True), name="need_has_pain_point"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="needs.need"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("note", models.TextField(blank=True, verbose_name="What changed")),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("need", "number"), name="need_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="challenges", to="needs.need"
                    ),
                ),
                (
                    "need_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="challenges", to="needs.needversion"
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="challenges",
                        to="accounts.organisation",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("summary", models.TextField(blank=True, verbose_name="What is asked")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_check", "In check"),
                            ("published", "Open for bids"),
                            ("closed", "Closed, opened"),
                            ("under_review", "Under review"),
                            ("awarded", "Awarded"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("deadline_at", models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="Deadline")),
                ("deadline_zone", models.CharField(default="Asia/Shanghai", max_length=40, verbose_name="Time zone")),
                (
                    "budget",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="Budget"),
                ),
                (
                    "ip_terms",
                    models.CharField(
                        choices=[
                            ("bidder_keeps", "The bidder keeps the rights"),
                            ("licence", "The bidder keeps the rights and licenses the issuer"),
                            ("shared", "Shared by contribution"),
                            ("transfer", "Transferred to the issuer"),
                            ("open_source", "Open to everyone"),
                            ("to_be_determined", "To be determined"),
                        ],
                        default="to_be_determined",
                        max_length=30,
                        verbose_name="IP terms",
                    ),
                ),
                ("ip_text", models.TextField(blank=True, verbose_name="IP terms in words")),
                ("eligibility", models.TextField(blank=True, verbose_name="Who may bid")),
                ("race_mode", models.BooleanField(default=False, verbose_name="Parallel racing of teams")),
                ("decision_on", models.DateField(blank=True, null=True, verbose_name="Award expected on")),
                (
                    "spread_limit",
                    models.DecimalField(
                        db_default=Decimal("10"),
                        decimal_places=2,
                        default=Decimal("10"),
                        max_digits=5,
                        verbose_name="Points between members at which they confer",
                    ),
                ),
                (
                    "notice_days",
                    models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="Notice period in days"),
                ),
                (
                    "feedback_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Days to the feedback"),
                ),
                ("questions_until", models.DateTimeField(blank=True, null=True, verbose_name="Questions until")),
                ("answers_until", models.DateTimeField(blank=True, null=True, verbose_name="Answers until")),
                (
                    "anonymous_bidders",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="Judged without the bidders' names"
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="Shown to everyone, also without signing in"
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("return_reason", models.TextField(blank=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("frozen", models.JSONField(blank=True, null=True)),
                ("frozen_hash", models.CharField(blank=True, max_length=64)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["state"], name="challenge_state"),
                    models.Index(
                        models.OrderBy(models.F("deadline_at"), descending=True, nulls_last=True),
                        name="challenge_last_deadline",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "in_check", "published", "closed", "under_review", "awarded", "cancelled"],
                            )
                        ),
                        name="challenge_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ip_terms__in",
                                ["bidder_keeps", "licence", "shared", "transfer", "open_source", "to_be_determined"],
                            )
                        ),
                        name="challenge_ip_terms_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("budget__isnull", True), ("budget__gt", 0), _connector="OR"),
                        name="challenge_budget_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spread_limit__gt", 0), ("spread_limit__lte", 100)),
                        name="challenge_spread_limit_points",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("notice_days__lte", 90)), name="challenge_notice_days_bounded"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("feedback_days__isnull", True), ("feedback_days__range", (1, 365)), _connector="OR"
                        ),
                        name="challenge_feedback_days_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "in_check", "cancelled"]),
                            models.Q(
                                ("budget__isnull", False),
                                ("deadline_at__isnull", False),
                                ("published_by__isnull", False),
                                models.Q(("ip_terms", "to_be_determined"), _negated=True),
                                models.Q(("frozen_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="challenge_published_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("questions_until__isnull", True),
                            ("answers_until__isnull", True),
                            ("questions_until__lte", models.F("answers_until")),
                            _connector="OR",
                        ),
                        name="challenge_questions_before_answers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by__isnull", True),
                            ("drafted_by__isnull", True),
                            models.Q(("published_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="challenge_second_person_publishes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bid",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bids", to="needs.challenge"
                    ),
                ),
                (
                    "bidder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bids", to="accounts.organisation"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("withdrawn", "Withdrawn"),
                            ("ineligible", "Not admitted"),
                            ("eligible", "Admitted"),
                            ("awarded", "Awarded"),
                            ("not_awarded", "Not awarded"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("team", models.TextField(blank=True, verbose_name="Team")),
                ("plan", models.TextField(blank=True, verbose_name="Plan")),
                ("months", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Duration in months")),
                ("trl_from", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="TRL at the start")),
                ("trl_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="TRL at the end")),
                (
                    "accepts_terms",
                    models.BooleanField(default=False, verbose_name="We accept the IP terms of this challenge"),
                ),
                ("contact", models.CharField(blank=True, max_length=120, verbose_name="Contact")),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("receipt_hash", models.CharField(blank=True, max_length=64)),
                ("exclusion_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["submitted_at", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "bidder"), name="bid_once_per_organisation"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "submitted", "withdrawn", "ineligible", "eligible", "awarded", "not_awarded"],
                            )
                        ),
                        name="bid_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(
                                ("submitted_at__isnull", False),
                                models.Q(("receipt_hash", ""), _negated=True),
                                ("accepts_terms", True),
                            ),
                            _connector="OR",
                        ),
                        name="bid_submitted_has_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("trl_from__isnull", True), ("trl_from__range", (1, 9)), _connector="OR"),
                            models.Q(("trl_to__isnull", True), ("trl_to__range", (1, 9)), _connector="OR"),
                        ),
                        name="bid_trl_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="needs.challenge"
                    ),
                ),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="needs.bid"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=6)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting for the second signature"),
                            ("signed", "Signed"),
                            ("voided", "Voided"),
                        ],
                        default="proposed",
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="Reasons")),
                ("exception_reason", models.TextField(blank=True, verbose_name="Why the order is broken")),
                ("breaks_order", models.BooleanField(default=False)),
                ("ranking", models.JSONField(default=list)),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "signed", "voided"])), name="award_state_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "signed"])),
                        fields=("bid",),
                        name="award_live_once_per_bid",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="award_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("breaks_order", False), models.Q(("exception_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="award_broken_order_explained",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by__isnull", True),
                            models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="award_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "signed"), _negated=True),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="award_signed_has_second",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="needs.award"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("content_hash", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["signed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("award", "person"),
                        name="award_signature_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardPayer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payers", to="needs.award"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("award", "organisation"), name="award_payer_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="award_payer_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feedback", to="needs.bid"
                    ),
                ),
                ("text", models.TextField()),
                ("marks", models.JSONField(default=list)),
                ("total", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("of", models.PositiveSmallIntegerField(default=0)),
                ("verdict", models.CharField(blank=True, max_length=20)),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FeedbackRemark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="needs.feedback"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("text", models.TextField(verbose_name="Remark")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("feedback", "specification"), name="feedback_remark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="commitments", to="needs.bid"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("value", models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True)),
                ("low", models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True)),
                ("high", models.DecimalField(blank=True, decimal_places=12, max_digits=30, null=True)),
                ("level", models.CharField(blank=True, max_length=40)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "specification"), name="commitment_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("low__isnull", True),
                            ("high__isnull", True),
                            ("low__lte", models.F("high")),
                            _connector="OR",
                        ),
                        name="commitment_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BidBudget",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="budgets", to="needs.bid"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "stage"), name="bid_budget_stage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["rd", "pilot", "mass_production"])),
                        name="bid_budget_stage_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="bid_budget_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BidMachine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="machines", to="needs.bid"
                    ),
                ),
                (
                    "machine",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.machine",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("machine__isnull", False), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="bid_machine_named",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BidFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="needs.bid"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="BidSubmission",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="needs.bid"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("submitted_at", models.DateTimeField()),
                ("deadline_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "number"), name="bid_submission_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("submitted_at__lt", models.F("deadline_at"))), name="bid_submission_in_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SimilarBid",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="needs.bid"),
                ),
                ("other_type", models.CharField(max_length=60)),
                ("other_id", models.UUIDField()),
                ("measure", models.CharField(choices=[("alike", "Alike"), ("copied", "Copied")], max_length=20)),
                ("score", models.DecimalField(decimal_places=3, max_digits=5)),
                ("found_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-score"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("gone_at__isnull", True)), fields=["other_id"], name="similar_bid_other"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "other_id", "measure"), name="similar_bid_once"),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["alike", "copied"])), name="similar_bid_measure_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengePayer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payers", to="needs.challenge"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "organisation"), name="challenge_payer_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="challenge_payer_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengeIndicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="indicators", to="needs.challenge"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "specification"), name="challenge_indicator_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="needs.challenge"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Criterion")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("weight", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Weight in percent")),
                ("max_score", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="Highest mark")),
                (
                    "minimum_mark",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="Minimum mark"
                    ),
                ),
                ("guidance", models.TextField(blank=True, verbose_name="What the marks mean")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "name"), name="criterion_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0), ("weight__lte", 100)), name="criterion_weight_percent"
                    ),
                    models.CheckConstraint(condition=models.Q(("max_score__gt", 0)), name="criterion_max_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_mark__isnull", True),
                            models.Q(("minimum_mark__gte", 0), ("minimum_mark__lte", models.F("max_score"))),
                            _connector="OR",
                        ),
                        name="criterion_minimum_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengeGate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gates", to="needs.challenge"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("rd", "R&D"), ("pilot", "Pilot"), ("mass_production", "Mass production")],
                        max_length=20,
                        verbose_name="Stage",
                    ),
                ),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="Planned on")),
                (
                    "share_percent",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Share of the budget in percent"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "stage"), name="challenge_gate_stage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["rd", "pilot", "mass_production"])),
                        name="challenge_gate_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__gte", 0), ("share_percent__lte", 100)),
                        name="challenge_gate_share_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengeGateIndicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="due", to="needs.challengegate"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gate", "specification"), name="challenge_gate_indicator_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="needs.challenge"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="What changes")),
                ("reason", models.TextField(verbose_name="Why")),
                ("changes", models.JSONField(default=dict)),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("challenge", "number"), name="addendum_number_once")],
            },
        ),
        migrations.CreateModel(
            name="ChallengeFollow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="needs.challenge"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("challenge", "person"), name="challenge_follow_once")],
            },
        ),
        migrations.CreateModel(
            name="Cluster",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clusters",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="What it is about")),
                ("is_named", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Collecting"), ("answered", "Has become a need"), ("dissolved", "Dissolved")],
                        default="open",
                        max_length=20,
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clusters",
                        to="needs.need",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "answered", "dissolved"])), name="cluster_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True), ("need__isnull", False), _connector="OR"
                        ),
                        name="cluster_answered_has_need",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="accounts.organisation",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("intro", models.TextField(blank=True, db_default="", verbose_name="What it is for")),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), size=None, verbose_name="Questions"
                    ),
                ),
                ("form", models.JSONField(db_default=[], default=list)),
                (
                    "cycle",
                    models.CharField(
                        choices=[
                            ("monthly", "Monthly"),
                            ("quarterly", "Quarterly"),
                            ("half_yearly", "Half-yearly"),
                            ("yearly", "Yearly"),
                            ("once", "Once"),
                        ],
                        max_length=20,
                        verbose_name="Cycle",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="Starts on")),
                ("answer_days", models.PositiveSmallIntegerField(default=14, verbose_name="Days to answer")),
                (
                    "remind_days",
                    models.PositiveSmallIntegerField(
                        db_default=3, default=3, verbose_name="Reminder, days before the end"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("nodes", models.ManyToManyField(related_name="campaigns", to="chains.chainnode")),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cycle__in", ["monthly", "quarterly", "half_yearly", "yearly", "once"])),
                        name="campaign_cycle_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyRound",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="needs.campaign"
                    ),
                ),
                ("period", models.CharField(max_length=10)),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                (
                    "state",
                    models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=20),
                ),
                ("form", models.JSONField(db_default=[], default=list)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("nodes", models.ManyToManyField(related_name="+", to="chains.chainnode")),
            ],
            options={
                "ordering": ["-opens_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "period"), name="survey_round_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "closed"])), name="survey_round_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyContact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="needs.campaign"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                ("organisation_name", models.CharField(max_length=200, verbose_name="Organisation")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="Contact")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                ("is_active", models.BooleanField(default=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["organisation_name", "created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "node", "organisation_name", "name"), name="survey_contact_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="needs.surveyround"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chains.chainnode"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_answers",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="needs.surveycontact",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("answered", "Answered")], default="waiting", max_length=20
                    ),
                ),
                (
                    "texts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(blank=True), default=list, size=None
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "need",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_answer",
                        to="needs.need",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "node", "organisation"), name="survey_answer_once"),
                    models.UniqueConstraint(fields=("round", "contact"), name="survey_answer_once_per_contact"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact__isnull", True), ("organisation__isnull", False)),
                            models.Q(("contact__isnull", False), ("organisation__isnull", True)),
                            _connector="OR",
                        ),
                        name="survey_answer_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "answered"])), name="survey_answer_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("behalf", models.CharField(blank=True, max_length=200, verbose_name="On behalf of")),
                ("text", models.TextField(verbose_name="Complaint")),
                (
                    "reach",
                    models.CharField(
                        choices=[("members", "All members of the platform"), ("leader", "Only the chain's leader")],
                        default="members",
                        max_length=20,
                        verbose_name="Who reads the words",
                    ),
                ),
                (
                    "answer",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaint",
                        to="needs.surveyanswer",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("withdrawn", "Withdrawn")], default="open", max_length=20
                    ),
                ),
                (
                    "cluster",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="needs.cluster",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("placed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["chain", "state"], name="complaint_of_chain")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "withdrawn"])), name="complaint_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reach__in", ["members", "leader"])), name="complaint_reach_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="complaint_has_text"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PanelMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panel", to="needs.challenge"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Asked for a declaration"),
                            ("cleared", "No conflict"),
                            ("conflicted", "In conflict of interest"),
                            ("recused", "Stepped back"),
                        ],
                        default="invited",
                        max_length=20,
                    ),
                ),
                ("is_chair", models.BooleanField(default=False, verbose_name="Chair")),
                ("declared_at", models.DateTimeField(blank=True, null=True)),
                ("declaration", models.TextField(blank=True)),
                ("conflicts", models.JSONField(blank=True, default=list)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="needs.panelmember",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "person"), name="panel_seat_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_chair", True), ("state__in", ["invited", "cleared"])),
                        fields=("challenge",),
                        name="panel_one_chair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "cleared", "conflicted", "recused"])),
                        name="panel_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cleared"), _negated=True),
                            ("declared_at__isnull", False),
                            _connector="OR",
                        ),
                        name="panel_cleared_has_declared",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consensus",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consensus", to="needs.bid"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.criterion"
                    ),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="Mark"),
                ),
                ("is_na", models.BooleanField(default=False, verbose_name="Not assessed")),
                ("note", models.TextField(verbose_name="Why")),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.panelmember"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["recorded_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("bid", "criterion"),
                        name="consensus_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_na", True), ("value__isnull", True)),
                            models.Q(("is_na", False), ("value__gte", 0)),
                            _connector="OR",
                        ),
                        name="consensus_value_or_na",
                    ),
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="consensus_has_note"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dissent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "consensus",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dissents", to="needs.consensus"
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.panelmember"
                    ),
                ),
                ("text", models.TextField(verbose_name="Why you disagree")),
                ("given_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["given_at"],
                "constraints": [models.UniqueConstraint(fields=("consensus", "seat"), name="dissent_once")],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contract", to="needs.award"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="Commissioning party",
                    ),
                ),
                (
                    "developer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="Developing party",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("signed", "Signed")], default="draft", max_length=20
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                ("subject", models.TextField(blank=True, verbose_name="Subject of the development")),
                ("plan", models.TextField(blank=True, verbose_name="Development plan")),
                ("payment", models.TextField(blank=True, verbose_name="Funds and payment")),
                ("equipment", models.TextField(blank=True, verbose_name="Equipment bought with the funds")),
                ("secrecy", models.TextField(blank=True, verbose_name="Secrecy")),
                ("risk", models.TextField(blank=True, verbose_name="Risk")),
                (
                    "risk_client_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="Share of the risk borne by the commissioning party, percent",
                    ),
                ),
                ("ip", models.TextField(blank=True, verbose_name="Ownership and sharing of the results")),
                ("acceptance", models.TextField(blank=True, verbose_name="Acceptance: standard, manner, disputes")),
                ("other", models.TextField(blank=True, verbose_name="Other terms")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "signed"])), name="contract_state_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="contract_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("risk_client_percent__isnull", True),
                            ("risk_client_percent__range", (0, 100)),
                            _connector="OR",
                        ),
                        name="contract_risk_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "signed"), _negated=True), ("signed_at__isnull", False), _connector="OR"
                        ),
                        name="contract_signed_has_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="needs.contract"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("content_hash", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["signed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("contract", "organisation"),
                        name="contract_signature_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChallengeDetails",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="details", to="needs.challenge"
                    ),
                ),
                ("nda_text", models.TextField(verbose_name="Confidentiality agreement")),
                ("text", models.TextField(verbose_name="Confidential details")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("nda_text", ""), _negated=True), name="details_have_agreement"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DetailsFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "details",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="needs.challengedetails"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="Caption")),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="DetailsAcceptance",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "details",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="needs.challengedetails",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("nda_sha256", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["accepted_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("organisation__isnull", False)),
                        fields=("details", "organisation"),
                        name="details_accepted_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organisation__isnull", True)),
                        fields=("details", "person"),
                        name="details_accepted_by_person_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DetailsOpening",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "details",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="needs.challengedetails",
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
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.machineclient",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.detailsfile"
                    ),
                ),
                ("opened_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "ordering": ["-opened_at"],
            },
        ),
        migrations.CreateModel(
            name="SimilarPair",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("one_type", models.CharField(max_length=60)),
                ("one_id", models.UUIDField()),
                (
                    "one_owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("other_type", models.CharField(max_length=60)),
                ("other_id", models.UUIDField()),
                (
                    "other_owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "chains",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("score", models.DecimalField(decimal_places=3, max_digits=5)),
                ("found_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-score"],
                "indexes": [
                    models.Index(condition=models.Q(("gone_at__isnull", True)), fields=["one_id"], name="similar_one"),
                    models.Index(
                        condition=models.Q(("gone_at__isnull", True)), fields=["other_id"], name="similar_other"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["chains"], name="similar_chains"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("one_id", "other_id"), name="similar_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one_id__lt", models.F("other_id"))), name="similar_pair_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Compared",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("object_id", models.UUIDField(unique=True)),
                ("crowd", models.FloatField(default=0)),
                ("meant_crowd", models.FloatField(db_default=0, default=0)),
                ("at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JointProposal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merge", "Merge into one project"),
                            ("split", "Split the work"),
                            ("race", "Race, one is chosen at a gate"),
                        ],
                        max_length=20,
                        verbose_name="Proposal",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="Proposed by",
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
                ("text", models.TextField(verbose_name="How it would work")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for consent"),
                            ("agreed", "Agreed by all"),
                            ("carried_out", "Carried out"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("end_reason", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["proposed", "agreed", "carried_out", "declined", "withdrawn"])
                        ),
                        name="joint_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["merge", "split", "race"])), name="joint_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointParty",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="needs.jointproposal"
                    ),
                ),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        choices=[("waiting", "Not answered"), ("given", "Agrees"), ("refused", "Does not agree")],
                        default="waiting",
                        max_length=20,
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
                ("budget", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "object_id"), name="joint_party_once"),
                    models.CheckConstraint(
                        condition=models.Q(("consent__in", ["waiting", "given", "refused"])), name="joint_consent_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EligibilityCondition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="conditions", to="needs.challenge"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="Condition")),
                ("paper", models.CharField(blank=True, max_length=200, verbose_name="Paper that shows it")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "text"), name="eligibility_condition_once"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="eligibility_condition_said"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BidDeclaration",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="declarations", to="needs.bid"
                    ),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.eligibilitycondition"
                    ),
                ),
                ("holds", models.BooleanField(verbose_name="We fulfil it")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="Remark")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("bid", "condition"), name="bid_declaration_once")],
            },
        ),
        migrations.CreateModel(
            name="EligibilityFinding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="needs.bid"
                    ),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.eligibilitycondition"
                    ),
                ),
                ("is_met", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                (
                    "found_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "condition"), name="eligibility_finding_once"),
                    models.CheckConstraint(
                        condition=models.Q(("is_met", True), models.Q(("note", ""), _negated=True), _connector="OR"),
                        name="eligibility_unmet_explained",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplementRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supplements", to="needs.bid"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="What is missing")),
                ("due_at", models.DateTimeField(verbose_name="Until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("given", "Papers handed in"),
                            ("withdrawn", "No longer asked for"),
                        ],
                        default="asked",
                        max_length=20,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="Answer")),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("given_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("bid", "number"), name="supplement_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "given", "withdrawn"])),
                        name="supplement_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "given"), _negated=True),
                            models.Q(("given_at__isnull", False), ("given_at__lt", models.F("due_at"))),
                            _connector="OR",
                        ),
                        name="supplement_in_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplementFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "supplement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="needs.supplementrequest"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="TableNeed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="table", to="chains.jointroom"
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tables", to="needs.need"
                    ),
                ),
                (
                    "put_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("taken_off_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_off_at__isnull", True)),
                        fields=("room", "need"),
                        name="table_need_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicCall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("title", models.CharField(max_length=300, verbose_name="Title")),
                ("chain_words", models.CharField(blank=True, max_length=120, verbose_name="Chain")),
                ("stage", models.CharField(blank=True, max_length=60, verbose_name="Stage")),
                ("issuer", models.CharField(blank=True, max_length=200, verbose_name="Issuer")),
                ("source", models.TextField(verbose_name="Source")),
                ("note", models.TextField(blank=True, verbose_name="Note")),
                ("indicators", models.JSONField(default=list)),
                ("constraints_text", models.TextField(blank=True, verbose_name="Constraints")),
                ("budget_text", models.CharField(blank=True, max_length=300, verbose_name="Budget")),
                ("duration_months", models.CharField(blank=True, max_length=60, verbose_name="Duration in months")),
                ("fact_hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("query", models.JSONField(default=dict, verbose_name="What is looked for")),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("hourly", "Every hour"),
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("never", "Never; I look myself"),
                        ],
                        default="daily",
                        max_length=20,
                        verbose_name="Tell me",
                    ),
                ),
                ("looked_at", models.DateTimeField(default=core.clock.now)),
            ],
            options={
                "ordering": ["name", "created_at"],
                "indexes": [models.Index(fields=["pace", "looked_at"], name="saved_search_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ["hourly", "daily", "weekly", "never"])),
                        name="saved_search_pace_known",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "organisation", "name"), name="saved_search_name_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearchHit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "search",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hits", to="needs.savedsearch"
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="needs.need"),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [models.UniqueConstraint(fields=("search", "need"), name="saved_search_hit_once")],
            },
        ),
        migrations.CreateModel(
            name="Dismissal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
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
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField()),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("reason", models.CharField(max_length=500, verbose_name="Reason")),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("restored_at__isnull", True)),
                        fields=("organisation", "subject_id", "object_id"),
                        name="dismissal_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="dismissal_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SolverInvitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="needs.need"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solver_invitations",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("object_type", models.CharField(blank=True, max_length=60)),
                ("object_id", models.UUIDField(blank=True, null=True)),
                ("message", models.TextField(blank=True, verbose_name="Message")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Waits for an answer"),
                            ("accepted", "Is interested"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="sent",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="Answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sent", "accepted", "declined", "withdrawn"])),
                        name="solver_invitation_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("need", "organisation"),
                        name="solver_invited_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedMerge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_kept",
                        to="needs.need",
                        verbose_name="Need that stays",
                    ),
                ),
                (
                    "absorbed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_absorbed",
                        to="needs.need",
                        verbose_name="Need that is merged into it",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="Proposed by",
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
                ("reason", models.TextField(verbose_name="Reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for consent"),
                            ("merged", "Merged"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("end_reason", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "merged", "declined", "withdrawn"])),
                        name="need_merge_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("absorbed")), _negated=True), name="need_merge_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="need_merge_has_reason"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("kept", "absorbed"),
                        name="need_merge_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeConsent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="needs.needmerge"
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
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at"],
                "constraints": [models.UniqueConstraint(fields=("merge", "organisation"), name="merge_consent_once")],
            },
        ),
        migrations.CreateModel(
            name="NeedChain",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="more_chains", to="needs.need"
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="more_needs", to="chains.chain"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="more_needs", to="chains.chainnode"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [models.UniqueConstraint(fields=("need", "node"), name="need_chain_once")],
            },
        ),
        migrations.CreateModel(
            name="NeedEvidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="needs.need"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="Caption")),
                (
                    "added_by",
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
            },
        ),
        migrations.CreateModel(
            name="NeedIndicator",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="indicators", to="needs.needversion"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "specification"), name="need_indicator_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Definer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="definers", to="needs.need"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="defines", to="accounts.organisation"
                    ),
                ),
                ("role_label", models.CharField(blank=True, max_length=80, verbose_name="Part")),
                (
                    "state",
                    models.CharField(
                        choices=[("invited", "Invited"), ("accepted", "Takes part"), ("declined", "Declined")],
                        default="invited",
                        max_length=20,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decline_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("need", "organisation"), name="definer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "accepted", "declined"])),
                        name="definer_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="needs.need"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
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
                ("verdict", models.CharField(choices=[("signed", "Signed"), ("refused", "Refused")], max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("need", "specification", "organisation"), name="indicator_signature_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["signed", "refused"])), name="indicator_signature_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "signed"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="refusal_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorComment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="needs.need"
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.indicator"
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
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.TextField(verbose_name="Comment")),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="AwardNotice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="needs.challenge"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("statement", models.TextField(blank=True, verbose_name="Words of the notice")),
                ("content", models.JSONField(default=list)),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="Until")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdraw_reason", models.TextField(blank=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-opened_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "number"), name="award_notice_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("challenge",),
                        name="award_notice_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("opened_at"))), name="award_notice_lasts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="needs.awardnotice"
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
                ("grounds", models.TextField(verbose_name="Grounds")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "Waits for an answer"),
                            ("dismissed", "Dismissed"),
                            ("upheld", "Upheld"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="raised",
                        max_length=20,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(verbose_name="Answer due")),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="Answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["raised_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["raised", "dismissed", "upheld", "withdrawn"])),
                        name="objection_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["dismissed", "upheld"]), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("handler__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="objection_decided_by_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grounds", ""), _negated=True), name="objection_has_grounds"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                (
                    "direction",
                    models.CharField(
                        choices=[("offer", "Offer"), ("request", "Request")],
                        max_length=10,
                        verbose_name="Offer or request",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technology", "Technology"),
                            ("talent", "Talent"),
                            ("data", "Data"),
                            ("capital", "Capital"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("text", models.TextField(verbose_name="What it is")),
                ("terms", models.TextField(verbose_name="Terms")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="Amount"),
                ),
                ("open_until", models.DateField(blank=True, null=True, verbose_name="Open until")),
                ("is_repeatable", models.BooleanField(default=False, verbose_name="Several may take it up")),
                (
                    "reach",
                    models.CharField(
                        choices=[("members", "All members of the platform"), ("chosen", "Only chosen organisations")],
                        default="members",
                        max_length=20,
                        verbose_name="Who may read it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Available"), ("taken", "Taken up"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                (
                    "readers",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="accounts.organisation", verbose_name="Chosen organisations"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["state", "kind"], name="offer_state_kind"),
                    models.Index(fields=["owner", "-created_at"], name="offer_owner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["offer", "request"])), name="offer_direction_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["technology", "talent", "data", "capital"])),
                        name="offer_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reach__in", ["members", "chosen"])), name="offer_reach_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "taken", "withdrawn"])), name="offer_state_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("terms", ""), _negated=True), name="offer_has_terms"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="offer_amount_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flows_out", to="needs.offer"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flows_in", to="needs.offer"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technology", "Technology"),
                            ("talent", "Talent"),
                            ("data", "Data"),
                            ("capital", "Capital"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flows_given",
                        to="accounts.organisation",
                        verbose_name="From",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flows_taken",
                        to="accounts.organisation",
                        verbose_name="To",
                    ),
                ),
                (
                    "from_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flows_out", to="chains.chainnode"
                    ),
                ),
                (
                    "to_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flows_in", to="chains.chainnode"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("down", "Downstream"),
                            ("up", "Upstream"),
                            ("level", "Within a tier"),
                            ("across", "Between chains"),
                        ],
                        max_length=10,
                        verbose_name="Direction",
                    ),
                ),
                ("terms", models.TextField(verbose_name="Terms")),
                ("agreement", models.CharField(max_length=200, verbose_name="Agreement")),
                ("starts_on", models.DateField(verbose_name="From which day")),
                ("offer_version", models.PositiveIntegerField()),
                ("request_version", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("recorded", "Recorded"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "proposed_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
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
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="Reason")),
                ("recorded_at", models.DateTimeField(blank=True, null=True, verbose_name="Recorded")),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["from_node", "state"], name="flow_from"),
                    models.Index(fields=["to_node", "state"], name="flow_to"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["technology", "talent", "data", "capital"])),
                        name="flow_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["down", "up", "level", "across"])),
                        name="flow_direction_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "recorded", "declined", "withdrawn"])),
                        name="flow_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True), name="flow_between_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recorded_at__isnull", False),
                            models.Q(("state", "recorded"), _negated=True),
                            _connector="OR",
                        ),
                        name="flow_recorded_has_moment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "recorded"])),
                        fields=("offer", "request"),
                        name="flow_alive_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Number")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("text", models.TextField(verbose_name="Description")),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results_here",
                        to="chains.chainnode",
                        verbose_name="Node",
                    ),
                ),
                (
                    "demand_side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rd", "R&D"),
                            ("production", "Production"),
                            ("supply", "Supply chain"),
                            ("service", "Service"),
                        ],
                        max_length=20,
                        verbose_name="Demand side",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="Technical field")),
                (
                    "trl",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Technology readiness (TRL)"),
                ),
                ("advancement", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Advancement")),
                ("fit_process", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Process fit")),
                ("fit_standard", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Standards fit")),
                ("fit_cost", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Cost fit")),
                ("fit_supply", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Supply fit")),
                (
                    "fit",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Industrial fit"
                    ),
                ),
                ("scores_basis", models.TextField(blank=True, verbose_name="What the scores rest on")),
                (
                    "origin_need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="needs.need",
                        verbose_name="Need it answers",
                    ),
                ),
                (
                    "origin_project_id",
                    models.UUIDField(blank=True, db_index=True, null=True, verbose_name="Project it comes from"),
                ),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[
                            ("members", "All members of the platform"),
                            ("restricted", "Only the parties"),
                            ("public", "Everyone, also without signing in"),
                        ],
                        default="members",
                        max_length=20,
                        verbose_name="Who may read it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("cleared_for_pilot_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cleared_for_pilot_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "nodes",
                    models.ManyToManyField(
                        related_name="results", to="chains.chainnode", verbose_name="Nodes that it suits"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state"], name="result_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published", "withdrawn"])),
                        name="result_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidentiality__in", ["members", "restricted", "public"])),
                        name="result_confidentiality_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("demand_side", ""),
                            ("demand_side__in", ["rd", "production", "supply", "service"]),
                            _connector="OR",
                        ),
                        name="result_side_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trl__isnull", True), models.Q(("trl__gte", 1), ("trl__lte", 9)), _connector="OR"
                        ),
                        name="result_trl_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("advancement__isnull", True), ("advancement__lte", 100), _connector="OR"),
                            models.Q(("fit_process__isnull", True), ("fit_process__lte", 100), _connector="OR"),
                            models.Q(("fit_standard__isnull", True), ("fit_standard__lte", 100), _connector="OR"),
                            models.Q(("fit_cost__isnull", True), ("fit_cost__lte", 100), _connector="OR"),
                            models.Q(("fit_supply__isnull", True), ("fit_supply__lte", 100), _connector="OR"),
                        ),
                        name="result_scores_to_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capability",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capabilities",
                        to="accounts.organisation",
                        verbose_name="Owner",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="English title")),
                ("team", models.CharField(blank=True, max_length=120, verbose_name="Team")),
                ("text", models.TextField(verbose_name="Description")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Tags",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="Technical field")),
                (
                    "state",
                    models.CharField(
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn")],
                        default="published",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "nodes",
                    models.ManyToManyField(
                        related_name="capabilities", to="chains.chainnode", verbose_name="Chain nodes"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "capabilities",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state"], name="capability_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"])), name="capability_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opportunity",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opportunities",
                        to="needs.need",
                        verbose_name="Need",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opportunities",
                        to="needs.result",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opportunities",
                        to="needs.capability",
                    ),
                ),
                (
                    "from_chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="chains.chain",
                        verbose_name="From chain",
                    ),
                ),
                (
                    "from_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="chains.chainnode"
                    ),
                ),
                (
                    "to_chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="chains.chain",
                        verbose_name="To chain",
                    ),
                ),
                ("strength", models.DecimalField(decimal_places=1, max_digits=4, verbose_name="Strength")),
                ("words", models.JSONField(default=list)),
                ("found_at", models.DateTimeField(db_index=True)),
                ("seen_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "opportunities",
                "ordering": ["-strength"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("gone_at__isnull", True)), fields=["-strength"], name="opportunity_strength"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("result__isnull", True), ("capability__isnull", True), _connector="XOR"),
                        name="opportunity_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_chain", models.F("to_chain")), _negated=True),
                        name="opportunity_across_chains",
                    ),
                    models.UniqueConstraint(fields=("need", "result"), name="opportunity_of_result_once"),
                    models.UniqueConstraint(fields=("need", "capability"), name="opportunity_of_capability_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sought",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("object_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="needs.result",
                        verbose_name="Result",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="chains.chainnode",
                        verbose_name="Node that adopted it",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="accounts.organisation",
                        verbose_name="User of the result",
                    ),
                ),
                ("applied_on", models.DateField(verbose_name="In use since")),
                ("effect", models.TextField(verbose_name="Effect")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Self-declared"),
                            ("confirmed", "Confirmed by the user"),
                            ("denied", "Denied by the user"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="claimed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                (
                    "is_public",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="Shown to everyone, also without signing in"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
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
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "confirmed", "denied", "withdrawn"])),
                        name="application_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("result", "node", "user"),
                        name="application_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="needs.application"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                (
                    "measurement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.measurement"
                    ),
                ),
                ("period", models.CharField(max_length=80, verbose_name="Period")),
                ("is_from_factor", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("declared", "Self-declared"),
                            ("verified", "Verified by the user"),
                            ("disputed", "Disputed by the user"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="declared",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
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
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["declared", "verified", "disputed", "withdrawn"])),
                        name="outcome_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="needs.application"
                    ),
                ),
                (
                    "need",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follows", to="needs.need"
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
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Reinvestment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reinvestments",
                        to="needs.application",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="needs.followup",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="Amount")),
                ("invested_on", models.DateField(verbose_name="Invested on")),
                ("purpose", models.TextField(verbose_name="What for")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-invested_on", "-created_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="reinvestment_above_zero")
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultRequirement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requirements", to="needs.result"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("standard", "Production standard"), ("cost", "Cost cap at volume")],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("clause", models.CharField(blank=True, max_length=200, verbose_name="Standard and clause")),
                (
                    "volume",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=30, null=True, verbose_name="Annual volume"
                    ),
                ),
                ("volume_unit", models.CharField(blank=True, max_length=40, verbose_name="Unit of the volume")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
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
                    "waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("waived_at", models.DateTimeField(blank=True, null=True)),
                ("waive_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["standard", "cost"])), name="requirement_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "standard"), _negated=True),
                            models.Q(("clause", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="standard_has_clause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "cost"), _negated=True),
                            models.Q(("volume__gt", 0), models.Q(("volume_unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="cost_has_volume",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waived_at__isnull", True),
                            models.Q(("waived_by__isnull", False), models.Q(("waive_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="waiver_has_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pairing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="needs.need",
                        verbose_name="Need",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="accounts.organisation",
                        verbose_name="Organisation",
                    ),
                ),
                (
                    "proposed_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
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
                ("note", models.TextField(blank=True, verbose_name="Why they fit")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "Proposed"), ("accepted", "Accepted"), ("declined", "Declined")],
                        default="proposed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="Reason")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "accepted", "declined"])),
                        name="pairing_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "accepted"])),
                        fields=("need", "organisation"),
                        name="pairing_alive_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="Qualification")),
                ("name_en", models.CharField(blank=True, max_length=80, verbose_name="English name")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="What it asks for")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Concerns only",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("retired_because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("chain", "name"),
                        name="qualification_once_per_chain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QualificationEvidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "qualification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="needs.qualification",
                        verbose_name="Qualification",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="needs.result",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="needs.capability",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="Owner",
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
                ("certificate", models.CharField(max_length=200, verbose_name="Certificate or report")),
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
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="Valid until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Waits for the chain's leader"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="Reason")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "answered_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["submitted", "confirmed", "refused", "withdrawn"])),
                        name="qualification_evidence_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__isnull", True), ("capability__isnull", True), _connector="XOR"),
                        name="qualification_evidence_of_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "submitted")),
                        fields=("qualification", "result"),
                        name="qualification_of_result_waits_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "submitted")),
                        fields=("qualification", "capability"),
                        name="qualification_of_capability_waits_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="needs.challenge"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.TextField(verbose_name="The question")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Waits for an answer"), ("answered", "Answered")],
                        default="asked",
                        max_length=20,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="Answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("challenge", "number"), name="question_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "answered"])), name="question_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True), ("state", "asked")),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("state", "answered"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_answered_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultValue",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values_measured", to="needs.result"
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.specification"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "created_at"],
                "constraints": [models.UniqueConstraint(fields=("result", "specification"), name="result_value_once")],
            },
        ),
        migrations.CreateModel(
            name="ScoreSheet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="needs.panelmember"
                    ),
                ),
                (
                    "bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="needs.bid"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.bidsubmission"
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [models.UniqueConstraint(fields=("panel_member", "bid"), name="score_sheet_once")],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="needs.scoresheet"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="needs.criterion"
                    ),
                ),
                ("value", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("is_na", models.BooleanField(default=False)),
                ("comment", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "criterion"), name="score_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_na", True), ("value__isnull", True)),
                            models.Q(("is_na", False), ("value__gte", 0)),
                            _connector="OR",
                        ),
                        name="score_value_or_na",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionSet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_sets",
                        to="accounts.organisation",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("form", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["title"],
                "constraints": [models.UniqueConstraint(fields=("owner", "title"), name="question_set_title_once")],
            },
        ),
        migrations.CreateModel(
            name="SurveyLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="link", to="needs.surveyanswer"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("mail_after", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("mail_failures", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail_after__isnull", False)),
                        fields=["mail_after"],
                        name="survey_link_mail_due",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="challengegate",
            name="specifications",
            field=models.ManyToManyField(
                related_name="+", through="needs.ChallengeGateIndicator", to="indicators.specification"
            ),
        ),
        *(sequence(f"needs_{what}_number") for what in NUMBERED),
        *append_only("needs_addendum"),
        *append_only("needs_bidsubmission"),
        *append_only("needs_detailsacceptance"),
        *append_only("needs_detailsopening"),
    ]

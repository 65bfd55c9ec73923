import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """People, organisations and how they sign in."""

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0003_sign_in_safety"),
        ("accounts", "0004_sign_on"),
        ("accounts", "0005_list_indexes"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="E-mail")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="Professional title")),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_superuser", models.BooleanField(default=False)),
                ("is_expert", models.BooleanField(default=False)),
                ("expertise", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="person_email_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("uscc", models.CharField(max_length=18, unique=True, verbose_name="Unified social credit code")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("large_firm", "Large firm"),
                                ("sme", "SME"),
                                ("university", "University"),
                                ("research_institute", "Research institute"),
                                ("pilot_base", "Pilot base"),
                                ("investor", "Investor"),
                                ("channel_firm", "Channel firm"),
                                ("end_user", "End user"),
                                ("supporting_firm", "Supporting supplier"),
                                ("test_laboratory", "Test laboratory"),
                                ("service_provider", "Service provider"),
                                ("authority", "Authority"),
                                ("operator", "Platform operator"),
                            ],
                            max_length=30,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "Waiting for verification"),
                            ("verified", "Verified"),
                            ("rejected", "Returned"),
                            ("suspended", "Suspended"),
                            ("merged", "Merged into another"),
                        ],
                        default="registered",
                        max_length=20,
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                (
                    "region_code",
                    models.CharField(blank=True, max_length=6, verbose_name="Administrative division code"),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("intro", models.TextField(blank=True, verbose_name="Introduction")),
                ("website", models.URLField(blank=True, verbose_name="Website")),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "needs_second_factor",
                    models.BooleanField(db_default=False, default=False, verbose_name="Members need a second factor"),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["kinds"], name="organisation_kinds"),
                    models.Index(fields=["name"], name="organisation_name"),
                    models.Index(fields=["state"], name="organisation_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["registered", "verified", "rejected", "suspended", "merged"])
                        ),
                        name="organisation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kinds__contained_by",
                                [
                                    "large_firm",
                                    "sme",
                                    "university",
                                    "research_institute",
                                    "pilot_base",
                                    "investor",
                                    "channel_firm",
                                    "end_user",
                                    "supporting_firm",
                                    "test_laboratory",
                                    "service_provider",
                                    "authority",
                                    "operator",
                                ],
                            )
                        ),
                        name="organisation_kinds_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("admin", "Admin"),
                                ("member", "Member"),
                                ("signatory", "Signatory"),
                                ("finance", "Finance"),
                                ("approver", "Stage-fund approver"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "organisation"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("roles__contained_by", ["admin", "member", "signatory", "finance", "approver"])
                        ),
                        name="membership_roles_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="accounts.organisation",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("admin", "Admin"),
                                ("member", "Member"),
                                ("signatory", "Signatory"),
                                ("finance", "Finance"),
                                ("approver", "Stage-fund approver"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="sent",
                        max_length=20,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sent", "accepted", "declined", "withdrawn"])),
                        name="invitation_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("secret", models.TextField()),
                ("last_step", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("shut_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "code_hash"), name="recovery_code_once")],
            },
        ),
        migrations.CreateModel(
            name="SignedIn",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("browser", models.CharField(blank=True, max_length=200)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-seen_at"],
            },
        ),
        migrations.CreateModel(
            name="LinkedSignOn",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ons",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("email", models.EmailField(max_length=254)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="sign_on_of_one_person"),
                    models.UniqueConstraint(fields=("person", "issuer"), name="sign_on_once_an_issuer"),
                ],
            },
        ),
    ]

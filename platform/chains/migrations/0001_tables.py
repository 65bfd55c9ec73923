import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    """Chains, their nodes, terms, joint rooms and templates for sharing."""

    replaces = [
        ("chains", "0001_initial"),
        ("chains", "0002_term_links"),
        ("chains", "0003_joint_rooms"),
        ("chains", "0004_benefit_templates"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="Chain code")),
                ("intro", models.TextField(blank=True, verbose_name="Introduction")),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="BenefitTemplate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefit_templates",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                (
                    "other_chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.chain",
                        verbose_name="Other chain",
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
                    "proposed_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="Taken back")),
                ("retired_because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("chain", models.F("other_chain")), _negated=True),
                        name="benefit_template_between_chains",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BenefitTemplateVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="chains.benefittemplate",
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
                ("note", models.TextField(blank=True)),
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
                    models.UniqueConstraint(fields=("template", "number"), name="benefit_template_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("template",),
                        name="one_benefit_template_in_force",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "signing")),
                        fields=("template",),
                        name="one_benefit_template_signing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["signing", "in_force", "superseded"])),
                        name="benefit_template_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateRole",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="chains.benefittemplateversion",
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="Role")),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="Percent")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="For what")),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "label"), name="template_role_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)), name="template_role_percent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateSignature",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="chains.benefittemplateversion",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chains.chain"),
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
                "constraints": [models.UniqueConstraint(fields=("version", "chain"), name="template_signature_once")],
            },
        ),
        migrations.CreateModel(
            name="ChainNode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="chains.chain"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                (
                    "tier",
                    models.CharField(
                        choices=[("upstream", "Upstream"), ("midstream", "Midstream"), ("downstream", "Downstream")],
                        max_length=20,
                        verbose_name="Tier",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="chains.chainnode",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="Order")),
            ],
            options={
                "ordering": ["chain", "order", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "name"), name="node_name_once_per_chain"),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["upstream", "midstream", "downstream"])),
                        name="node_tier_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NodeMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="chains.chainnode"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="node_memberships",
                        to="accounts.organisation",
                    ),
                ),
                ("since", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("node", "organisation"), name="node_member_once")],
            },
        ),
        migrations.CreateModel(
            name="LeaderDesignation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="designations", to="chains.chain"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="designations",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "designated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)), fields=("chain",), name="one_leader_per_chain"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TermLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="chains.chain",
                        verbose_name="Chain",
                    ),
                ),
                ("words", models.CharField(max_length=80, verbose_name="Term")),
                (
                    "other_chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="chains.chain",
                        verbose_name="Other chain",
                    ),
                ),
                ("other_words", models.CharField(max_length=80, verbose_name="Term there")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="Note")),
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
                "ordering": ["words"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("chain", "words", "other_chain", "other_words"),
                        name="term_link_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chain", models.F("other_chain")), _negated=True),
                        name="term_link_between_chains",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Machine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="machines", to="accounts.organisation"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="machines",
                        to="chains.chainnode",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("maker", models.CharField(blank=True, max_length=120, verbose_name="Maker")),
                ("model", models.CharField(blank=True, max_length=120, verbose_name="Type")),
                ("count", models.PositiveSmallIntegerField(default=1, verbose_name="Number")),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="JointRoom",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("purpose", models.TextField(verbose_name="Purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "Proposed"), ("open", "Open to its members"), ("closed", "Closed")],
                        default="proposed",
                        max_length=20,
                        verbose_name="State",
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
                    "proposed_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="Open since")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="Closed")),
                (
                    "closed_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("closed_because", models.TextField(blank=True, verbose_name="Reason")),
            ],
            options={
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "open", "closed"])), name="joint_room_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JointRoomSide",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sides", to="chains.jointroom"
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="joint_room_sides", to="chains.chain"
                    ),
                ),
                (
                    "agreed_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [models.UniqueConstraint(fields=("room", "chain"), name="joint_room_side_once")],
            },
        ),
        migrations.CreateModel(
            name="JointRoomMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="chains.jointroom"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_room_seats",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="chains.chain"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("invited", "Invited"), ("joined", "Takes part"), ("left", "No longer takes part")],
                        default="invited",
                        max_length=20,
                        verbose_name="State",
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
                ("joined_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("room", "organisation"), name="joint_room_member_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "joined", "left"])),
                        name="joint_room_member_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointRoomNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="chains.jointroom"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
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
                ("text", models.TextField(verbose_name="What was said")),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
    ]

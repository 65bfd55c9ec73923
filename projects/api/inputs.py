"""What comes in at the room's REST door."""

from __future__ import annotations

from rest_framework import serializers

from benefits.states import STAGES
from core.api.serializers import Input, Money, Quantity, Whole
from core.indicators.kinds import Claim, Environment, Kind, Operator
from projects.states import Origin, Outcome, PartyRole

STAGE_CHOICES = [(str(one.value), one.label) for one in STAGES]


class ProjectIn(Input):
    title = serializers.CharField(max_length=160)
    summary = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    origin = serializers.ChoiceField(choices=Origin.choices, required=False)
    chain = serializers.UUIDField(required=False, allow_null=True)


class ProjectEdit(Input):
    title = serializers.CharField(max_length=160, required=False)
    summary = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class AwardIn(Input):
    award_id = serializers.UUIDField()


class PartyIn(Input):
    organisation = serializers.UUIDField()
    role = serializers.ChoiceField(choices=PartyRole.choices)
    contact = serializers.UUIDField(required=False, allow_null=True)


class NeedLinkIn(Input):
    need = serializers.UUIDField()


class DirectionIn(Input):
    before = serializers.CharField(max_length=2000, help_text="Where the project goes now")
    after = serializers.CharField(max_length=2000, help_text="Where it is to go")
    reason = serializers.CharField(max_length=2000)
    cluster = serializers.UUIDField(required=False, allow_null=True, help_text="A cluster or a need is cited, or both")
    need = serializers.UUIDField(required=False, allow_null=True)
    is_shown = serializers.BooleanField(
        required=False, default=True, help_text="Once approved, on the page of the cluster and of the need"
    )


class DirectionDecisionIn(Input):
    outcome = serializers.ChoiceField(choices=[("approved", "Approved"), ("refused", "Not approved")])
    note = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="Needed when it is refused"
    )
    version = serializers.IntegerField(required=False, min_value=1)


class ContributionIn(Input):
    party = serializers.UUIDField(help_text="The party's id or its organisation's")
    text = serializers.CharField(max_length=300)


class IndicatorIn(Input):
    specification = serializers.UUIDField(required=False)
    is_shared = serializers.BooleanField(required=False, default=False)
    contributions = ContributionIn(many=True, required=False)
    gates_due = serializers.ListField(child=serializers.ChoiceField(choices=STAGE_CHOICES), required=False)
    name = serializers.CharField(max_length=120, required=False)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    operator = serializers.ChoiceField(choices=Operator.choices, required=False)
    target = Quantity(required=False)
    low = Quantity(required=False)
    high = Quantity(required=False)
    level = serializers.CharField(max_length=40, required=False)
    level_scale = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    baseline_value = Quantity(required=False)
    baseline_period = serializers.CharField(max_length=80, required=False)
    baseline_source = serializers.CharField(max_length=300, required=False)
    baseline_claim = serializers.ChoiceField(choices=Claim.choices, required=False)
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)
    is_must = serializers.BooleanField(required=False, default=True)


class ShareIn(Input):
    contributions = ContributionIn(many=True, required=False)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PackageIn(Input):
    title = serializers.CharField(max_length=160)
    deliverable = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    owner = serializers.UUIDField(required=False, allow_null=True)
    indicators = serializers.ListField(child=serializers.UUIDField(), required=False)


class AssignIn(Input):
    owner = serializers.UUIDField(required=False, allow_null=True)


class ContactIn(Input):
    party = serializers.UUIDField()
    name = serializers.CharField(max_length=80)
    reach = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CommunicationIn(Input):
    contacts = ContactIn(many=True)
    reply_days = serializers.IntegerField(min_value=1, max_value=60)
    channel = serializers.CharField(max_length=200, required=False, allow_blank=True)


class GatePlanIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    planned_on = serializers.DateField(required=False)
    amount = Money(required=False)
    indicators = serializers.ListField(child=serializers.UUIDField(), required=False)
    must_meet = serializers.ListField(child=serializers.CharField(max_length=200), required=False)


class PlanIn(Input):
    gates = GatePlanIn(many=True)
    payer = serializers.UUIDField(required=False, allow_null=True)
    payee = serializers.UUIDField(required=False, allow_null=True)


class StageFundIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    amount = Money()
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class StageIn(Input):
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)


class MeasurementIn(Input):
    specification = serializers.UUIDField()
    value = Quantity(required=False)
    level = serializers.CharField(max_length=40, required=False)
    low = Quantity(required=False)
    high = Quantity(required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    uncertainty = Quantity(required=False)
    environment = serializers.ChoiceField(choices=Environment.choices, required=False)
    measured_on = serializers.DateField(required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]  # a field that is called so
    sample_size = Whole(required=False, min_value=1)
    claim = serializers.ChoiceField(choices=Claim.choices, required=False)
    verified_by = serializers.UUIDField(required=False)
    is_not_measured = serializers.BooleanField(required=False, default=False)


class SubmitIn(Input):
    note = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    measurements = MeasurementIn(many=True, required=False)


class FileIn(Input):
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ReviewerIn(Input):
    person = serializers.UUIDField()


class DeclareIn(Input):
    has_conflict = serializers.BooleanField()
    declaration = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class ReasonIn(Input):
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class AnswerIn(Input):
    item = Whole()
    is_met = serializers.BooleanField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class FindingIn(Input):
    answers = AnswerIn(many=True)
    recommendation = serializers.ChoiceField(choices=Outcome.choices)
    text = serializers.CharField(max_length=20000)


class ConditionIn(Input):
    text = serializers.CharField(max_length=500)
    owner = serializers.UUIDField()
    due_on = serializers.DateField()


class DecideIn(Input):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField(max_length=20000)
    package = serializers.UUIDField(required=False)
    review_on = serializers.DateField(required=False)
    conditions = ConditionIn(many=True, required=False)


class ConditionEvidenceIn(Input):
    evidence = serializers.CharField(max_length=500)


class HandoverIn(Input):
    from_stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    next_owner = serializers.UUIDField()
    documents = serializers.CharField(max_length=20000)
    parameters = serializers.CharField(max_length=20000)
    open_risks = serializers.CharField(max_length=20000)


class ReceiveIn(Input):
    received_on = serializers.DateField(required=False)


class AcceptanceIn(Input):
    expert = serializers.UUIDField()
    measurements = MeasurementIn(many=True, required=False)
    note = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class FailureClaimIn(Input):
    fund = serializers.UUIDField()
    loss = Money()
    reason = serializers.CharField(max_length=20000)

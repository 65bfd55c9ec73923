"""Shapes of what people type in the room."""

from __future__ import annotations

from typing import Any

from django.forms import HiddenInput
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from benefits.states import STAGES
from chains.models import Chain
from core import clock
from core.indicators.forms import SpecificationForm
from core.indicators.kinds import Claim, Environment, Kind
from core.web import forms
from projects.models import Gate, Project, ProjectIndicator
from projects.states import Origin, Outcome, PartyRole

STAGE_CHOICES = [(str(one.value), one.label) for one in STAGES]


def party_choices(project: Project) -> list[tuple[str, str]]:
    return [(str(one.pk), str(one)) for one in project.parties.select_related("organisation")]


class ProjectForm(forms.Form):
    title = forms.TextField(label=_("Title"), max_length=160)
    summary = forms.LongTextField(label=_("What it is about"), required=False)
    origin = forms.RadioField(label=_("Origin"), choices=Origin.choices, initial=Origin.SELF_EXPLORATION)
    chain = forms.SelectField(
        label=_("Chain"),
        required=False,
        choices=lambda: [(str(one.pk), str(one)) for one in Chain.objects.order_by("name")],
    )


class EditForm(forms.Form):
    title = forms.TextField(label=_("Title"), max_length=160)
    summary = forms.LongTextField(label=_("What it is about"), required=False)


class PartyForm(forms.Form):
    organisation = forms.SelectField(label=_("Organisation"))
    role = forms.SelectField(label=_("Part"), choices=PartyRole.choices)

    def __init__(self, *args: Any, organisations: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(one.pk), str(one)) for one in organisations]  # type: ignore[attr-defined]


class NeedForm(forms.Form):
    need = forms.SelectField(label=_("Need"))

    def __init__(self, *args: Any, needs: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [(str(one.pk), f"{one.code} {one.title}") for one in needs]  # type: ignore[attr-defined]


class IndicatorForm(SpecificationForm):
    """A target of the project; one contribution per party makes it shared."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _add_contributions(self, project)

    def checked(self) -> dict[str, Any]:
        return _gather(super().checked())


class ShareForm(forms.Form):
    """What each party does for the indicator."""

    def __init__(self, *args: Any, row: ProjectIndicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.party_id: one.text for one in row.contributions.all()}
        _add_contributions(self, row.project, known)

    def checked(self) -> dict[str, Any]:
        values = _gather(super().checked())
        return {"contributions": values["contributions"]}


def _add_contributions(form: Any, project: Project, known: Any = None) -> None:
    for one in project.parties.select_related("organisation"):
        form.fields[f"contribution_{one.pk}"] = forms.TextField(
            label=_now("Contribution of %(party)s") % {"party": one},
            max_length=300,
            required=False,
            initial=(known or {}).get(one.pk, ""),
        )


def _gather(values: dict[str, Any]) -> dict[str, Any]:
    contributions = [
        {"party": name.removeprefix("contribution_"), "text": values.pop(name)}
        for name in [one for one in values if one.startswith("contribution_")]
    ]
    values["contributions"] = [one for one in contributions if one["text"]]
    values["is_shared"] = bool(values["contributions"])
    return values


class PackageForm(forms.Form):
    title = forms.TextField(label=_("Work package"), max_length=160)
    deliverable = forms.TextField(label=_("Deliverable"), max_length=300)
    due_on = forms.DateField(label=_("Due on"))
    owner = forms.SelectField(label=_("Responsible party"), required=False)
    indicators = forms.MultipleChoiceField(label=_("Serves the indicators"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = party_choices(project)  # type: ignore[attr-defined]
        named = [(str(one.pk), str(one)) for one in project.indicators.select_related("specification")]
        self.fields["indicators"].choices = named  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    owner = forms.SelectField(label=_("Responsible party"), required=False, blank=_("Nobody"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = party_choices(project)  # type: ignore[attr-defined]


class CommunicationForm(forms.Form):
    reply_days = forms.IntegerField(label=_("Working days to answer"), min_value=1, max_value=60, initial=5)
    channel = forms.TextField(label=_("Channel"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in project.parties.select_related("organisation"):
            self.fields[f"contact_{one.pk}"] = forms.TextField(
                label=_now("Contact at %(party)s") % {"party": one}, max_length=80, required=False
            )

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        names = [one for one in values if one.startswith("contact_")]
        contacts = [{"party": name.removeprefix("contact_"), "name": values.pop(name)} for name in names]
        values["contacts"] = [one for one in contacts if one["name"]]
        return values


class PlanForm(forms.Form):
    """Day and money of each gate; the money of a stage is held until the gate before it is passed."""

    def __init__(self, *args: Any, project: Project, with_money: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for gate in project.gates.all():
            self.fields[f"planned_{gate.stage}"] = forms.DateField(
                label=_now("%(stage)s: day of the gate") % {"stage": gate.get_stage_display()},
                required=False,
                initial=gate.planned_on,
            )
            if with_money:
                self.fields[f"amount_{gate.stage}"] = forms.MoneyField(
                    label=_now("%(stage)s: money of the stage") % {"stage": gate.get_stage_display()}, required=False
                )
        if with_money:
            self.fields["payer"] = forms.SelectField(label=_("Payer"), required=False, choices=party_choices(project))
            self.fields["payee"] = forms.SelectField(label=_("Payee"), required=False, choices=party_choices(project))

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        rows = [
            {"stage": stage, "planned_on": values.get(f"planned_{stage}"), "amount": values.get(f"amount_{stage}")}
            for stage, _label in STAGE_CHOICES
        ]
        return {"gates": rows, "payer": values.get("payer") or None, "payee": values.get("payee") or None}


class FundForm(forms.Form):
    stage = forms.SelectField(label=_("Stage"), choices=STAGE_CHOICES)
    amount = forms.MoneyField(label=_("Amount"))
    reason = forms.LongTextField(label=_("What it is for"), required=False)


class MeasuredForm(forms.Form):
    """One line per indicator: value, environment, source."""

    def __init__(self, *args: Any, indicators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specifications = [one.specification for one in indicators]
        for one in self.specifications:
            label = f"{one} ({one.target_text})"
            if one.kind == Kind.LEVEL:
                self.fields[f"level_{one.pk}"] = forms.SelectField(
                    label=label, required=False, choices=[(level, level) for level in one.level_scale]
                )
            else:
                self.fields[f"value_{one.pk}"] = forms.DecimalField(label=label, required=False, unit=one.unit)
        if self.specifications:
            self.fields["environment"] = forms.SelectField(
                label=_("Environment"), choices=Environment.choices, required=False
            )
            self.fields["measured_on"] = forms.DateField(label=_("Measured on"), required=False)
            self.fields["source"] = forms.TextField(label=_("Source"), max_length=300, required=False)
            self.fields["empty_is_unmeasured"] = forms.CheckField(label=_("What is left empty was not measured"))

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        rest = {
            name: values.pop(name)
            for name in ("environment", "measured_on", "source", "empty_is_unmeasured")
            if name in values
        }
        rows = []
        for one in self.specifications:
            value, level = values.pop(f"value_{one.pk}", None), values.pop(f"level_{one.pk}", "")
            shared = {
                "specification": str(one.pk), "environment": rest.get("environment") or "", "measured_on": rest.get("measured_on"),
                "source": rest.get("source") or "", "claim": Claim.SELF_DECLARED,
            }  # fmt: skip
            if value is not None:
                rows.append({**shared, "value": value})
            elif level:
                rows.append({**shared, "level": level})
            elif rest.get("empty_is_unmeasured"):
                rows.append({**shared, "is_not_measured": True})
        return {**values, "measurements": rows}


class SubmitForm(MeasuredForm):
    note = forms.LongTextField(label=_("Note"), required=False)
    files_ = forms.MultipleFileField(label=_("Files"), required=False)


class PersonForm(forms.Form):
    person = forms.SelectField(label=_("Reviewer"))

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(one.pk), str(one)) for one in people]  # type: ignore[attr-defined]


class DeclareForm(forms.Form):
    has_conflict = forms.RadioField(
        label=_("Are you tied with a party of this project?"),
        choices=[("no", _("No tie with any party")), ("yes", _("Yes, I step aside"))],
    )
    declaration = forms.LongTextField(label=_("Declaration"), required=False, rows=2)

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        return {"has_conflict": values["has_conflict"] == "yes", "declaration": values["declaration"]}


class ReasonForm(forms.Form):
    reason = forms.LongTextField(label=_("Reason"))


class DirectionForm(forms.Form):
    """From where to where, and because of what."""

    before = forms.LongTextField(label=_("From"), max_length=2000, rows=2)
    after = forms.LongTextField(label=_("To"), max_length=2000, rows=2)
    cluster = forms.SelectField(label=_("Because of the cluster"), required=False, blank=_("None"))
    need = forms.SelectField(label=_("Because of the need"), required=False, blank=_("None"))
    reason = forms.LongTextField(label=_("Reason"), max_length=2000, rows=3)
    is_shown = forms.CheckField(
        label=_("Show it to those who complained"),
        help_text=_("Once approved: title, leading party and both directions stand on the page of the cluster and of the need."),
    )  # fmt: skip

    def __init__(self, *args: Any, clusters: Any = (), needs: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cluster"].choices = [(str(one.pk), f"{one.label} ({one.size})") for one in clusters]  # type: ignore[attr-defined]
        self.fields["need"].choices = [(str(one.pk), f"{one.code} {one.title}") for one in needs]  # type: ignore[attr-defined]


class DecideDirectionForm(forms.Form):
    outcome = forms.RadioField(
        label=_("Decision"), choices=[("approved", _("Approve it")), ("refused", _("Do not approve it"))]
    )
    note = forms.LongTextField(
        label=_("Note of the decision"),
        required=False,
        max_length=2000,
        rows=3,
        help_text=_("Needed when you do not approve it."),
    )


class FindingForm(forms.Form):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = len(gate.must_meet)
        for at, item in enumerate(gate.must_meet):
            self.fields[f"item_{at}"] = forms.RadioField(
                label=_now(item["text"]), choices=[("yes", _("Yes")), ("no", _("No"))]
            )
        self.fields["recommendation"] = forms.RadioField(label=_("Recommendation"), choices=Outcome.choices)
        self.fields["text"] = forms.LongTextField(label=_("Reasons"))

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        answers = [{"item": at, "is_met": values.pop(f"item_{at}") == "yes"} for at in range(self.count)]
        return {**values, "answers": answers}


class DecideForm(forms.Form):
    """The decision; a conditional go has a form of its own."""

    outcome = forms.RadioField(
        label=_("Decision"), choices=[one for one in Outcome.choices if one[0] != Outcome.CONDITIONAL]
    )
    reason = forms.LongTextField(label=_("Reason"))
    review_on = forms.DateField(label=_("Next review"), required=False, help_text=_("For “Pause” and “Once more”."))
    package = forms.TextField(required=False, widget=HiddenInput)


class ConditionalForm(forms.Form):
    reason = forms.LongTextField(label=_("Reason"))
    text = forms.TextField(label=_("Condition"), max_length=500)
    owner = forms.SelectField(label=_("Responsible party"))
    due_on = forms.DateField(label=_("Due on"))
    text_2 = forms.TextField(label=_("Second condition"), max_length=500, required=False)
    owner_2 = forms.SelectField(label=_("Responsible party"), required=False)
    due_on_2 = forms.DateField(label=_("Due on"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "owner_2"):
            self.fields[name].choices = party_choices(project)  # type: ignore[attr-defined]

    def checked(self) -> dict[str, Any]:
        values = super().checked()
        rows = [{"text": values["text"], "owner": values["owner"], "due_on": values["due_on"]}]
        if values["text_2"]:
            rows.append({"text": values["text_2"], "owner": values["owner_2"], "due_on": values["due_on_2"]})
        return {"outcome": Outcome.CONDITIONAL.value, "reason": values["reason"], "conditions": rows}


class EvidenceForm(forms.Form):
    evidence = forms.TextField(label=_("What shows that it is met"), max_length=500)


class HandoverForm(forms.Form):
    from_stage = forms.SelectField(label=_("Finished stage"), choices=STAGE_CHOICES[:-1])
    next_owner = forms.SelectField(label=_("Owner of the next stage"))
    documents = forms.LongTextField(label=_("Documents"))
    parameters = forms.LongTextField(label=_("Parameters"))
    open_risks = forms.LongTextField(label=_("Open risks"))
    files_ = forms.MultipleFileField(label=_("Files"), required=False)

    def __init__(self, *args: Any, organisations: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_owner"].choices = [(str(one.pk), str(one)) for one in organisations]  # type: ignore[attr-defined]


class ReceiveForm(forms.Form):
    received_on = forms.DateField(label=_("Received on"), initial=lambda: clock.today())


class AcceptanceForm(MeasuredForm):
    expert = forms.SelectField(label=_("Expert who signs as well"))
    note = forms.LongTextField(label=_("Note"), required=False)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].choices = [(str(one.pk), str(one)) for one in people]  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    fund = forms.SelectField(label=_("Risk fund"))
    loss = forms.MoneyField(label=_("Loss"))
    reason = forms.LongTextField(label=_("Reason"))

    def __init__(self, *args: Any, funds: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [(str(one.pk), str(one)) for one in funds]  # type: ignore[attr-defined]

"""Shapes of what is typed about needs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import ChainNode
from core.accounts.models import Organisation
from core.indicators.kinds import Environment, Kind
from core.indicators.models import Specification
from core.web import forms
from needs.models.need import PRIORITIES
from needs.states.need import OFFERED, Confidentiality, DemandSide, NeedState


class NeedWords(forms.Form):
    """The plain words that come before any indicator (R014)."""

    title = forms.TextField(label=_("Title"), max_length=200)
    pain_point = forms.LongTextField(
        label=_("Pain point"), rows=4, help_text=_("What hurts, in plain words; no technical indicator yet.")
    )
    affected_users = forms.LongTextField(
        label=_("Affected users"), rows=2, required=False, help_text=_("Who suffers from it.")
    )
    demand_side = forms.RadioField(label=_("Demand side"), choices=DemandSide.choices)
    key_technologies = forms.LongTextField(
        label=_("Key technologies"),
        rows=2,
        required=False,
        help_text=_("What has to be solved technically; the figures go into the indicator table."),
    )
    expected_results = forms.LongTextField(
        label=_("Expected results"),
        rows=2,
        required=False,
        help_text=_("What is new about it, and what economy and society gain."),
    )
    keywords = forms.TextField(label=_("Keywords"), max_length=200, required=False, help_text=_("Separated by commas."))
    constraints = forms.LongTextField(
        label=_("Constraints"), rows=2, required=False, help_text=_("Process, equipment, cost, standard, time.")
    )
    field = forms.TextField(label=_("Technical field"), max_length=80, required=False)
    region_code = forms.TextField(
        label=_("Region"), max_length=80, required=False, help_text=_("Six digits, such as 330100.")
    )
    budget = forms.MoneyField(label=_("Budget"), required=False)
    starts_on = forms.DateField(label=_("Work starts"), required=False)
    deadline_on = forms.DateField(label=_("Wanted by"), required=False)
    title_en = forms.TextField(label=_("English title"), max_length=200, required=False)
    confidentiality = forms.RadioField(label=_("Who may read it"), choices=OFFERED, initial=Confidentiality.MEMBERS)


class NewNeed(NeedWords):
    node = forms.SelectField(label=_("Chain node"))
    field_order = ["title", "pain_point", "affected_users", "node", "demand_side"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = ChainNode.objects.select_related("chain").order_by("chain__name", "order")
        self.fields["node"].choices = [(str(one.pk), f"{one.chain} · {one}") for one in nodes]  # type: ignore[attr-defined]


class PriorityForm(forms.Form):
    priority = forms.SelectField(
        label=_("Priority"),
        required=False,
        choices=[("", _("not weighed")), *PRIORITIES],
        help_text=_("1 comes first, beside the other needs of the chain."),
    )

    def clean_priority(self) -> int | None:
        value = self.cleaned_data["priority"]
        return int(value) if value else None


class ChainsForm(forms.Form):
    other_nodes = forms.MultipleChoiceField(
        label=_("Nodes of other chains"),
        required=False,
        help_text=_("Solvers of these chains find the need as well, marked as from another chain."),
    )

    def __init__(self, *args: Any, need: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = ChainNode.objects.exclude(chain=need.chain_id).select_related("chain").order_by("chain__name", "order")
        self.fields["other_nodes"].choices = [(str(one.pk), f"{one.chain} · {one}") for one in nodes]  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    file = forms.FileField(label=_("File"))
    caption = forms.TextField(label=_("Caption"), required=False)


class InviteForm(forms.Form):
    organisation = forms.SelectField(label=_("Partner"))
    role_label = forms.TextField(
        label=_("Part"), max_length=80, required=False, help_text=_("Such as: institute, electrode supplier.")
    )

    def __init__(self, *args: Any, need: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = [need.owner_id, *need.definers.values_list("organisation_id", flat=True)]
        rows = Organisation.objects.filter(state="verified").exclude(pk__in=taken).order_by("name")
        self.fields["organisation"].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.LongTextField(label=_("Reason"), rows=3)


class OptionalReasonForm(forms.Form):
    reason = forms.LongTextField(label=_("Reason"), rows=3, required=False)


class CommentForm(forms.Form):
    text = forms.LongTextField(label=_("Comment"), rows=3)


class NoteForm(forms.Form):
    note = forms.LongTextField(label=_("What changed"), rows=2, required=False)


class ConfirmForm(forms.Form):
    review_on = forms.DateField(label=_("Next review"), required=False)


class CloseForm(forms.Form):
    """One group of fields per indicator; an empty one is not measured."""

    def __init__(self, *args: Any, specifications: list[Specification], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specifications = specifications
        for at, one in enumerate(specifications):
            words = {"name": str(one), "target": one.computed_text or one.target_text}
            if one.kind == Kind.LEVEL:
                self.fields[f"level_{at}"] = forms.SelectField(
                    label=_("%(name)s: level reached (target %(target)s)") % words,
                    choices=[(x, x) for x in one.level_scale],
                    required=False,
                )
            else:
                self.fields[f"value_{at}"] = forms.DecimalField(
                    label=_("%(name)s: measured value (target %(target)s)") % words, unit=one.unit, required=False
                )
            self.fields[f"source_{at}"] = forms.TextField(
                label=_("%(name)s: source") % words, required=False, max_length=300
            )
            self.fields[f"environment_{at}"] = forms.SelectField(
                label=_("%(name)s: environment") % words, choices=Environment.choices, required=False
            )
        self.fields["outcome"] = forms.RadioField(
            label=_("Outcome"),
            choices=[(NeedState.MET, NeedState.MET.label), (NeedState.PARTLY_MET, NeedState.PARTLY_MET.label)],
        )
        self.fields["reason"] = forms.LongTextField(label=_("Remarks"), rows=2, required=False)

    def measurements(self) -> list[dict[str, Any]]:
        """What was measured, as the action takes it."""
        values = self.checked()
        rows = []
        for at, one in enumerate(self.specifications):
            value, level = values.get(f"value_{at}"), values.get(f"level_{at}") or None
            if value is None and level is None:
                continue
            rows.append({
                "specification": one.pk, "value": value, "level": level, "source": values[f"source_{at}"],
                "environment": values[f"environment_{at}"],
            })  # fmt: skip
        return rows

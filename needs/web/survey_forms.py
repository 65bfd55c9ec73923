"""Forms of surveys: shape only, the actions judge the meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BoundField, HiddenInput
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from chains.states import Tier
from core.web import forms
from needs.models.survey import Campaign
from needs.queries.survey import questions_in
from needs.services.survey import LONGEST_ANSWER
from needs.states.need import DemandSide
from needs.states.survey import SCALE, Cycle, QuestionKind

ROWS, SPARE = 12, 3
NAMES = ("text", "kind", "options", "tiers", "is_required")
# Options stand on one line, parted by one of these.
PARTED = re.compile(r"[;；|｜\n]")

FIRST_QUESTIONS: list[dict[str, Any]] = [
    {"text": _("What is the greatest technical bottleneck at your node?"), "is_required": True},
    {"text": _("Which upgrade do you need, with which figures?")},
    {"text": _("How urgent is it?"), "kind": QuestionKind.SCALE},
]


class QuestionRows(forms.Form):
    """Rows of questions: the filled ones and some to fill."""

    def add_rows(self) -> None:
        for n in range(ROWS):
            self.fields[f"q_{n}_text"] = forms.TextField(label=_("Survey question"), max_length=300, required=False)
            self.fields[f"q_{n}_kind"] = forms.SelectField(
                label=_("Answered by"), choices=QuestionKind.choices, required=False
            )
            self.fields[f"q_{n}_options"] = forms.TextField(
                label=_("Options"),
                max_length=1500,
                required=False,
                help_text=_("Parted by semicolons; for choices only."),
            )
            self.fields[f"q_{n}_tiers"] = forms.MultipleChoiceField(
                label=_("Asked only of"), choices=Tier.choices, required=False
            )
            self.fields[f"q_{n}_is_required"] = forms.CheckField(label=_("Must be answered"))

    def question_rows(self) -> list[list[BoundField]]:
        rows = [[self[f"q_{n}_{name}"] for name in NAMES] for n in range(ROWS)]
        filled = [n for n, row in enumerate(rows) if row[0].value() or any(one.errors for one in row)]
        return rows[: (filled[-1] + 1 if filled else 0) + SPARE]

    def questions(self, cleaned: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows in which something stands, and where each stood, so that a sentence finds its field."""
        rows: list[dict[str, Any]] = []
        self.row_of: dict[int, int] = {}
        for n in range(ROWS):
            text, options = cleaned.get(f"q_{n}_text") or "", cleaned.get(f"q_{n}_options") or ""
            if not text and not options:
                continue
            self.row_of[len(rows)] = n
            rows.append(
                {"text": text, "kind": cleaned.get(f"q_{n}_kind") or str(QuestionKind.TEXT), "options": PARTED.split(options),
                 "tiers": list(cleaned.get(f"q_{n}_tiers") or []), "is_required": bool(cleaned.get(f"q_{n}_is_required"))}
            )  # fmt: skip
        return rows

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed: dict[str, list[str]] = {}
        for name, texts in fields.items():
            found = re.fullmatch(r"questions\.(\d+)\.(\w+)", name)
            name = f"q_{self.row_of.get(int(found[1]), 0)}_{found[2]}" if found else name
            placed["q_0_text" if name == "questions" else name] = texts
        super().tell(placed)


def rows_initial(questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the rows show first."""
    shown: dict[str, Any] = {}
    for n, row in enumerate(questions_in([], questions)[:ROWS]):
        shown |= {f"q_{n}_{name}": row[name] for name in NAMES} | {f"q_{n}_options": "；".join(row["options"])}
    return shown


class CampaignForm(QuestionRows):
    title = forms.TextField(label=_("Title"), max_length=200)
    intro = forms.LongTextField(
        label=_("What it is for"), rows=2, max_length=2000, required=False,
        help_text=_("Those who are asked read it first: why, and what happens with their answers."),
    )  # fmt: skip
    cycle = forms.RadioField(label=_("Cycle"), choices=Cycle.choices)
    starts_on = forms.DateField(label=_("Starts on"))
    answer_days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=90, initial=14)
    remind_days = forms.IntegerField(
        label=_("Reminder, days before the end"), min_value=0, max_value=30, initial=3, help_text=_("0: no reminder.")
    )
    nodes = forms.MultipleChoiceField(label=_("Nodes that are asked"))

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ChainNode.objects.filter(chain=chain).order_by("order", "name")
        self.fields["nodes"].choices = [(str(one.pk), f"{one.get_tier_display()} · {one}") for one in rows]  # type: ignore[attr-defined]
        self.add_rows()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = ("title", "intro", "cycle", "starts_on", "answer_days", "remind_days", "nodes")
        return {name: cleaned.get(name) for name in names if name in cleaned} | {"form": self.questions(cleaned)}


class CampaignEditForm(CampaignForm):
    """The same without the day it begins, and with the version that was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["starts_on"]
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()

    def clean(self) -> dict[str, Any]:
        version = self.cleaned_data.get("version")
        return {"changes": super().clean(), "version": version}


def campaign_initial(campaign: Campaign) -> dict[str, Any]:
    names = ("title", "intro", "cycle", "answer_days", "remind_days", "version")
    shown = {name: getattr(campaign, name) for name in names}
    shown["nodes"] = [str(one.pk) for one in campaign.nodes.all()]
    return shown | rows_initial(questions_in(campaign.questions, campaign.form))


class QuestionSetForm(QuestionRows):
    title = forms.TextField(label=_("Title"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_rows()
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {"title": cleaned.get("title", ""), "form": self.questions(cleaned), "version": cleaned.get("version")}


class ContactForm(forms.Form):
    node = forms.SelectField(label=_("Node"))
    organisation_name = forms.TextField(label=_("Organisation"), max_length=200)
    name = forms.TextField(label=_("Contact"), max_length=80, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("The link goes there by itself; without an address you hand it over."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].choices = [(str(one.pk), str(one)) for one in campaign.nodes.all()]  # type: ignore[attr-defined]


class TurnForm(forms.Form):
    title = forms.TextField(label=_("Title of the need"), max_length=200)
    demand_side = forms.RadioField(label=_("Demand side"), choices=DemandSide.choices)


class AnswerForm(forms.Form):
    """The questions that one is asked, each answered in its own way."""

    def __init__(self, *args: Any, asked: Sequence[tuple[int, Mapping[str, Any]]], total: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.total = asked, total
        for at, question in asked:
            self.fields[f"text_{at}"] = _field_of(question)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        texts = [""] * self.total
        for at, _question in self.asked:
            value = cleaned.get(f"text_{at}") or ""
            texts[at] = "\n".join(value) if isinstance(value, list) else str(value)
        return {"texts": texts}

    def tell(self, fields: dict[str, list[str]]) -> None:
        super().tell({name.replace("texts.", "text_"): texts for name, texts in fields.items()})


def _field_of(question: Mapping[str, Any]) -> Any:
    shared: dict[str, Any] = {"label": question["text"], "required": question["is_required"]}
    options = [(one, one) for one in question["options"]]
    match question["kind"]:
        case QuestionKind.CHOICE:
            return forms.RadioField(choices=options, **shared)
        case QuestionKind.CHOICES:
            return forms.MultipleChoiceField(choices=options, **shared)
        case QuestionKind.SCALE:
            told = _("1: not at all · 5: very much")
            return forms.RadioField(choices=[(one, one) for one in SCALE], help_text=told, **shared)
    return forms.LongTextField(rows=3, max_length=LONGEST_ANSWER, **shared)


def answer_initial(asked: Sequence[tuple[int, Mapping[str, Any]]], texts: Sequence[str]) -> dict[str, Any]:
    """What was answered before, for those who change it."""
    shown: dict[str, Any] = {}
    for at, question in asked:
        text = texts[at] if at < len(texts) else ""
        shown[f"text_{at}"] = text.split("\n") if question["kind"] == QuestionKind.CHOICES and text else text
    return shown

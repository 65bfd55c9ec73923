"""Forms of challenges: shape only, the actions judge the meaning."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import BoundField, HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.accounts.actor import Actor
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationState
from core.web import forms
from needs.models.challenge import Challenge, Criterion
from needs.queries.verdict import specifications_of
from needs.states.challenge import STAGE_ORDER, IpTerms

ZONES = [
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "UTC",
]
PAYERS, CRITERIA = 6, 8


def in_zone(moment: dt.datetime | None, zone: str) -> dt.datetime | None:
    """A moment that was read as Beijing time, meant as the same wall clock in another zone."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


class ChallengeForm(forms.Form):
    """The whole draft on one page: facts, money, criteria, gates."""

    title = forms.TextField(label=_("Title"), max_length=200)
    summary = forms.LongTextField(label=_("What is asked"), required=False, rows=5)
    eligibility = forms.LongTextField(label=_("Who may bid"), required=False, rows=2)
    deadline_at = forms.MomentField(
        label=_("Deadline"), required=False, help_text=_("To the second, on the wall clock of the zone beside it.")
    )
    deadline_zone = forms.SelectField(label=_("Time zone"), choices=[(one, one) for one in ZONES])
    decision_on = forms.DateField(label=_("Award expected on"), required=False)
    ip_terms = forms.SelectField(
        label=_("IP terms"),
        choices=IpTerms.choices,
        help_text=_("“To be determined” must be resolved before publication."),
    )
    ip_text = forms.LongTextField(label=_("IP terms in words"), required=False, rows=3)
    race_mode = forms.CheckField(label=_("Parallel racing: several bids may be awarded"))
    budget = forms.MoneyField(label=_("Budget"), required=False)
    spread_limit = forms.DecimalField(
        label=_("Points between members at which they confer"),
        required=False,
        decimal_places=2,
        max_digits=5,
        help_text=_("Of 100. When the members' totals for a bid lie this far apart, the chair records a consensus."),
    )
    notice_days = forms.IntegerField(
        label=_("Notice period in days"),
        required=False,
        min_value=0,
        max_value=90,
        help_text=_("Before the second signature the proposed awards are made known for so long; 0 for none."),
    )
    feedback_days = forms.IntegerField(
        label=_("Days to the feedback"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=_("So long after the award every bidder has a remark per indicator. Empty: with the award itself."),
    )

    def __init__(self, *args: Any, challenge: Challenge, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge = challenge
        self.row_of: dict[str, str] = {}
        known = organisations_visible_to(actor).filter(state=OrganisationState.VERIFIED)
        payers = [(str(one.pk), one.name) for one in known.order_by("name")[:500]]
        for n in range(PAYERS):
            self.fields[f"payer_{n}_organisation"] = forms.SelectField(label=_("Payer"), choices=payers, required=False)
            self.fields[f"payer_{n}_amount"] = forms.MoneyField(label=_("Amount"), required=False)
        for n in range(CRITERIA):
            self.fields[f"criterion_{n}_name"] = forms.TextField(label=_("Criterion"), max_length=80, required=False)
            self.fields[f"criterion_{n}_name_en"] = forms.TextField(
                label=_("English name"), max_length=120, required=False
            )
            self.fields[f"criterion_{n}_weight"] = forms.PercentField(
                label=_("Weight"), required=False, decimal_places=2
            )
            self.fields[f"criterion_{n}_max_score"] = forms.DecimalField(
                label=_("Highest mark"), required=False, decimal_places=2, max_digits=6
            )
            self.fields[f"criterion_{n}_minimum_mark"] = forms.DecimalField(
                label=_("Minimum mark"), required=False, decimal_places=2, max_digits=6
            )
            self.fields[f"criterion_{n}_guidance"] = forms.TextField(
                label=_("What the marks mean"), required=False, max_length=1000
            )
        due = [(str(one.pk), str(one.name)) for one in specifications_of(challenge)]
        for stage in STAGE_ORDER:
            self.fields[f"gate_{stage}_planned_on"] = forms.DateField(label=_("Planned on"), required=False)
            self.fields[f"gate_{stage}_share_percent"] = forms.PercentField(
                label=_("Share of the budget"), required=False, decimal_places=2
            )
            self.fields[f"gate_{stage}_specifications"] = forms.MultipleChoiceField(
                label=_("Indicators due"), choices=due, required=False
            )
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()

    def payer_rows(self) -> list[list[BoundField]]:
        """The filled rows and one empty one; rows that are not shown count as empty."""
        rows = [[self[f"payer_{n}_{name}"] for name in ("organisation", "amount")] for n in range(PAYERS)]
        return _shown(rows, spare=1)

    def criterion_rows(self) -> list[list[BoundField]]:
        names = ("name", "name_en", "weight", "max_score", "minimum_mark", "guidance")
        return _shown([[self[f"criterion_{n}_{name}"] for name in names] for n in range(CRITERIA)], spare=2)

    def gate_rows(self) -> list[tuple[str, list[BoundField]]]:
        names = ("planned_on", "share_percent", "specifications")
        return [(str(stage.label), [self[f"gate_{stage}_{name}"] for name in names]) for stage in STAGE_ORDER]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        plain = {
            name: cleaned.get(name)
            for name in (
                "version",
                "title",
                "summary",
                "eligibility",
                "deadline_zone",
                "decision_on",
                "ip_terms",
                "ip_text",
                "race_mode",
                "budget",
                "spread_limit",
                "notice_days",
                "feedback_days",
            )
        }
        if plain["spread_limit"] is None:
            # Emptied or not shown: the limit that stands goes on.
            del plain["spread_limit"]
        zone = cleaned.get("deadline_zone") or ZONES[0]
        plain["deadline_at"] = in_zone(cleaned.get("deadline_at"), zone)
        if plain["deadline_at"] == self.challenge.deadline_at:
            # An old deadline that nobody touched is not a new mistake.
            del plain["deadline_at"]
        plain["payers"] = self._rows(cleaned, "payer", PAYERS, ("organisation", "amount"))
        plain["criteria"] = self._rows(
            cleaned, "criterion", CRITERIA, ("name", "name_en", "weight", "max_score", "minimum_mark", "guidance")
        )
        gates: list[dict[str, Any]] = [
            {
                "stage": str(stage),
                **{
                    name: cleaned.get(f"gate_{stage}_{name}")
                    for name in ("planned_on", "share_percent", "specifications")
                },
            }
            for stage in STAGE_ORDER
            if cleaned.get(f"gate_{stage}_share_percent") is not None or cleaned.get(f"gate_{stage}_planned_on")
        ]
        for number, row in enumerate(gates):
            self.row_of[f"gates.{number}"] = f"gate_{row['stage']}"
        plain["gates"] = gates
        return plain

    def _rows(self, cleaned: Mapping[str, Any], prefix: str, count: int, names: Sequence[str]) -> list[dict[str, Any]]:
        """The rows in which something stands, and where each stood, so that a sentence finds its field."""
        plural = {"payer": "payers", "criterion": "criteria"}[prefix]
        rows: list[dict[str, Any]] = []
        for n in range(count):
            row = {name: cleaned.get(f"{prefix}_{n}_{name}") for name in names}
            touched = any(row.values()) or any(f"{prefix}_{n}_{name}" in self.errors for name in names)
            if touched:
                self.row_of[f"{plural}.{len(rows)}"] = f"{prefix}_{n}"
                rows.append(row)
        return rows

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed = {}
        for name, texts in fields.items():
            found = re.fullmatch(r"((?:payers|criteria|gates)\.\d+)\.(\w+)", name)
            placed[f"{self.row_of.get(found[1], '')}_{found[2]}" if found else name] = texts
        super().tell(placed)


def _shown(rows: list[list[BoundField]], *, spare: int) -> list[list[BoundField]]:
    """As many rows as are filled, and some to fill."""
    filled = [n for n, row in enumerate(rows) if any(one.value() or one.errors for one in row)]
    return rows[: (filled[-1] + 1 if filled else 0) + spare]


def challenge_initial(challenge: Challenge) -> dict[str, Any]:
    """What the form of a draft shows first."""
    local = challenge.deadline_local
    shown: dict[str, Any] = {
        name: getattr(challenge, name)
        for name in (
            "version",
            "title",
            "summary",
            "eligibility",
            "deadline_zone",
            "decision_on",
            "ip_terms",
            "ip_text",
            "race_mode",
            "budget",
            "notice_days",
            "feedback_days",
        )
    }
    shown["spread_limit"] = _tidy(challenge.spread_limit)
    # The control shows a wall clock; Django would turn an aware value into Beijing time.
    shown["deadline_at"] = local.replace(tzinfo=None) if local else None
    for n, payer in enumerate(challenge.payers.all()[:PAYERS]):
        shown |= {f"payer_{n}_organisation": str(payer.organisation_id), f"payer_{n}_amount": payer.amount}
    for n, one in enumerate(challenge.criteria.all()[:CRITERIA]):
        shown |= {
            f"criterion_{n}_{name}": _tidy(getattr(one, name))
            for name in ("name", "name_en", "weight", "max_score", "minimum_mark", "guidance")
        }
    for gate in challenge.gates.prefetch_related("specifications"):
        shown |= {
            f"gate_{gate.stage}_planned_on": gate.planned_on,
            f"gate_{gate.stage}_share_percent": _tidy(gate.share_percent),
            f"gate_{gate.stage}_specifications": [str(one.pk) for one in gate.specifications.all()],
        }
    return shown


def _tidy(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ReasonForm(forms.Form):
    """A reason, and nothing else."""

    reason = forms.LongTextField(label=_("Reason"), rows=3)


class AddendumForm(forms.Form):
    """What changes, why, and possibly a later deadline."""

    text = forms.LongTextField(label=_("What changes"), rows=4)
    reason = forms.LongTextField(label=_("Why"), rows=2)
    deadline_at = forms.MomentField(label=_("New deadline"), required=False)
    questions_until = forms.MomentField(label=_("Questions until"), required=False)
    answers_until = forms.MomentField(label=_("Answers until"), required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        for name in ("deadline_at", "questions_until", "answers_until"):
            self.fields[name].help_text = _("Leave empty to keep it as it is. Wall clock of %(zone)s.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("deadline_at", "questions_until", "answers_until"):
            cleaned[name] = in_zone(cleaned.get(name), self.zone)
        return cleaned


class InviteForm(forms.Form):
    """Whom to ask for the panel."""

    email = forms.EmailField(label=_("E-mail of the expert"))
    is_chair = forms.CheckField(label=_("Chairs the panel"))
    replaces_id = forms.SelectField(label=_("In place of"), required=False, blank=_("nobody"))

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = challenge.panel.filter(state__in=["conflicted", "recused"], replaced_by__isnull=True).select_related(
            "person"
        )
        self.fields["replaces_id"].choices = [(str(one.pk), str(one.person)) for one in empty]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["replaces_id"] = cleaned.get("replaces_id") or None
        return cleaned


class DeclareForm(forms.Form):
    """A conflict or none."""

    has_conflict = forms.RadioField(
        label=_("Is there a conflict of interest?"),
        choices=[("no", _("No: I have no tie to the issuer or to anyone I expect to bid")), ("yes", _("Yes"))],
    )
    declaration = forms.LongTextField(label=_("With whom and why"), required=False, rows=3)

    def clean_has_conflict(self) -> bool:
        return bool(self.cleaned_data["has_conflict"] == "yes")


def marks_form(criteria: Sequence[Criterion]) -> type[forms.Form]:
    """A form with a mark, "not assessed" and a comment per criterion."""
    fields: dict[str, Any] = {}
    for one in criteria:
        fields[f"score_{one.pk}"] = forms.DecimalField(label=str(one), required=False, max_digits=6, decimal_places=2)
        fields[f"na_{one.pk}"] = forms.CheckField(label=_("Not assessed"))
        fields[f"note_{one.pk}"] = forms.TextField(label=_("Comment"), required=False, max_length=2000)
    fields["comment"] = forms.LongTextField(label=_("Overall comment"), required=False, rows=3)

    def clean(self: forms.Form) -> dict[str, Any]:
        cleaned = self.cleaned_data
        rows = [
            {
                "criterion": str(one.pk),
                "value": cleaned.get(f"score_{one.pk}"),
                "is_na": cleaned.get(f"na_{one.pk}", False),
                "comment": cleaned.get(f"note_{one.pk}", ""),
            }
            for one in criteria
        ]
        return {"scores": rows, "comment": cleaned.get("comment", "")}

    def tell(self: forms.Form, told: dict[str, list[str]]) -> None:
        forms.Form.tell(self, {name.replace("scores.", "score_"): texts for name, texts in told.items()})

    return type("MarksForm", (forms.Form,), {**fields, "clean": clean, "tell": tell})


class AwardForm(forms.Form):
    """Which bid, for how much, and why."""

    bid_id = forms.SelectField(label=_("Bid"))
    amount = forms.MoneyField(label=_("Amount"))
    reason = forms.LongTextField(label=_("Reasons"), required=False, rows=3)
    exception_reason = forms.LongTextField(
        label=_("Why the order is broken"),
        required=False,
        rows=2,
        help_text=_("Needed when a better ranked bid is passed over; recorded and shown to the second signer."),
    )

    def __init__(self, *args: Any, bids: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bid_id"].choices = bids  # type: ignore[attr-defined]

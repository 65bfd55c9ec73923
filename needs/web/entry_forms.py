"""The forms of what a challenge says of taking part, and of what follows from it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import BoundField, HiddenInput
from django.utils.translation import gettext_lazy as _

from core.web import forms
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails
from needs.services.entry import CONDITIONS
from needs.web.challenge_forms import in_zone


class EntryForm(forms.Form):
    """Questions, conditions and the confidential part of a draft."""

    questions_until = forms.MomentField(label=_("Questions until"), required=False)
    answers_until = forms.MomentField(label=_("Answers until"), required=False)
    is_public = forms.CheckField(
        label=_("Shown to everyone, also without signing in"),
        help_text=_("Only where the need is public as well. Confidential details and bids are never shown."),
    )
    anonymous_bidders = forms.CheckField(
        label=_("Judged without the bidders' names"),
        help_text=_("Issuer and panel see “Bidder 1…” until an award is proposed; team and contact are withheld as well."),
    )  # fmt: skip
    details_nda_text = forms.LongTextField(
        label=_("Confidentiality agreement"), required=False, rows=4,
        help_text=_("Exactly these words are accepted by a signatory before the details open."),
    )  # fmt: skip
    details_text = forms.LongTextField(label=_("Confidential details"), required=False, rows=6)

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge = challenge
        self.row_of: dict[str, int] = {}
        zone = challenge.deadline_zone
        for name in ("questions_until", "answers_until"):
            self.fields[name].help_text = _("Before the deadline of the bids; wall clock of %(zone)s.") % {"zone": zone}
        for n in range(CONDITIONS):
            self.fields[f"condition_{n}_text"] = forms.TextField(label=_("Condition"), max_length=300, required=False)
            self.fields[f"condition_{n}_paper"] = forms.TextField(
                label=_("Paper that shows it"), max_length=200, required=False
            )
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()

    def condition_rows(self) -> list[list[BoundField]]:
        """The filled rows and two empty ones."""
        rows = [[self[f"condition_{n}_{name}"] for name in ("text", "paper")] for n in range(CONDITIONS)]
        filled = [n for n, row in enumerate(rows) if any(one.value() or one.errors for one in row)]
        return rows[: (filled[-1] + 1 if filled else 0) + 2]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        zone = self.challenge.deadline_zone
        rows: list[dict[str, str]] = []
        for n in range(CONDITIONS):
            row = {name: cleaned.get(f"condition_{n}_{name}") or "" for name in ("text", "paper")}
            if any(row.values()):
                self.row_of[f"conditions.{len(rows)}"] = n
                rows.append(row)
        return {
            "version": cleaned.get("version"),
            "questions_until": in_zone(cleaned.get("questions_until"), zone),
            "answers_until": in_zone(cleaned.get("answers_until"), zone),
            "is_public": bool(cleaned.get("is_public")),
            "anonymous_bidders": bool(cleaned.get("anonymous_bidders")),
            "conditions": rows,
            "details": {
                "nda_text": cleaned.get("details_nda_text") or "",
                "text": cleaned.get("details_text") or "",
            },
        }

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed = {}
        for name, texts in fields.items():
            found = re.fullmatch(r"(conditions\.\d+)\.(\w+)", name)
            if found:
                name = f"condition_{self.row_of.get(found[1], 0)}_{found[2]}"
            placed[name.replace("details.", "details_")] = texts
        super().tell(placed)


def entry_initial(challenge: Challenge) -> dict[str, Any]:
    """What the form of a draft shows first."""
    zone = ZoneInfo(challenge.deadline_zone)

    def local(moment: dt.datetime | None) -> dt.datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None) if moment else None

    shown: dict[str, Any] = {
        "version": challenge.version,
        "is_public": challenge.is_public,
        "anonymous_bidders": challenge.anonymous_bidders,
        "questions_until": local(challenge.questions_until),
        "answers_until": local(challenge.answers_until),
    }
    for n, one in enumerate(challenge.conditions.all()[:CONDITIONS]):
        shown |= {f"condition_{n}_text": one.text, f"condition_{n}_paper": one.paper}
    details = ChallengeDetails.objects.filter(challenge=challenge).first()
    if details is not None:
        shown |= {"details_nda_text": details.nda_text, "details_text": details.text}
    return shown


class DetailsFileForm(forms.Form):
    """One confidential file."""

    file = forms.FileField(label=_("File"))
    caption = forms.TextField(label=_("Caption"), required=False, max_length=200)


class AcceptForm(forms.Form):
    """The promise of secrecy."""

    accepts = forms.CheckField(label=_("I have read the agreement and accept it for my organisation"), required=True)

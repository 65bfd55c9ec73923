"""Pages of the formal check, and of papers that are asked for later."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import clock
from core.access import policy
from core.accounts.actor import Actor
from core.files.web import respond
from core.web import forms
from core.web.forms import form_page
from core.web.page import Crumb, crumb
from needs.actions import eligibility as actions
from needs.models.bid import Bid
from needs.models.eligibility import SupplementFile, SupplementRequest
from needs.queries.bid import shown_file
from needs.queries.eligibility import checked_conditions, supplement_files_visible_to, supplements_visible_to
from needs.states.challenge import JUDGING
from needs.states.question import SupplementState
from needs.web.doors import act, actor_of
from needs.web.entry_forms import DetailsFileForm


class CheckForm(forms.Form):
    """Met, not met or not judged yet, for every condition."""

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = checked_conditions(bid)
        for one in self.rows:
            pk = one.condition.pk
            said = one.declaration
            self.fields[f"f_{pk}_is_met"] = forms.RadioField(
                label=one.condition.text,
                choices=[("", _("not checked yet")), ("yes", _("met")), ("no", _("not met"))],
                required=False,
                help_text=_("declared: yes") if said and said.holds else _("declared: no") if said else "",
            )
            self.fields[f"f_{pk}_note"] = forms.TextField(label=_("Reason"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {
            "findings": [
                {
                    "condition": str(one.condition.pk),
                    "is_met": {"yes": True, "no": False}.get(cleaned.get(f"f_{one.condition.pk}_is_met") or ""),
                    "note": cleaned.get(f"f_{one.condition.pk}_note") or "",
                }
                for one in self.rows
            ]
        }

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed = {
            f"f_{name.partition('.')[2]}_note" if name.startswith("findings.") else name: texts
            for name, texts in fields.items()
        }
        super().tell(placed)


class SupplementForm(forms.Form):
    """What is missing, and until when."""

    text = forms.LongTextField(label=_("What is missing"), rows=3, max_length=actions.LONGEST)
    due_at = forms.MomentField(label=_("Until"))


class GiveForm(forms.Form):
    """Words with the papers."""

    answer = forms.LongTextField(label=_("Answer"), rows=4, required=False, max_length=actions.LONGEST)


def entry_of_bid(actor: Actor, bid: Bid) -> dict[str, Any]:
    """What the page of a bid shows of conditions and papers."""
    challenge = bid.challenge
    judged = challenge.is_opened and challenge.state in [*JUDGING, "published"]
    is_own = actor.belongs_to(bid.bidder_id)
    rows = []
    for row in supplements_visible_to(actor).filter(bid=bid):
        row.bid = bid
        waits = row.state == SupplementState.ASKED
        rows.append(
            {
                "row": row,
                "is_late": waits and row.due_at <= clock.now(),
                "files": list(supplement_files_visible_to(actor).filter(supplement=row).select_related("file")),
                "may_give": waits and row.due_at > clock.now() and policy.can(actor, "needs.add_supplement_file", row),
                "may_withdraw": waits and not is_own and policy.can(actor, "needs.withdraw_supplement", row),
                "file_form": DetailsFileForm(),
            }
        )
    checks = not is_own and judged and policy.can(actor, "needs.check_eligibility", bid)
    return {
        "checked": checked_conditions(bid),
        "supplements": rows,
        "may_check": checks,
        "may_ask_supplement": checks,
    }


def check_eligibility(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The formal check of one bid, condition by condition."""
    bid = policy.fetch(actor_of(request), "needs.check_eligibility", Bid, pk)
    initial: dict[str, str] = {}
    for one in checked_conditions(bid):
        if one.finding is not None:
            name = f"f_{one.condition.pk}"
            initial |= {f"{name}_is_met": "yes" if one.finding.is_met else "no", f"{name}_note": one.finding.note}
    return form_page(
        request,
        "components/form_page.html",
        CheckForm,
        action=partial(actions.check_eligibility, bid_id=pk),
        success=_bid(pk) + "#eligibility",
        title=_("Formal check"),
        crumbs=_crumbs(bid, _("Formal check")),
        initial=initial,
        form_kwargs={"bid": bid},
        context={"cancel_url": _bid(pk)},
        message=_("Recorded."),
    )


def ask_supplement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a missing paper."""
    bid = policy.fetch(actor_of(request), "needs.ask_supplement", Bid, pk)
    return form_page(
        request,
        "components/form_page.html",
        SupplementForm,
        action=partial(actions.ask_supplement, bid_id=pk),
        success=_bid(pk) + "#supplements",
        title=_("Ask for a paper"),
        crumbs=_crumbs(bid, _("Ask for a paper")),
        submit=_("Ask for the paper"),
        context={"cancel_url": _bid(pk)},
        message=_("Asked; the bidder is told."),
    )


def give_supplement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand in what is asked for."""
    row = policy.fetch(actor_of(request), "needs.give_supplement", SupplementRequest, pk)
    return form_page(
        request,
        "components/form_page.html",
        GiveForm,
        action=partial(actions.give_supplement, supplement_id=pk),
        success=_bid(row.bid_id) + "#supplements",
        title=_("Hand in what is missing"),
        crumbs=_crumbs(row.bid, _("Hand in")),
        submit=_("Hand it in"),
        context={
            "cancel_url": _bid(row.bid_id),
            "is_final": True,
            "cannot_undo": _("What is handed in is not changed. Add the files on the page of the bid first."),
        },
        message=_("Handed in."),
    )


@require_POST
def withdraw_supplement(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.withdraw_supplement", SupplementRequest, pk)
    return act(request, actions.withdraw_supplement, supplement_id=pk, success=_bid(row.bid_id) + "#supplements")


@require_POST
def add_supplement_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.add_supplement_file", SupplementRequest, pk)
    checked = DetailsFileForm(request.POST, request.FILES).checked()
    return act(
        request, actions.add_supplement_file, supplement_id=pk, success=_bid(row.bid_id) + "#supplements", **checked
    )


def supplement_file(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A paper, to its bidder and, once it is handed in, to whoever may read the bid."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_supplement_file", SupplementFile, paper_id)
    return respond(shown_file(actor, row.supplement.bid_id, row.file), request)  # type: ignore[return-value]  # a streaming answer


def _bid(pk: UUID) -> str:
    return reverse("needs:bid", args=[pk])


def _crumbs(bid: Bid, here: Any) -> list[Crumb]:
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(bid.challenge.code, reverse("needs:challenge", args=[bid.challenge_id])),
        crumb(_("Bid"), _bid(bid.pk)),
        crumb(here),
    ]

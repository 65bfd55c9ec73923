"""Merging a need into another, and answering such a proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.web import forms
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import merge as actions
from needs.models.merge import NeedMerge
from needs.models.need import Need
from needs.queries.merge import mergeable_with, owners_of
from needs.queries.need import needs_visible_to
from needs.states.merge import MERGE, MergeState
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm


class MergeForm(forms.Form):
    into = forms.TextField(
        label=_("Number of the need that stays"), max_length=20, help_text=_("This need ends and points to it.")
    )
    reason = forms.LongTextField(label=_("Why the two are one"), rows=3)


def merge_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Merge this need into another one."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.view_need", Need, pk)

    def run(actor: Any, **values: Any) -> NeedMerge:
        return actions.propose_merge(actor=actor, need_id=pk, **values)

    home = reverse("needs:need", args=[pk])
    return form_page(
        request, "needs/need_merge.html", MergeForm, action=run, title=_("Merge into another need"), submit=_("Merge the needs"),
        success=lambda merge: reverse("needs:merge", args=[merge.pk]), message=_("Merged, or proposed where the other owner has to agree."),
        crumbs=[crumb(_("Need library"), reverse("needs:needs")), crumb(need.code, home), crumb(_("Merge of two needs"))],
        initial={"into": request.GET.get("into", "")[:20]},
        context={"need": need, "alike": mergeable_with(actor, need), "cancel_url": home, "is_final": True,
                 "cannot_undo": _("A merge is not taken back: the need ends, and its history stays readable.")},
    )  # fmt: skip


def merge_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Both needs, why they are one, who has agreed, and what is asked of the reader."""
    actor = actor_of(request)
    merge = policy.fetch(actor, "needs.view_merge", NeedMerge, pk)
    seen = set(needs_visible_to(actor).filter(pk__in=[merge.kept_id, merge.absorbed_id]).values_list("pk", flat=True))
    moves = {"merge_needs": "agree_merge"}
    shown = {
        "merge": merge, "stated": merge, "seen": seen, "consents": list(merge.consents.select_related("organisation", "person")),
        "waits": len(owners_of(merge)) > 1 and merge.state == MergeState.PROPOSED,
        "moves": [
            name
            for move in MERGE.open_moves(MergeState(merge.state))
            if policy.can(actor, f"needs.{(name := moves.get(move, move))}", merge)
        ],
    }  # fmt: skip
    crumbs = [crumb(_("Need library"), reverse("needs:needs")), crumb(str(merge))]
    return render_page(request, "needs/merge.html", shown, title=_("Merge of two needs"), crumbs=crumbs)


@require_POST
def agree_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.agree_merge, merge_id=pk, success=reverse("needs:merge", args=[pk]))


def decline_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _ended(request, pk, "decline_merge", _("Decline"))


def withdraw_merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _ended(request, pk, "withdraw_merge", _("Take it back"))


def _ended(request: HttpRequest, pk: UUID, move: str, title: Any) -> HttpResponse:
    merge = policy.fetch(actor_of(request), f"needs.{move}", NeedMerge, pk)

    def run(actor: Any, **values: Any) -> NeedMerge:
        ended: NeedMerge = getattr(actions, move)(actor=actor, merge_id=pk, **values)
        return ended

    home = reverse("needs:merge", args=[pk])
    return form_page(
        request, "components/form_page.html", ReasonForm, action=run, title=title, submit=title,
        crumbs=[crumb(_("Need library"), reverse("needs:needs")), crumb(str(merge), home), crumb(title)], success=home, context={"cancel_url": home},
    )  # fmt: skip


urlpatterns = [
    path("<uuid:pk>/merge/", merge_need, name="merge_need"),
    path("merges/<uuid:pk>/", merge_page, name="merge"),
    path("merges/<uuid:pk>/agree/", agree_merge, name="agree_merge"),
    path("merges/<uuid:pk>/decline/", decline_merge, name="decline_merge"),
    path("merges/<uuid:pk>/withdraw/", withdraw_merge, name="withdraw_merge"),
]

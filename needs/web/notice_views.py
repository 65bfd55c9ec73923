"""Pages of the notice period: making proposed awards known, objecting, answering."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book
from core.access import policy
from core.accounts.models import Membership
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import notice as actions
from needs.models.challenge import Challenge
from needs.models.notice import AwardNotice, Objection
from needs.queries.notice import objections_visible_to
from needs.services.notice import end_of
from needs.states.notice import OBJECTION, ObjectionState
from needs.web import round_forms as forms
from needs.web.doors import act, actor_of


class Objections(tables.Table):
    """Objections of the own organisation and against its awards."""

    columns = [
        tables.Column(
            "challenge",
            _("Challenge"),
            value="notice.challenge.title",
            sort="notice__challenge__title",
            is_primary=True,
            link=lambda row: reverse("needs:objection", args=[row.pk]),
            note=lambda row: row.notice.challenge.code,
        ),
        tables.Column("organisation", _("Raised by"), value="organisation.name", sort="organisation__name"),
        tables.Column("raised_at", _("Raised on"), kind="datetime", sort="raised_at"),
        tables.Column("handler", _("Who answers"), value=lambda row: str(row.handler or "")),
        tables.Column("due_at", _("Answer due"), kind="deadline", sort="due_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [tables.Multi("state", _("State"), choices=ObjectionState.choices, facet=True)]
    search = ["notice__challenge__title", "notice__challenge__code", "organisation__name", "grounds"]
    default_sort = "-raised_at"
    file_name = "objections"
    empty = tables.Empty(
        _("No objection"),
        _("While proposed awards are made known, organisations may object; what concerns yours stands here."),
        icon="scale",
    )


def list_objections(request: HttpRequest) -> HttpResponse:
    """What the own organisation raised, and what was raised against its awards."""
    rows = objections_visible_to(actor_of(request)).select_related("organisation", "handler", "notice__challenge")
    crumbs = [crumb(_("Challenges"), reverse("needs:challenges")), crumb(_("Objections"))]
    return tables.render(request, Objections(rows), title=_("Objections"), crumbs=crumbs)


def open_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the proposed awards known."""
    challenge = policy.fetch(actor_of(request), "needs.open_notice", Challenge, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.NoticeForm,
        action=partial(actions.open_notice, challenge_id=pk),
        success=lambda notice: reverse("needs:notice", args=[notice.pk]),
        title=_("Make the proposed awards known"),
        crumbs=_crumbs(challenge, _("Public notice")),
        submit=_("Open the notice"),
        context={
            "is_final": True,
            "cannot_undo": _(
                "Bidder and amount show to everyone who sees the challenge, until %(end)s; objections are taken so long."
            )
            % {"end": f"{end_of(challenge, challenge.notice_days).astimezone():%Y-%m-%d %H:%M}"},
            "cancel_url": reverse("needs:challenge", args=[pk]) + "?tab=award",
        },
        message=_("Made known; who follows or bids is told."),
    )


def notice_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One notice: who is proposed for how much, until when, and the objections one may read."""
    actor = actor_of(request)
    notice = policy.fetch(actor, "needs.view_award_notice", AwardNotice, pk)
    challenge = notice.challenge
    own = list(objections_visible_to(actor).filter(notice=notice).select_related("organisation", "handler"))
    everything = notice.objections.all()
    shown = {
        "notice": notice,
        "awards": [one | {"amount": Decimal(one["amount"])} for one in notice.content],
        "challenge": challenge,
        "objections": own,
        "count": everything.count(),
        "undecided": everything.filter(state=ObjectionState.RAISED).count(),
        "is_issuer": actor.belongs_to(challenge.issuer_id),
        "may_object": notice.is_running and policy.can(actor, "needs.raise_objection", notice),
    }
    return render_page(
        request,
        "needs/award_notice.html",
        shown,
        title=_("Proposed award of %(challenge)s") % {"challenge": challenge.title},
        crumbs=_crumbs(challenge, _("Public notice")),
        facts=[(_("Issuer"), challenge.issuer.name), (_("Number"), f"{challenge.code} · {notice.number}")],
    )


def raise_objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Object while the notice runs."""
    notice = policy.fetch(actor_of(request), "needs.raise_objection", AwardNotice, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.ObjectionForm,
        action=partial(actions.raise_objection, notice_id=pk),
        success=lambda one: reverse("needs:objection", args=[one.pk]),
        title=_("Object to the proposed award"),
        crumbs=_crumbs(notice.challenge, _("Objection")),
        submit=_("Object"),
        draft=f"objection-{pk}",
        context={"cancel_url": reverse("needs:notice", args=[pk])},
        message=_("Raised: the award waits until a named person has decided it."),
    )


def objection_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One objection with its answer."""
    actor = actor_of(request)
    objection = policy.fetch(actor, "needs.view_objection", Objection, pk)
    challenge = objection.notice.challenge
    is_open = objection.state == ObjectionState.RAISED
    buttons = []
    for move, label, primary in (
        ("assign_objection", _("Name who answers"), objection.handler is None),
        ("decide_objection", _("Answer and decide"), True),
    ):
        if is_open and policy.can(actor, f"needs.{move}", objection):
            buttons.append({"label": label, "url": reverse(f"needs:{move}", args=[pk]), "primary": primary})
    if is_open and policy.can(actor, "needs.withdraw_objection", objection):
        buttons.append(
            {"label": _("Take it back"), "url": reverse("needs:withdraw_objection", args=[pk]), "post": True}
        )
    shown = {
        "objection": objection,
        "stated": objection,
        "challenge": challenge,
        "actions": buttons,
        "timeline": book.timeline(objection),
    }
    return render_page(
        request,
        "needs/award_objection.html",
        shown,
        title=_("Objection of %(organisation)s") % {"organisation": objection.organisation},
        crumbs=[*_crumbs(challenge, None), crumb(_("Objection"))],
        facts=[(_("Challenge"), challenge.title)],
    )


def assign_objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name the person who answers."""
    objection = policy.fetch(actor_of(request), "needs.assign_objection", Objection, pk)
    seats = Membership.objects.filter(organisation=objection.notice.challenge.issuer, is_active=True)
    people = [(str(one.person_id), str(one.person)) for one in seats.select_related("person").order_by("person__name")]
    return _about(
        request,
        objection,
        forms.HandlerForm,
        actions.assign_objection,
        _("Name who answers"),
        form_kwargs={"people": people},
        cannot_undo=_("Not who proposed the award, and nobody tied to a bidder."),
    )


def decide_objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The named person's answer."""
    objection = policy.fetch(actor_of(request), "needs.decide_objection", Objection, pk)
    OBJECTION.after(objection.state, "dismiss_objection")
    return _about(
        request,
        objection,
        forms.DecisionForm,
        actions.decide_objection,
        _("Answer and decide"),
        is_final=True,
        cannot_undo=_("The organisation that objected reads the answer; a decision is not changed."),
    )


@require_POST
def withdraw_objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.withdraw_objection, objection_id=pk, success=reverse("needs:objection", args=[pk]))


def _about(
    request: HttpRequest,
    objection: Objection,
    form: Any,
    action: Any,
    title: Any,
    form_kwargs: dict[str, Any] | None = None,
    **context: Any,
) -> HttpResponse:
    home = reverse("needs:objection", args=[objection.pk])
    return form_page(
        request,
        "needs/award_answer.html",
        form,
        action=partial(action, objection_id=objection.pk),
        success=home,
        title=title,
        crumbs=[*_crumbs(objection.notice.challenge, None), crumb(_("Objection"), home), crumb(title)],
        submit=title,
        form_kwargs=form_kwargs,
        context={"cancel_url": home, "objection": objection, **context},
    )


def _crumbs(challenge: Challenge, here: Any) -> list[Any]:
    found = [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
    ]
    return [*found, crumb(here)] if here else found

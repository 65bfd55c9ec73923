"""What is done with a need, by form and by button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import checks
from core.access import policy
from core.indicators.forms import SpecificationForm
from core.indicators.models import Specification
from core.web.forms import do, form_page
from core.web.page import crumb, sent_version
from needs.actions import need as actions
from needs.models import Need
from needs.services import need_specifications
from needs.web import need_forms as forms
from needs.web.doors import actor_of


def post_need(request: HttpRequest) -> HttpResponse:
    """A pain point in plain words (R014)."""
    actor = actor_of(request)
    policy.require(actor, "needs.post_need", actor.organisation)
    return form_page(
        request, "components/form_page.html", forms.NewNeed, action=actions.post_need, title=_("Post a need"), draft="need",
        crumbs=[crumb(_("Need library"), reverse("needs:needs")), crumb(_("Post a need"))], submit=_("Keep the draft"),
        success=lambda need: reverse("needs:need", args=[need.pk]), message=_("Kept. Add evidence next; then the indicators open."),
    )  # fmt: skip


def edit_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.edit_need", pk)
    version = sent_version(request)

    def act(actor: Any, **values: Any) -> Need:
        return actions.edit_need(actor=actor, need_id=pk, changes=values, version=version)

    first = {name: getattr(need, name) for name in forms.NeedWords.base_fields}
    # What somebody else saved meanwhile is not overwritten unseen.
    row_version = {"row_version": need.version}
    return _form(request, need, forms.NeedWords, act, _("Edit"), initial=first, context=row_version)


def set_priority(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How urgent the need is beside the others of its chain (R022)."""
    need = _need(request, "needs.set_priority", pk)
    first = {"priority": need.priority or ""}
    return _form(
        request, need, forms.PriorityForm, _on(actions.set_priority, pk), _("Priority"), initial=first, submit=_("Save")
    )


def set_chains(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The nodes of other chains that the need concerns as well (R121)."""
    need = _need(request, "needs.set_chains", pk)
    first = {"other_nodes": [str(one) for one in need.more_chains.values_list("node_id", flat=True)]}
    return _form(
        request, need, forms.ChainsForm, _on(actions.set_chains, pk), _("Other chains"), initial=first,
        form_kwargs={"need": need}, submit=_("Save"),
    )  # fmt: skip


def add_evidence(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.add_evidence", pk)
    return _form(request, need, forms.EvidenceForm, _on(actions.add_evidence, pk), _("Add evidence"))


def define_indicator(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The technical step; closed until pain point, users and evidence stand (R014, R015)."""
    need = _need(request, "needs.define_indicator", pk)
    checks.guard("needs.define_indicator", need)
    return _form(
        request,
        need,
        SpecificationForm,
        _on(actions.define_indicator, pk),
        _("Define an indicator"),
        draft=f"indicator-{pk}",
    )


def edit_indicator(request: HttpRequest, pk: UUID, spec: UUID) -> HttpResponse:
    """The next version of a target, which nobody has signed yet."""
    need = _need(request, "needs.edit_indicator", pk)
    row = Specification.objects.filter(pk=spec).first()
    first = SpecificationForm.initial_of(row) if row else {}
    return _form(
        request,
        need,
        SpecificationForm,
        _on(actions.edit_indicator, pk, specification_id=spec),
        _("Change the indicator"),
        initial=first,
    )


@require_POST
def remove_indicator(request: HttpRequest, pk: UUID, spec: UUID) -> HttpResponse:
    return _button(request, actions.remove_indicator, pk, _("Removed."), specification_id=spec)


@require_POST
def sign_indicator(request: HttpRequest, pk: UUID, spec: UUID) -> HttpResponse:
    return _button(request, actions.sign_indicator, pk, _("Signed."), specification_id=spec)


def refuse_indicator(request: HttpRequest, pk: UUID, spec: UUID) -> HttpResponse:
    need = _need(request, "needs.refuse_indicator", pk)
    return _form(
        request,
        need,
        forms.ReasonForm,
        _on(actions.refuse_indicator, pk, specification_id=spec),
        _("Refuse the indicator"),
    )


def comment_indicator(request: HttpRequest, pk: UUID, spec: UUID) -> HttpResponse:
    need = _need(request, "needs.comment_indicator", pk)
    return _form(
        request, need, forms.CommentForm, _on(actions.comment_indicator, pk, specification_id=spec), _("Comment")
    )


def invite_definer(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.invite_definer", pk)
    return _form(
        request,
        need,
        forms.InviteForm,
        _on(actions.invite_definer, pk),
        _("Invite a partner"),
        form_kwargs={"need": need},
    )


def decline_definition(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.decline_definition", pk)
    return form_page(
        request, "components/form_page.html", forms.OptionalReasonForm, action=_on(actions.decline_definition, pk), success="/",
        title=_("Leave the co-definition"), crumbs=_crumbs(need, _("Leave the co-definition")), submit=_("Leave"),
    )  # fmt: skip


def issue_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.issue_version", pk)
    return _form(request, need, forms.NoteForm, _on(actions.issue_version, pk), _("Issue the version and sign it"))


@require_POST
def publish_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _button(request, actions.publish_need, pk, _("Published."))


def withdraw_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.withdraw_need", pk)
    return _form(request, need, forms.ReasonForm, _on(actions.withdraw_need, pk), _("Withdraw the need"))


def confirm_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    need = _need(request, "needs.confirm_need", pk)
    return _form(request, need, forms.ConfirmForm, _on(actions.confirm_need, pk), _("Confirm that it still stands"))


def close_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Measured values of every must-have indicator, then met or partly met (R008)."""
    need = _need(request, "needs.close_need", pk)
    specifications = need_specifications(need)

    def act(actor: Any, outcome: str, reason: str, **_values: Any) -> Need:
        form = forms.CloseForm(request.POST, specifications=specifications)
        return actions.close_need(
            actor=actor, need_id=pk, outcome=outcome, reason=reason, measurements=form.measurements()
        )

    return _form(
        request, need, forms.CloseForm, act, _("Close the need"), form_kwargs={"specifications": specifications}
    )


def _need(request: HttpRequest, rule: str, pk: UUID) -> Need:
    return policy.fetch(actor_of(request), rule, Need, pk)


def _form(
    request: HttpRequest, need: Need, form: Any, action: Callable[..., Any], title: Any, **extra: Any
) -> HttpResponse:
    return form_page(
        request, "components/form_page.html", form, action=action, title=title, submit=extra.pop("submit", title),
        crumbs=_crumbs(need, title),
        success=reverse("needs:need", args=[need.pk]), message=_("Saved."), **extra,
    )  # fmt: skip


def _button(request: HttpRequest, action: Callable[..., Any], pk: UUID, message: Any, **more: Any) -> HttpResponse:
    actor_of(request)
    return do(request, action, need_id=pk, success=reverse("needs:need", args=[pk]), message=message, **more)


def _on(action: Callable[..., Any], pk: UUID, **fixed: Any) -> Callable[..., Any]:
    def act(actor: Any, **values: Any) -> Any:
        return action(actor=actor, need_id=pk, **fixed, **values)

    return act


def _crumbs(need: Need, last: Any) -> list[Any]:
    return [
        crumb(_("Need library"), reverse("needs:needs")),
        crumb(need.code, reverse("needs:need", args=[need.pk])),
        crumb(last),
    ]

"""The life of a form on a page: shown, sent, refused with nothing lost, or done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refusal
from core.web.forms.base import Form
from core.web.page import Crumb, fresh_key, is_fragment, render_page, sent_key

DONE_COOKIE = "xl_done"  # read by forms.js
Text = str | Promise
Success = str | Callable[[Any], str]
Context = Mapping[str, Any] | Callable[[Form], Mapping[str, Any]] | None


def form_page(
    request: HttpRequest,
    template: str,
    form_class: type[Form],
    *,
    action: Callable[..., Any],
    success: Success,
    title: Text = "",
    crumbs: Sequence[Crumb] = (),
    context: Context = None,
    initial: Mapping[str, Any] | None = None,
    form_kwargs: Mapping[str, Any] | None = None,
    message: Text = "",
    submit: Text = "",
    draft: str = "",
) -> HttpResponse:
    """Show the form; on POST run `action(actor=..., **cleaned)` once and go to `success`.

    A wrong field is named beside the field (422). Any other refusal shows its panel above the form with the refusal's
    own status and everything typed still there. `success` is an address or a function of the action's result.
    `draft` names a local draft the browser keeps until the form succeeds. Template: `components/form_page.html` or one
    of yours that includes `components/_form.html`.
    """
    extra = dict(form_kwargs or {})
    refusal: Refusal | None = None
    if request.method == "POST":
        form = form_class(request.POST, request.FILES, initial=initial, **extra)
        try:
            result = action(actor=request.actor, **form.checked())  # type: ignore[attr-defined]
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
            if isinstance(refused, Invalid):
                _tell(form, refused)
        else:
            return done(request, success, result, message)
    else:
        form = form_class(initial=initial, **extra)
    shown = {
        "form": form,
        # A refused key answers alike for ever, so what is sent next carries a new one.
        "form_key": fresh_key(),
        "refusal": None if isinstance(refusal, Invalid) and not refusal.missing else refusal,
        "submit_label": submit or _("Save"),
        "draft_key": draft,
        **(context(form) if callable(context) else context or {}),
    }
    status = refusal.status if refusal else 200
    return render_page(request, template, shown, title=title, crumbs=crumbs, status=status)


def _tell(form: Form, refused: Invalid) -> None:
    if not form.is_valid():
        return  # the shape check has put its sentences beside the fields already
    told = refused.fields or {"": [str(refused.message)]}
    form.tell(told)


def do(
    request: HttpRequest, action: Callable[..., Any], *, success: Success, message: Text = "", **arguments: Any
) -> HttpResponse:
    """A button that is one operation: run `action(actor=..., **arguments)` and go to `success`.

    A refusal becomes the refusal page with its way back; the shell's middleware sees to that.
    """
    result = action(actor=request.actor, **arguments)  # type: ignore[attr-defined]
    return done(request, success, result, message)


def done(request: HttpRequest, success: Success, result: Any, message: Text) -> HttpResponse:
    """Say it worked and go on; the browser may forget the draft of the form that carried this key."""
    address = success(result) if callable(success) else success
    if message:
        messages.success(request, str(message))
    if is_fragment(request):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = address
    else:
        response = HttpResponseRedirect(address)
    if key := sent_key(request):
        response.set_cookie(DONE_COOKIE, key, max_age=600, samesite="Lax", secure=request.is_secure())
    return response

"""Pages of webhooks: endpoints, each with its log, and every message with its attempts."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, clock
from core.access import policy
from core.errors import NotAllowed
from core.web import tables
from core.web.forms import do, form_page
from core.web.page import Crumb, crumb, render_page
from core.webhooks import actions, kinds
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.queries import deliveries_visible_to, endpoints_visible_to
from core.webhooks.states import ENDPOINT, DeliveryState, EndpointState
from core.webhooks.web import forms


def _outcome(row: Any) -> Any:
    """The answer's status, or in words why there was none."""
    return row.get_fault_display() if row.fault else row.status


class Endpoints(tables.Table):
    columns = [
        tables.Column(
            "name",
            _("Webhook"),
            sort="name",
            is_primary=True,
            link=lambda row: reverse("webhooks:endpoint", args=[row.pk]),
            note=lambda row: row.url,
        ),
        tables.Column("url", _("Address"), in_page=False),
        tables.Column("kinds", _("Kinds of news"), value=lambda row: len(row.kinds), kind="number"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("failing_since", _("Failing since"), kind="datetime", sort="failing_since"),
        tables.Column("created_at", _("Since"), kind="datetime", sort="created_at"),
    ]
    filters = [
        tables.Choice("state", _("State"), choices=[one for one in EndpointState.choices if one[0] != "deleted"], facet=True)
    ]  # fmt: skip
    search = ["name", "url"]
    default_sort = "name"
    file_name = "webhooks"
    empty = tables.Empty(
        _("No webhook yet"),
        _("Your own systems can be told at once what happens here, by a signed message to an address of yours."),
        _("Register a webhook"),
        "/webhooks/new/",
        icon="webhook",
    )


class Deliveries(tables.Table):
    caption = _("Messages")
    columns = [
        tables.Column(
            "kind",
            _("What happened"),
            value=lambda row: kinds.label_of(row.kind),
            sort="kind",
            is_primary=True,
            link=lambda row: reverse("webhooks:delivery", args=[row.pk]),
            note=lambda row: row.kind,
        ),
        tables.Column("id", _("Message"), kind="code", in_page=False, export=lambda row: str(row.pk)),
        tables.Column("occurred_at", _("When"), kind="datetime", sort="occurred_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("tries", _("Attempts"), kind="number", sort="tries"),
        tables.Column(
            "outcome",
            _("Last answer"),
            value=_outcome,
            sort="status",
            note=lambda row: f"{row.took_ms} ms" if row.took_ms is not None else None,
        ),
        tables.Column("took_ms", _("Took"), kind="number", unit="ms", sort="took_ms", in_page=False),
        tables.Column("sent_at", _("Last attempt"), kind="datetime", sort="sent_at", in_page=False),
        tables.Column("due_at", _("Next attempt"), kind="datetime", sort="due_at"),
        tables.Column("object_id", _("Object"), in_page=False, export=lambda row: str(row.object_id)),
    ]
    filters = [
        tables.Multi("state", _("State"), choices=DeliveryState.choices, facet=True),
        tables.Choice("kind", _("What happened"), choices=lambda: [*forms.offered(), (kinds.PING, _("A test"))]),
        tables.DateRange("on", _("When"), lookup="occurred_at", is_moment=True),
    ]
    search = ["body"]
    search_hint = _("An id in the message")
    default_sort = "-occurred_at"
    file_name = "webhook-messages"
    empty = tables.Empty(
        _("Nothing was sent yet"), _("Send a test to see whether messages arrive."), icon="send"
    )  # fmt: skip


def list_endpoints(request: HttpRequest) -> HttpResponse:
    """The organisation's webhooks, for its admins."""
    actor = _keeper(request)
    button = {"label": _("Register a webhook"), "url": reverse("webhooks:new"), "icon": "plus", "primary": True}
    intro = _("Signed messages to your own systems about what happens to what your organisation may read.")
    return tables.render(
        request, Endpoints(endpoints_visible_to(actor)), title=_("Webhooks"), actions=[button], intro=intro
    )


def endpoint_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One webhook: what it is told, how it does, and the log of its messages."""
    actor = _actor(request)
    endpoint = policy.fetch(actor, "webhooks.view_endpoint", Endpoint, pk)
    table = Deliveries(deliveries_visible_to(actor).filter(endpoint=endpoint))
    if answer := tables.respond(request, table):
        return answer
    shown = {
        "endpoint": endpoint,
        "stated": endpoint,
        "table": table,
        "told": [kinds.label_of(name) for name in endpoint.kinds],
        "moves": [one for one in ENDPOINT.open_moves(endpoint.state) if f"webhooks.{one}" in policy.names()],
        "timeline": book.timeline(endpoint),
        "is_overlapping": endpoint.old_secret_until is not None and endpoint.old_secret_until > clock.now(),
        "log_days": settings.WEBHOOK_LOG_DAYS,
    }
    return render_page(
        request, "webhooks/endpoint.html", shown, title=endpoint.name, crumbs=_crumbs(endpoint), facts=[(_("Address"), endpoint.url)]
    )  # fmt: skip


def register_endpoint(request: HttpRequest) -> HttpResponse:
    """A new webhook; its secret is on the answering page and nowhere else."""
    _keeper(request)
    return _with_secret(
        request,
        forms.EndpointForm,
        actions.register_endpoint,
        title=_("Register a webhook"),
        crumbs=[*_crumbs(), crumb(_("Register a webhook"))],
        submit=_("Register"),
    )


def edit_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change name, address or kinds."""
    endpoint = policy.fetch(_actor(request), "webhooks.edit_endpoint", Endpoint, pk)

    def act(actor: Any, **changes: Any) -> Endpoint:
        return actions.edit_endpoint(actor=actor, endpoint_id=pk, changes=changes)

    return form_page(
        request,
        "components/form_page.html",
        forms.EndpointForm,
        action=act,
        success=_address(pk),
        initial={"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds},
        title=_("Change the webhook"),
        crumbs=[*_crumbs(endpoint), crumb(_("Change"))],
        message=_("Saved."),
        context={"cancel_url": _address(pk)},
    )


def rotate_secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new secret, shown once."""
    endpoint = policy.fetch(_actor(request), "webhooks.rotate_secret", Endpoint, pk)
    return _with_secret(
        request,
        forms.RotateForm,
        partial(actions.rotate_secret, endpoint_id=pk),
        title=_("Rotate the secret"),
        crumbs=[*_crumbs(endpoint), crumb(_("Rotate the secret"))],
        submit=_("Make a new secret"),
        initial={"hours": actions.OVERLAP_HOURS},
        context={"cancel_url": _address(pk)},
    )


def replay_range(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send again what happened since a moment."""
    endpoint = policy.fetch(_actor(request), "webhooks.replay_range", Endpoint, pk)
    return form_page(
        request,
        "components/form_page.html",
        forms.ReplayForm,
        action=partial(actions.replay_range, endpoint_id=pk),
        success=_address(pk),
        title=_("Send messages again"),
        submit=_("Resend"),
        crumbs=[*_crumbs(endpoint), crumb(_("Send messages again"))],
        message=_("They are on their way, under the same message ids."),
        context={"cancel_url": _address(pk)},
    )


@require_POST
def ping_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request,
        actions.ping_endpoint,
        endpoint_id=pk,
        success=lambda row: reverse("webhooks:delivery", args=[row.pk]),
        message=_("The test is on its way."),
    )


@require_POST
def pause_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(request, actions.pause_endpoint, endpoint_id=pk, success=_address(pk), message=_("Messages wait."))


@require_POST
def resume_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request, actions.resume_endpoint, endpoint_id=pk, success=_address(pk), message=_("Messages are sent again.")
    )


@require_POST
def delete_endpoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(request, actions.delete_endpoint, endpoint_id=pk, success=reverse("webhooks:list"), message=_("Deleted."))


def delivery_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message: what was sent, and every attempt with its answer."""
    actor = _actor(request)
    row = policy.fetch(actor, "webhooks.view_delivery", Delivery, pk)
    attempts = list(row.attempts.all()[:100])
    shown = {
        "row": row,
        "stated": row,
        "kind": kinds.label_of(row.kind),
        "body": json.dumps(json.loads(row.body), indent=2, ensure_ascii=False),
        "attempts": [(one, _outcome(one), one.status is not None and 200 <= one.status < 300) for one in attempts],
        "can_replay": policy.can(actor, "webhooks.replay_delivery", row),
    }
    return render_page(
        request,
        "webhooks/delivery.html",
        shown,
        title=kinds.label_of(row.kind),
        crumbs=[*_crumbs(row.endpoint), crumb(_("Message"))],
    )


@require_POST
def replay_delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    return do(
        request,
        actions.replay_delivery,
        delivery_id=pk,
        success=reverse("webhooks:delivery", args=[pk]),
        message=_("It is on its way, under the same message id."),
    )


def _with_secret(request: HttpRequest, form: Any, action: Any, **page: Any) -> HttpResponse:
    """A form the answer to which shows a secret once, instead of leading on."""
    made: list[Endpoint] = []

    def act(actor: Any, **values: Any) -> Endpoint:
        made.append(action(actor=actor, **values))
        return made[-1]

    answer = form_page(
        request, "components/form_page.html", form, action=act, success=lambda row: _address(row.pk), **page
    )
    if not made:
        return answer
    shown = {"endpoint": made[0], "address": _address(made[0].pk)}
    response = render_page(
        request, "webhooks/secret.html", shown, title=made[0].name, crumbs=[*_crumbs(made[0]), crumb(_("Secret"))]
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _address(pk: UUID) -> str:
    return reverse("webhooks:endpoint", args=[pk])


def _crumbs(endpoint: Endpoint | None = None) -> list[Crumb]:
    first = crumb(_("Webhooks"), reverse("webhooks:list"))
    return [first] if endpoint is None else [first, crumb(endpoint.name, _address(endpoint.pk))]


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor


def _keeper(request: HttpRequest) -> Any:
    """Who keeps the acting organisation's webhooks; others are told who does."""
    actor = _actor(request)
    policy.require(actor, "webhooks.view_endpoints", actor.organisation)
    return actor

"""The desk of alerts: what the platform noticed, with its numbers, who was told and how it clears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, ExpressionWrapper, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, clock
from core.access import policy
from core.checks import actions, registered
from core.checks.models import Alert, AlertTold
from core.checks.queries import alerts_visible_to, open_alerts, told_counts, told_visible_to
from core.checks.registry import chains_seen_by
from core.checks.states import ALERT, OPEN, AlertState, Severity
from core.errors import NotAllowed
from core.web import forms, tables
from core.web.forms import do, form_page
from core.web.page import crumb, render_page

TABS: dict[str, tuple[Any, Q]] = {
    "open": (_("Alerts still open"), Q(standing__in=OPEN)),
    "muted": (_("Muted"), Q(standing=AlertState.MUTED)),
    "cleared": (_("Cleared"), Q(standing=AlertState.CLEARED)),
    "history": (_("History"), Q()),
}
AGES = {"day": (_("a day at most"), 1), "week": (_("a week at most"), 7), "older": (_("more than a week"), 7), "old": (_("more than 30 days"), 30)}  # fmt: skip

FOR_US = _(
    "It falls silent for your organisation alone; the others who were told go on seeing it, and read who muted it and why."
)
HOW = {"alone": _("in a notice of its own"), "folded": _("with others in one notice"), "waits": _("waits")}
WAYS = {
    "alone": Q(told_at__isnull=False, is_folded=False), "folded": Q(told_at__isnull=False, is_folded=True),
    "waits": Q(told_at__isnull=True),
}  # fmt: skip


def codes() -> list[tuple[str, Any]]:
    """The alert ids with their names."""
    return sorted({one.code: f"{one.code} {one.title}" for one in registered()}.items())


def figures_of(alert: Alert) -> list[tuple[str, Any]]:
    """The numbers that fired the alert, in words."""
    words = next((one.figures for one in registered() if one.name == alert.check_name), {})
    return [(str(words.get(name, name.replace("_", " "))), value) for name, value in alert.numbers.items()]


def _numbers(alert: Alert) -> str:
    return " · ".join(f"{name} {value}" for name, value in figures_of(alert))


def _aged(age: str) -> Q:
    moment = clock.now() - dt.timedelta(days=AGES[age][1])
    return Q(created_at__lt=moment) if age.startswith("old") else Q(created_at__gte=moment)


def _how(row: AlertTold) -> Any:
    return HOW["waits" if row.told_at is None else "folded" if row.is_folded else "alone"]


class Alerts(tables.Table):
    columns = [
        tables.Column(
            "rule", _("What was noticed"), is_primary=True, link=lambda row: reverse("alerts:alert", args=[row.pk]),
            note=_numbers,
        ),
        tables.Column("code", _("Alert"), kind="code", sort="code"),
        tables.Column("severity", _("Severity"), kind="badge", sort="severity"),
        tables.Column("object_label", _("Where"), sort="object_label", link=lambda row: row.link or None),
        tables.Column("state", _("State"), kind="badge", sort=ExpressionWrapper(F("standing"), CharField()), value=lambda row: AlertState(row.standing)),
        tables.Column("created_at", _("Since"), kind="datetime", sort="created_at"),
        tables.Column("cleared_at", _("Cleared"), kind="datetime", sort="cleared_at"),
        tables.Column("numbers", _("Numbers"), value=_numbers, in_page=False),
        tables.Column("clears", _("How it clears"), in_page=False),
        tables.Column("mute_reason", _("Why this is a false alarm"), value="own_reason", in_page=False),
    ]  # fmt: skip
    search = ["rule", "object_label"]
    default_sort = "-created_at"
    file_name = "alerts"
    empty = tables.Empty(
        _("No alert"), _("What the platform notices stands here, with its numbers and how it clears."), icon="bell"
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        """The chains among them are those the reader sees."""
        return [
            tables.Choice("code", _("Alert"), choices=codes),
            tables.Choice("chain", _("Chain"), lookup="chain_id", choices=self.context["chains"]),
            tables.Multi("severity", _("Severity"), choices=Severity.choices, facet=True),
            tables.Multi("state", _("State"), lookup="standing", choices=AlertState.choices, facet=True),
            tables.Choice("age", _("Age"), choices=[(key, words) for key, (words, _days) in AGES.items()], apply=_aged),
            tables.DateRange("on", _("Since"), lookup="created_at", is_moment=True),
        ]


class Told(tables.Table):
    columns = [
        tables.Column("person", _("Person"), sort="person__name", is_primary=True),
        tables.Column("told_at", _("When told"), kind="datetime", sort="told_at"),
        tables.Column("how", _("How"), value=_how),
    ]
    filters = [
        tables.Choice("how", _("How"), choices=list(HOW.items()), apply=lambda asked: WAYS[asked]),
        tables.DateRange("told", _("When told"), lookup="told_at", is_moment=True),
    ]
    search = ["person__name"]
    search_hint = _("Search a person")
    caption = _("Who was told")
    default_sort = "told_at"
    page_size = 10
    file_name = "alert-told"
    empty = tables.Empty(
        _("Nobody of your organisation"), _("People of other organisations are counted, not named."), icon="users"
    )


class Mute(forms.Form):
    reason = forms.LongTextField(label=_("Why this is a false alarm"), rows=3)
    until = forms.MomentField(
        label=_("Until"), required=False,
        help_text=_("Left empty: while its cause lasts. Beijing time (UTC+8)."),
    )  # fmt: skip


class MuteMany(Mute):
    alert_ids = forms.MultipleChoiceField(label=_("Alerts"))
    field_order = ["alert_ids"]

    def __init__(self, *args: Any, alerts: Iterable[Alert], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), f"{one.code} · {one.object_label} · {one.rule}") for one in alerts]
        self.fields["alert_ids"].choices = choices  # type: ignore[attr-defined]


def list_alerts(request: HttpRequest) -> HttpResponse:
    """Alerts told to the acting organisation: open, muted, cleared, or all."""
    actor = _actor(request)
    rows = alerts_visible_to(actor)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    counts = rows.aggregate(**{name: Count("pk", filter=condition or Q(pk__isnull=False)) for name, (_words, condition) in TABS.items()})  # fmt: skip
    here = reverse("alerts:list")
    tabs = [
        {"label": words, "url": f"{here}?tab={name}", "count": counts[name], "is_current": name == tab}
        for name, (words, _condition) in TABS.items()
    ]
    table = _table(request, rows.filter(TABS[tab][1]))
    buttons = [{"label": _("Thresholds"), "url": reverse("alerts:thresholds"), "icon": "adjustments"}]
    if tab == "open" and counts["open"] and actor.person is not None:
        asked = request.GET.copy()
        asked.pop("tab", None)
        buttons.append(
            {
                "label": _("Mute several"),
                "url": f"{reverse('alerts:mute_alerts')}?{asked.urlencode()}",
                "icon": "bell-off",
            }
        )
    return tables.render(request, table, title=_("Alerts"), template="checks/desk.html", actions=buttons, context={"tabs": tabs})  # fmt: skip


def alert_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One alert: its numbers, who was told, how it clears, its history."""
    actor = _actor(request)
    alert = policy.fetch(actor, "checks.view_alert", Alert, pk)
    alert.state = alert.standing  # type: ignore[attr-defined]  # as the reader's organisation sees it
    counts = told_counts(alert)
    empty = None if counts.is_anybody else tables.Empty(_("Nobody yet"), icon="users")
    table = Told(told_visible_to(actor).filter(alert=alert), empty=empty)
    if answer := tables.respond(request, table):
        return answer
    shown = {
        "alert": alert, "stated": alert, "figures": figures_of(alert), "table": table, "counts": counts,
        "chain": _chain_name(actor, alert.chain_id), "mutes": alert.mutes.select_related("organisation", "person"),
        "moves": [move for move in ALERT.open_moves(alert.state) if move in ("mute_alert", "unmute_alert") and policy.can(actor, f"checks.{move}", alert)],
        "timeline": book.timeline(alert), "thresholds_url": _thresholds_url(alert),
    }  # fmt: skip
    return render_page(
        request, "checks/alert.html", shown, title=alert.rule,
        crumbs=[crumb(_("Alerts"), reverse("alerts:list")), crumb(alert.code)],
    )  # fmt: skip


def _thresholds_url(alert: Alert) -> str:
    has_some = any(one.code == alert.code and one.thresholds for one in registered())
    return f"{reverse('alerts:thresholds')}?chain={alert.chain_id}" if alert.chain_id and has_some else ""


def mute_alert(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call it a false alarm for one's own organisation, for good or until a moment."""
    alert = policy.fetch(_actor(request), "checks.mute_alert", Alert, pk)

    def act(actor: Any, **values: Any) -> Any:
        return actions.mute_alert(actor=actor, alert_id=pk, **values)

    return form_page(
        request, "components/form_page.html", Mute, action=act, title=_("False alarm"), submit=_("Mute"), context={"intro": FOR_US},
        success=reverse("alerts:alert", args=[pk]), message=_("Muted."),
        crumbs=[crumb(_("Alerts"), reverse("alerts:list")), crumb(alert.code)],
    )  # fmt: skip


def mute_alerts(request: HttpRequest) -> HttpResponse:
    """Several open alerts for one reason: those that fit the filters one came with."""
    actor = _actor(request)
    if actor.person is None or actor.organisation is None:
        raise NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    rows = _table(request, open_alerts(actor)).bind(request.GET, request.path).filtered
    alerts = list(rows[: actions.AT_ONCE])
    return form_page(
        request, "components/form_page.html", MuteMany, action=actions.mute_alerts, title=_("Mute several"), submit=_("Mute"),
        success=lambda muted: f"{reverse('alerts:list')}?tab=muted", message=_("Muted."), form_kwargs={"alerts": alerts}, context={"intro": FOR_US},
        crumbs=[crumb(_("Alerts"), reverse("alerts:list")), crumb(_("Mute several"))],
    )  # fmt: skip


@require_POST
def unmute_alert(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let it speak again."""
    _actor(request)
    return do(request, actions.unmute_alert, alert_id=pk, success=reverse("alerts:alert", args=[pk]), message=_("It speaks again."))  # fmt: skip


def _table(request: HttpRequest, rows: QuerySet[Alert]) -> Alerts:
    chains = [(str(pk), name) for pk, name in chains_seen_by(_actor(request))]
    return Alerts(rows, chains=chains)


def _chain_name(actor: Any, chain_id: UUID | None) -> str:
    return next((name for pk, name in chains_seen_by(actor) if pk == chain_id), "") if chain_id else ""


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_now("Please sign in first."), code="not_signed_in")
    return actor

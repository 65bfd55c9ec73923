"""The shell's template tags: `{% load xl %}`. See `platform/docs/decisions/web-shell.md` for each one by example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, RadioSelect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.accounts.states import OrganisationKind
from core.book import receipts
from core.web import badges, display, slots
from core.web.addresses import address_of
from core.web.icons import icon_html
from core.web.page import fresh_key

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 18, css: str = "", label: str = "") -> SafeString:
    """`{% icon "bell" %}`; give `label=` only where no word stands beside it."""
    return icon_html(name, size, css, label)


@register.simple_tag
def badge(
    thing: Any,
    field: str | None = None,
    *,
    label: Any = None,
    tone: str | None = None,
    icon: str | None = None,
    plain: bool = False,
) -> SafeString:
    """`{% badge need %}`, `{% badge bid "state" %}`, `{% badge "met" label=... %}`: icon, word and tint of a state."""
    look = (
        badges.look_of(thing, field)
        if not (label and tone)
        else badges.Look(tone, badges.ICONS.get(tone, "circle"), label)
    )
    tone = tone or look.tone
    shown_icon = icon or (badges.ICONS.get(tone, look.icon) if tone != look.tone else look.icon)
    word = label or look.label
    return format_html(
        '<span class="st st-{}{}">{}{}</span>', tone, " st-plain" if plain else "", icon_html(shown_icon, 14), word
    )


@register.simple_tag
def money(amount: Any, *, exact: bool = False, currency: str = "CNY") -> SafeString:
    """`{% money tranche.amount %}` by size; `exact=True` always in yuan to the fen."""
    return display.money_html(amount, exact=exact, currency=currency)


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """`{{ value|number }}`: grouped, without trailing zeros."""
    return display.number_text(value, places)


@register.filter
def percent(value: Any) -> SafeString:
    """`{{ share|percent }}`: the number with a lighter percent sign."""
    return format_html('{}<span class="u">%</span>', display.number_text(value))


@register.filter
def filesize(value: int | None) -> str:
    """`{{ file.size|filesize }}`."""
    return display.size_text(value)


@register.simple_tag
def stored_file(file: Any, address: str) -> SafeString:
    """`{% stored_file row.file url %}`: the download's link, size, fingerprint, and why it cannot be opened yet."""
    is_served = file.is_served
    name = format_html('<a href="{}">{}</a>', address, file.name) if is_served else format_html("<b>{}</b>", file.name)
    scan = "" if is_served else badge(file, "scan_state")
    return format_html(
        '{} {} <span class="note">{} · <span class="mono" title="SHA-256 {}">{}…</span></span>',
        name, scan, display.size_text(file.size), file.sha256, file.sha256[:12],
    )  # fmt: skip


@register.filter
def organisation_kind(kind: str) -> str:
    """`{{ actor.kind|organisation_kind }}`: the kind in the reader's language."""
    return str(dict(OrganisationKind.choices).get(kind, kind))


@register.filter
def initial(name: Any) -> str:
    """`{{ organisation.name|initial }}`: the character on its tile."""
    return display.initial_of(str(name))


@register.simple_tag
def when(
    moment: dt.datetime | dt.date | None, *, seconds: bool = False, zone: bool = False, short: bool = False
) -> SafeString:
    """`{% when at %}`, `{% when deadline seconds=True zone=True %}`, `{% when at short=True %}`."""
    return display.when_html(moment, seconds=seconds, zone=zone, short=short)


@register.simple_tag
def due(moment: dt.datetime | dt.date | None) -> SafeString:
    """`{% due task.due_at %}`: time left, in red once it has passed."""
    if moment is None:
        return SafeString("")
    text, is_past = display.distance_text(moment)
    return format_html('<span class="due{}">{}</span>', " is-late" if is_past else "", text)


@register.simple_tag
def ago(moment: dt.datetime | None) -> SafeString:
    """`{% ago row.updated_at %}`: age first, the exact time on hover."""
    if moment is None:
        return SafeString(display.NOTHING)
    full = display.moment_text(moment, seconds=True, zone=True)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.astimezone(dt.UTC).isoformat(),
        full,
        display.ago_text(moment),
    )


@register.simple_tag
def tile(name: Any, css: str = "") -> SafeString:
    """`{% tile organisation.name %}`: the small square with its first character, for the eye only."""
    return format_html('<span class="tile {}" aria-hidden="true">{}</span>', css, display.initial_of(str(name)))


@register.simple_tag
def share_bar(parts: Iterable[tuple[Any, str]], label: str = "") -> SafeString:
    """`{% share_bar bar label=_("Money drawn") %}`: a bar of `(amount, tone)`; tones as in the guide.

    Widths are SVG attributes, which the content security policy allows where inline styles are refused.
    """
    shown = [(float(amount), tone) for amount, tone in parts if amount]
    whole = sum(amount for amount, _ in shown) or 1.0
    pieces, start = [], 0.0
    for amount, tone in shown:
        width = amount / whole * 100
        pieces.append(
            format_html(
                '<rect class="bar-{}" x="{}%" y="0" width="{}%" height="100%"/>',
                tone,
                f"{start:.3f}",
                f"{max(width - 0.4, 0.2):.3f}",
            )
        )
        start += width
    return format_html(
        '<svg class="share-bar" {} width="100%" height="10">{}</svg>',
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        SafeString("".join(pieces)),
    )


@register.simple_tag
def idempotency_key() -> SafeString:
    """`{% idempotency_key %}` inside a hand-written form: sent twice, it takes effect once."""
    return format_html('<input type="hidden" name="_key" value="{}">', fresh_key())


@register.simple_tag(takes_context=True)
def slot(context: Any, name: str, **extra: Any) -> SafeString:
    """`{% slot "needs.need_page" need=need %}`: what rooms above put here."""
    return slots.fill(name, context["request"], **extra)


@register.simple_tag
def address(name: str, *args: Any, **kwargs: Any) -> str:
    """`{% address "inbox:list" as inbox_url %}`: like `url`, but empty while no room serves that name."""
    return address_of(name, *args, **kwargs)


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """The present address with some query parameters changed; None removes one."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return "?" + query.urlencode() if query else "?"


@register.filter
def shown(value: Any) -> Any:
    """`{{ fact|shown }}`: a time, number or yes/no as people read it."""
    return display.shown(value)


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """`{{ scores|get:criterion.pk }}`."""
    return mapping.get(key) if mapping else None


@register.filter
def query(params: Mapping[str, Any]) -> str:
    """A mapping as a query string."""
    return urlencode(params, doseq=True)


@register.inclusion_tag("components/_field.html")
def field(
    bound: BoundField, *, wide: bool = False, label: str | None = None, hint: str | None = None
) -> dict[str, Any]:
    """`{% field form.title %}`: label, control, hint, and errors beside it."""
    widget = bound.field.widget
    kind = "text"
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        kind = "group"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, ClearableFileInput) or getattr(widget, "input_type", "") == "file":
        kind = "file"
    elif getattr(widget, "input_type", "") == "password":
        kind = "secret"
    measured_at = getattr(widget, "measured_at", "")
    described = [f"{bound.auto_id}-hint"] if (hint or bound.help_text) else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if measured_at:
        attrs |= {
            "hx-post": address_of(measured_at), "hx-trigger": "input changed delay:400ms", "hx-target": f"#{bound.auto_id}-strength",
            "hx-swap": "innerHTML", "hx-sync": "this:replace", "hx-params": f"{bound.html_name},name,csrfmiddlewaretoken",
        }  # fmt: skip
    control = bound.as_widget(attrs=attrs) if kind != "group" else bound
    return {
        "field": bound,
        "control": control,
        "kind": kind,
        "is_measured": bool(measured_at),
        "wide": wide or getattr(widget, "is_wide", False),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "prefix": getattr(widget, "prefix", ""),
        "suffix": getattr(widget, "suffix", ""),
    }


@register.inclusion_tag("components/_fields.html")
def form_fields(form: Any) -> dict[str, Any]:
    """`{% form_fields form %}`: every field in order, hidden ones included, and errors that belong to no field."""
    return {"form": form}


@register.inclusion_tag("components/_refusal.html")
def refusal_panel(refusal: Any) -> dict[str, Any]:
    """`{% refusal_panel refusal %}`: what cannot be done, each missing thing, who can mend it and where."""
    return {"refusal": refusal}


@register.inclusion_tag("components/_missing.html")
def missing_panel(missing: Iterable[Any], title: Any = "") -> dict[str, Any]:
    """`{% missing_panel missing title=_("Not ready to publish") %}`: the same list before anybody is refused."""
    return {"missing": list(missing), "title": title}


@register.inclusion_tag("components/_empty.html")
def empty(title: Any, text: Any = "", *, icon: str = "stack-2", action: Any = "", url: str = "") -> dict[str, Any]:
    """`{% empty title=... text=... action=... url=... %}`: what the place is for, then the first step."""
    return {"title": title, "text": text, "icon": icon, "action": action, "url": url}


@register.inclusion_tag("components/_timeline.html", takes_context=True)
def timeline(context: Any, rows: Iterable[Any], more_url: str = "") -> dict[str, Any]:
    """`{% timeline rows %}`: newest first; rows as `book.queries.timeline` gives them. Who reads a row may take its receipt."""
    actor = getattr(context.get("request"), "actor", None)
    shown = [{"row": row, "receipt": _receipt_of(actor, row)} for row in rows]
    return {"shown": shown, "more_url": more_url}


def _receipt_of(actor: Any, row: Any) -> str:
    entry_id = getattr(row, "entry_id", None)
    if actor is None or actor.person is None or entry_id is None or row.index is None:
        return ""
    return f"{reverse('book:receipt', args=[entry_id])}?{urlencode({'shown': receipts.token(actor, entry_id)})}"


@register.inclusion_tag("components/_stepper.html")
def stepper(steps: Iterable[Mapping[str, Any]], label: Any = "") -> dict[str, Any]:
    """`{% stepper steps %}`: steps are mappings with label, state (done, current, late, todo), notes (list), url."""
    return {"steps": list(steps), "label": label or gettext("Stages")}


@register.inclusion_tag("components/_figures.html")
def figures(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`{% figures items %}`: key figures, each with label, value, and optionally unit, note, url, tone, of."""
    return {"items": list(items)}


@register.inclusion_tag("components/_tabs.html", takes_context=True)
def tabs(context: Any, items: Iterable[Mapping[str, Any]], label: Any = "") -> dict[str, Any]:
    """`{% tabs items %}`: links with label, url, and optionally count and is_current (else by address)."""
    path = context["request"].get_full_path()
    shown = [
        {**one, "is_current": one.get("is_current", one["url"] in (path, context["request"].path))} for one in items
    ]
    return {"items": shown, "label": label or gettext("Parts of this page")}


@register.inclusion_tag("components/_facts.html")
def facts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """`{% facts pairs %}`: a definition list of `(term, value)`; empty values are left out."""
    return {"pairs": [(term, display.shown(value)) for term, value in pairs if value not in (None, "")]}


@register.inclusion_tag("components/_difference.html")
def difference(changes: Iterable[Any]) -> dict[str, Any]:
    """`{% difference changes %}`: rows with kind (added, removed, changed), name, before, after, note."""
    return {"changes": list(changes)}


@register.inclusion_tag("components/_chart.html")
def chart(chart: Any) -> dict[str, Any]:
    """`{% chart chart %}`: a `core.web.charts.Chart` with its table alternative."""
    return {"chart": chart}

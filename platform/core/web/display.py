"""How numbers, money and times are written for people, in both languages (N2, N5)."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from core import clock

WAN = Decimal(10_000)
YI = Decimal(100_000_000)
CENT = Decimal("0.01")
NOTHING = "—"


def in_chinese() -> bool:
    """Whether the page is written in Chinese."""
    return (get_language() or "zh").startswith("zh")


def number_text(value: Any, places: int | None = None) -> str:
    """`1234.500` as `1,234.5`: grouped, no trailing zeros, never an exponent; a dash where there is no value."""
    if value is None or value == "":
        return NOTHING
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return NOTHING
    if places is not None:
        return _signed(f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}")
    text = f"{exact:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _signed("0" if text in ("-0", "") else text)


def _signed(text: str) -> str:
    # The true minus sign is as wide as a digit, so columns of numbers stay aligned.
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text


def money_exact(amount: Any, currency: str = "CNY") -> str:
    """The amount to the fen: `4,000,000.00 元`, `CNY 4,000,000.00`."""
    if amount is None:
        return NOTHING
    figure = number_text(amount, 2)
    if currency != "CNY":
        return f"{currency} {figure}"
    return f"{figure} 元" if in_chinese() else f"CNY {figure}"


def money_parts(amount: Decimal) -> tuple[str, str, bool]:
    """Figure, unit and whether the short form loses nothing: `("400.00", "万元", True)`."""
    size = abs(amount)
    if in_chinese():
        scale, unit = (YI, "亿元") if size >= YI else (WAN, "万元") if size >= WAN else (Decimal(1), "元")
    else:
        scale, unit = (
            (Decimal(10**9), "bn") if size >= 10**9 else (Decimal(10**6), "m") if size >= 10**6 else (Decimal(1), "")
        )
    short = (amount / scale).quantize(CENT, ROUND_HALF_EVEN)
    return number_text(short, 2), unit, short * scale == amount


def money_html(amount: Any, *, exact: bool = False, currency: str = "CNY") -> SafeString:
    """Money by size, with its exact value on hover, on focus where the short form rounds, and in print."""
    if amount is None or amount == "":
        return format_html('<span class="mut">{}</span>', NOTHING)
    value = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    full = money_exact(value, currency)
    tone = " neg" if value < 0 else ""
    if exact or currency != "CNY":
        figure, unit = number_text(value, 2), ("元" if in_chinese() and currency == "CNY" else "")
        before = "" if unit else currency
        return _money(figure, unit, before, tone, full, focus=False, marked=False)
    figure, unit, lossless = money_parts(value)
    return _money(
        figure, unit, "" if in_chinese() else "CNY", tone, full, focus=not lossless, marked=unit not in ("元", "")
    )


def _money(figure: str, unit: str, before: str, tone: str, full: str, *, focus: bool, marked: bool) -> SafeString:
    head = format_html('<span class="u-pre">{}</span>', before) if before else ""
    tail = format_html('<span class="u">{}</span>', unit) if unit else ""
    extra = format_html(' data-exact="{}"', full) if marked else ""
    tab = format_html(' tabindex="0" aria-label="{}"', full) if focus else ""
    return format_html(
        '<span class="money{}"{}{}>{}<span class="fig">{}</span>{}</span>', tone, extra, tab, head, figure, tail
    )


def shown(value: Any) -> Any:
    """A value in a list of facts as people read it: times in Beijing time, plain numbers, yes and no."""
    if isinstance(value, (dt.datetime, dt.date)):
        return when_html(value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Decimal):
        return number_text(value)
    return value


def local(moment: dt.datetime) -> dt.datetime:
    """The moment in China's time."""
    return moment.astimezone(clock.CHINA)


def moment_text(moment: dt.datetime, *, seconds: bool = False, zone: bool = False) -> str:
    """`2026-09-15 18:00`, with seconds and the zone where a deadline needs them."""
    text = local(moment).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return f"{text} {zone_text()}" if zone else text


def zone_text() -> str:
    """The zone all times are shown in."""
    return gettext("Beijing time (UTC+8)")


def when_html(
    moment: dt.datetime | dt.date | None, *, seconds: bool = False, zone: bool = False, short: bool = False
) -> SafeString:
    """A `<time>` element; hovering tells the seconds and the zone."""
    if moment is None:
        return format_html('<span class="mut">{}</span>', NOTHING)
    if not isinstance(moment, dt.datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moment.isoformat())
    shown = moment_text(moment, seconds=seconds, zone=zone)
    if short:
        shown = short_text(moment)
    full = moment_text(moment, seconds=True, zone=True)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.astimezone(dt.UTC).isoformat(), full, shown)


def short_text(moment: dt.datetime) -> str:
    """Today's time alone, this year's day without the year."""
    here, now = local(moment), local(clock.now())
    if here.date() == now.date():
        return here.strftime("%H:%M")
    return here.strftime("%m-%d %H:%M") if here.year == now.year else here.strftime("%Y-%m-%d")


def distance_text(moment: dt.datetime | dt.date) -> tuple[str, bool]:
    """How far away it is, and whether it has passed: `("2 days left", False)`."""
    if not isinstance(moment, dt.datetime):
        # A day lasts until its end.
        moment = dt.datetime.combine(moment + dt.timedelta(days=1), dt.time(), clock.CHINA)
    left = moment - clock.now()
    is_past = left < dt.timedelta()
    size = abs(left)
    if size >= dt.timedelta(days=1):
        count = size.days
        return (
            (
                ngettext("%(count)d day late", "%(count)d days late", count)
                if is_past
                else ngettext("%(count)d day left", "%(count)d days left", count)
            )
            % {"count": count}
        ), is_past
    hours, minutes = int(size.total_seconds() // 3600), int(size.total_seconds() % 3600 // 60)
    if hours:
        text = gettext("%(hours)d h late") if is_past else gettext("%(hours)d h %(minutes)d min left")
        return text % {"hours": hours, "minutes": minutes}, is_past
    text = gettext("%(minutes)d min late") if is_past else gettext("%(minutes)d min left")
    return text % {"minutes": minutes}, is_past


def ago_text(moment: dt.datetime) -> str:
    """How long ago: `3 days ago`, `2 h ago`, `just now`."""
    size = clock.now() - moment
    if size.days >= 1:
        return ngettext("%(count)d day ago", "%(count)d days ago", size.days) % {"count": size.days}
    hours, minutes = int(size.total_seconds() // 3600), int(size.total_seconds() // 60)
    if hours >= 1:
        return gettext("%(hours)d h ago") % {"hours": hours}
    if minutes >= 1:
        return gettext("%(minutes)d min ago") % {"minutes": minutes}
    return gettext("just now")


def initial_of(name: str) -> str:
    """The one character that stands for an organisation or person."""
    return (name or "·").strip()[:1].upper() or "·"


def size_text(size: int | None) -> str:
    """A file's size: `2.4 MB`."""
    if size is None:
        return NOTHING
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= scale:
            return f"{Decimal(size) / scale:.1f} {unit}"
    return f"{size} B"

"""Icons from our own sprite; `static/xielian/icons.svg` holds one symbol per name."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = "xielian/icons.svg"
FALLBACK = "circle"


@cache
def names() -> frozenset[str]:
    """Every icon there is."""
    sprite = Path(__file__).resolve().parents[2] / "static" / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))


def icon_html(name: str, size: int = 18, css: str = "", label: str = "") -> SafeString:
    """An inline SVG. Without a label it is decoration, and a screen reader passes it by."""
    return _drawn(name, size, css, label) if label else _plain(name, size, css)


@lru_cache(maxsize=1024)
def _plain(name: str, size: int, css: str) -> SafeString:
    return _drawn(name, size, css, "")


def _drawn(name: str, size: int, css: str, label: str) -> SafeString:
    known = name if name in names() else FALLBACK
    address = f"{static(SPRITE)}#{known}"
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="ic{}" width="{}" height="{}" {} focusable="false"><use href="{}"/></svg>',
        f" {css}" if css else "",
        size,
        size,
        spoken,
        address,
    )

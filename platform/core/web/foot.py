"""The foot of the navigation: the latest checkpoint of the book, which anybody can verify."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.book.queries import checkpoint


def show_checkpoint(request: HttpRequest, **_context: Any) -> str | None:
    """`The book can be verified · checkpoint #48,213 · 09:12`; nothing before the first entry is numbered."""
    latest = checkpoint()
    if latest is None:
        return None
    size, root, at = latest
    return render_to_string("_checkpoint.html", {"size": size, "root": root, "at": at})

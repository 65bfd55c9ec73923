"""The book: one entry per action, hashed as it was written, in a tree that anyone can verify.

`from core import book`; then `book.record`, `book.sealed`, `book.timeline`, `book.history`, `book.label`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.book.labels import label
    from core.book.queries import history, timeline
    from core.book.services import Change, record, record_all, sealed

__all__ = ["Change", "history", "label", "record", "record_all", "sealed", "timeline"]

# Loaded at first use: the package is an app, and its models load only after all apps are known.
_HOME = {
    "label": "core.book.labels",
    "history": "core.book.queries",
    "timeline": "core.book.queries",
    "Change": "core.book.services",
    "record": "core.book.services",
    "record_all": "core.book.services",
    "sealed": "core.book.services",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)

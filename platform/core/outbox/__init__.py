"""News: `publish` writes an event in the action's transaction; after commit each listener has it once.

`from core import outbox`, then `outbox.event`, `outbox.on`, `outbox.publish`, `outbox.present`, `outbox.deliver_pending`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.outbox.registry import event, listeners, on, present, publishers
    from core.outbox.services import deliver_pending, publish

__all__ = ["deliver_pending", "event", "listeners", "on", "present", "publish", "publishers"]

# Loaded at first use: the package is an app, and its models load only after all apps are known.
_HOME = {
    "event": "core.outbox.registry",
    "listeners": "core.outbox.registry",
    "on": "core.outbox.registry",
    "present": "core.outbox.registry",
    "publishers": "core.outbox.registry",
    "deliver_pending": "core.outbox.services",
    "publish": "core.outbox.services",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)

"""Everything the platform must notice: one function per alert, which guards actions and watches on a schedule.

`from core import checks`; then `@checks.check`, `checks.Hit`, `checks.guard`, `checks.hits_at`, `checks.watch`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.checks.registry import Check, Hit, check, registered
    from core.checks.services import guard, hits_at, watch

__all__ = ["Check", "Hit", "check", "guard", "hits_at", "registered", "watch"]

# Loaded at first use: the package is an app, and its models load only after all apps are known.
_HOME = {
    "Check": "core.checks.registry",
    "Hit": "core.checks.registry",
    "check": "core.checks.registry",
    "registered": "core.checks.registry",
    "guard": "core.checks.services",
    "hits_at": "core.checks.services",
    "watch": "core.checks.services",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)

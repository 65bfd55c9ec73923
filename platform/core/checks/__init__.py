"""Everything the platform must notice: one function per alert, which guards actions and watches on a schedule.

`from core import checks`; then `@checks.check`, `checks.Hit`, `checks.guard`, `checks.hits_at`,
`checks.watch`, `checks.threshold`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.checks.registry import Chains, Check, Hit, Threshold, check, registered, use_chains
    from core.checks.services import guard, hits_at, threshold, watch

__all__ = [
    "Chains",
    "Check",
    "Hit",
    "Threshold",
    "check",
    "guard",
    "hits_at",
    "registered",
    "threshold",
    "use_chains",
    "watch",
]

# Loaded at first use: the package is an app, and its models load only after all apps are known.
_HOME = {
    "Chains": "core.checks.registry",
    "Check": "core.checks.registry",
    "Threshold": "core.checks.registry",
    "use_chains": "core.checks.registry",
    "threshold": "core.checks.services",
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

"""The one way an action runs: one durable transaction, the actor's context, the idempotency key, the refusal kept.

`from core.command import command, system_command`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.command.running import command, system_command

__all__ = ["command", "system_command"]

# Loaded at first use: the package is an app, and its models load only after all apps are known.
_HOME = {"command": "core.command.running", "system_command": "core.command.running"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(_HOME[name]), name)

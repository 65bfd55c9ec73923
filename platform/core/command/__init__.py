"""The one way an action runs: one durable transaction, the actor's context, the idempotency key, the refusal kept.

`from core.command import command, system_command`.
"""

from core.command.running import command, system_command

__all__ = ["command", "system_command"]

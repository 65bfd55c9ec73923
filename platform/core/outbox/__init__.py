"""News: `publish` writes an event in the action's transaction; after commit it is delivered once to each listener.

`from core import outbox`, then `outbox.event`, `outbox.on`, `outbox.publish`, `outbox.deliver_pending`.
"""

from core.outbox.registry import event, listeners, on, publishers
from core.outbox.services import deliver_pending, publish

__all__ = ["deliver_pending", "event", "listeners", "on", "publish", "publishers"]

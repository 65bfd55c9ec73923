"""Signed webhooks: an organisation's own systems are told what happened to what it may read.

Rooms offer their events: `from core import webhooks`, then `webhooks.offer(...)`. See decisions/webhooks.md.
"""

from core.webhooks.kinds import offer

__all__ = ["offer"]

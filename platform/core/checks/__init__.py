"""Everything the platform must notice: one function per alert, which guards actions and watches on a schedule.

`from core import checks`; then `@checks.check`, `checks.Hit`, `checks.guard`, `checks.watch`.
"""

from core.checks.registry import Check, Hit, check, registered
from core.checks.services import guard, hits_at, watch

__all__ = ["Check", "Hit", "check", "guard", "hits_at", "registered", "watch"]

"""How often one may ask: counted in the cache by atomic steps, so that many requests at one instant get no more than is left.

A limit is a number of requests in a window of seconds. Windows follow each other; where they begin differs from asker to
asker, so that not everybody comes back in the same second. Figures go out in the headers of the IETF's draft.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from core import clock
from core.errors import TooMany
from core.metrics import LIMITED

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Spent:
    """What is known of one limit after one more request: quota and window, how many were used, when it begins anew."""

    name: str
    quota: int
    window: int
    used: int
    resets_in: int

    @property
    def left(self) -> int:
        return max(0, self.quota - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.quota


def ask(request: HttpRequest, name: str = "", *, of: str = "") -> None:
    """Count this request against the limit `name`, or against the one of whoever asks. Raises TooMany when none is left.

    With `of`, everybody who asks for that one thing is counted together.
    """
    actor: Any = getattr(request, "actor", None)
    if actor is not None and actor.is_signed_in:
        kind, who = ("client" if actor.client else "person"), str(actor.id)
    else:
        kind, who = "stranger", _place(str(request.META.get("REMOTE_ADDR", "")))
    one = spend(name or kind, of or f"{kind}:{who}")
    if one is None:
        return
    request.spent = [*getattr(request, "spent", []), one]  # type: ignore[attr-defined]
    if one.is_over:
        LIMITED.labels(one.name).inc()
        told = {"quota": one.quota, "window": one.window, "seconds": one.resets_in}
        sentence = _("Only %(quota)d requests in %(window)d seconds are answered; try again in %(seconds)d seconds.")
        raise TooMany(sentence % told)


def spend(name: str, who: str) -> Spent | None:
    """Count one request of `who` against the limit `name`; None where none is set, or nobody can count."""
    return _counted(name, who, _count)


def spent(name: str, who: str) -> Spent | None:
    """How often `who` was counted against the limit `name`, without counting once more."""
    return _counted(name, who, lambda key, _seconds: int(cache.get(key) or 0))


def _counted(name: str, who: str, how: Callable[[str, int], int]) -> Spent | None:
    rate = settings.API_RATES.get(name)
    if rate is None:
        return None
    quota, window = rate
    now = clock.now().timestamp() + zlib.crc32(who.encode()) % window
    number = int(now // window)
    try:
        used = how(f"rate:{name}:{who}:{number}", 2 * window)
    except RedisError:
        log.warning("the cache is away; requests go uncounted")
        return None
    return Spent(name, quota, window, used, math.ceil((number + 1) * window - now))


def _place(address: str) -> str:
    """Where a stranger asks from: the address, or the IPv6 network of which a household has all the addresses."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _count(key: str, seconds: int) -> int:
    """One more; each of the two steps is atomic, in Redis as in memory."""
    try:
        return int(cache.incr(key))
    except ValueError:  # nobody has counted yet
        cache.add(key, 0, seconds)
        return int(cache.incr(key))


class RateLimitMiddleware:
    """Puts the figures of every limit that a request was counted against on its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") and not hasattr(request, "spent"):
            with suppress(TooMany):  # an address that nobody serves: counted and told all the same
                ask(request)
        spent: list[Spent] = getattr(request, "spent", [])
        if spent:
            tightest = sorted(spent, key=lambda one: (one.left, -one.resets_in))
            policy = ", ".join(f'"{one.name}";q={one.quota};w={one.window}' for one in tightest)
            response.headers["RateLimit-Policy"] = policy
            response.headers["RateLimit"] = ", ".join(
                f'"{one.name}";r={one.left};t={one.resets_in}' for one in tightest
            )
            waits = [one.resets_in for one in spent if one.is_over]
            if waits and response.status_code == TooMany.status:
                response.headers["Retry-After"] = str(max(waits))
        return response

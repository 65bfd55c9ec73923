"""How often one may ask."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class ActorThrottle(SimpleRateThrottle):
    """A thousand requests a minute for whoever is known, sixty for a stranger's address."""

    THROTTLE_RATES = {"known": "1000/min", "stranger": "60/min"}
    scope = "known"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        actor = request._request.actor  # type: ignore[attr-defined]
        self.scope = "known" if actor.is_signed_in else "stranger"
        self.rate = self.THROTTLE_RATES[self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return f"throttle:{actor.id or self.get_ident(request)}"

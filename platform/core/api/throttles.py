"""How often one may ask; the figures go out with every answer (`core.limits`)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.throttling import BaseThrottle

from core import limits
from core.errors import TooMany

if TYPE_CHECKING:  # the framework's views load this module themselves
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ActorThrottle(BaseThrottle):
    """Counts every request: of a machine client, of a person, or of a stranger's address, each against its own limit."""

    name = ""

    def allow_request(self, request: Request, view: APIView) -> bool:
        limits.ask(request._request, self.name)
        return True


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of others that gives tokens: counted like every request, refused with a problem document."""

    @functools.wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            limits.ask(request)
        except TooMany as refusal:
            kind = f"urn:xielian:problem:{refusal.code}"
            body = {"type": kind, "status": refusal.status, "code": refusal.code, "detail": str(refusal.message)}
            title = {"title": "Too many requests"}
            return JsonResponse(title | body, status=refusal.status, content_type="application/problem+json")
        return view(request, *args, **kwargs)

    return counted


class SearchThrottle(ActorThrottle):
    """Searching costs more than reading, so it has a limit of its own besides."""

    name = "search"


HEADERS = {
    "RateLimit-Policy": 'Limits and windows in seconds, the tightest first: `"client";q=1000;w=60`.',
    "RateLimit": 'What is left of each, and in how many seconds it begins anew: `"client";r=997;t=42`.',
}


def describe_limits(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing: every answer of the description carries the figures of the limits; 429 says how long to wait."""
    components = result["components"]
    for name, words in HEADERS.items():
        components["headers"][name] = {"description": words, "schema": {"type": "string"}}
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    answers = list(components["responses"].values())
    for path in result.get("paths", {}).values():
        answers += [one for operation in path.values() for one in operation["responses"].values() if "$ref" not in one]
    for answer in answers:
        answer["headers"] = answer.get("headers", {}) | told
    return result

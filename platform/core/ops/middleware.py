"""Answers probes before anything else looks at the request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from core.ops import health

GetResponse = Callable[[HttpRequest], HttpResponse]


class ProbeMiddleware:
    """`/health/live` and `/health/ready`, for whoever can reach this process.

    Stands before the checks of host name and TLS, the session and the rate limit: a probe comes by the container's own
    address, has no cookie, and must be answered while Redis or the database is away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info.rstrip("/"))
        if probe is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        response = probe(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; whoever asks may restart it when it does not."""
    return JsonResponse({"status": health.OK})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when requests may be sent here, else 503 and a word for what is missing."""
    found = health.look()
    return JsonResponse(found.as_dict(), status=200 if found.is_ready else 503)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/health/live": live, "/health/ready": ready}

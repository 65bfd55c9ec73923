"""Stands before everything else: answers probes, and gives each request its id and its line in the log."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from core import trace
from core.metrics import REQUEST_SECONDS, REQUESTS
from core.ops import health, logs, metrics

log = logging.getLogger("xielian.request")
METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}

GetResponse = Callable[[HttpRequest], HttpResponse]


class ProbeMiddleware:
    """`/health/live` and `/health/ready`, for whoever can reach this process, and `/metrics` for those who may.

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
        # Else Django writes an ERROR for each 503 that a probe gets.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; whoever asks may restart it when it does not."""
    return JsonResponse({"status": health.OK})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when requests may be sent here, else 503 and a word for what is missing; `?strict` fails at warnings, too."""
    found = health.look()
    is_well = found.status == health.OK if "strict" in request.GET else found.is_ready
    return JsonResponse(found.as_dict(), status=200 if is_well else 503)


def figures(request: HttpRequest) -> HttpResponse:
    """The figures for Prometheus, for those whom the settings name; others find nothing here."""
    seen = request.META
    forwarded = "HTTP_X_FORWARDED_FOR" in seen or "HTTP_FORWARDED" in seen
    if not metrics.may_ask(seen.get("REMOTE_ADDR", ""), seen.get("HTTP_AUTHORIZATION", ""), forwarded):
        return HttpResponse(status=404)
    return HttpResponse(metrics.figures(), content_type=metrics.CONTENT_TYPE)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health": live,
    "/health/live": live,
    "/health/ready": ready,
    "/ready": ready,
    "/metrics": figures,
}


class ClientAddressMiddleware:
    """Behind proxies of ours (their number is the setting PROXIES) the asker's address is what the outermost of them saw.

    Sign-in locks and the rate limit count by it. What a client itself writes into the header stands further left.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        if 0 < settings.PROXIES <= len(hops) and _is_address(hops[-settings.PROXIES]):
            request.META["REMOTE_ADDR"] = hops[-settings.PROXIES]
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class TraceMiddleware:
    """Binds the request to its id, sends the id back, and writes one line: which view, by whom, how it ended.

    A line names the view and the ids of actor and organisation; never the path, the query or what was sent.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with trace.bound(trace.accepted(request.headers.get(trace.HEADER))) as request_id:
            request.request_id = request_id  # type: ignore[attr-defined]
            began = time.perf_counter()
            response = self.get_response(request)
            response.headers[trace.HEADER] = request_id
            if not request.path_info.startswith(settings.STATIC_URL):
                _tell(request, response.status_code, time.perf_counter() - began)
        return response


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    actor: Any = getattr(request, "actor", None)
    view = logs.view_of(request)
    REQUESTS.labels(view, request.method if request.method in METHODS else "other", status).inc()
    REQUEST_SECONDS.labels(view).observe(seconds)
    facts = {
        "method": request.method, "view": view, "status": status, "ms": round(seconds * 1000),
        "actor": str(getattr(actor, "id", None) or ""), "organisation": str(getattr(actor, "organisation_id", None) or ""),
    }  # fmt: skip
    log.info("%s %s %s in %s ms", request.method, view, status, facts["ms"], extra=facts)

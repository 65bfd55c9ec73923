"""The figures for Prometheus: what the processes counted, and what the database says at the moment of asking."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db.models import Case, CharField, Count, F, Value, When
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from core.checks.models import Alert
from core.checks.queries import muted_by_all
from core.checks.states import ALIVE
from core.ops import health, heartbeats

log = logging.getLogger(__name__)

CONTENT_TYPE = CONTENT_TYPE_LATEST


def may_ask(address: str, authorization: str, is_forwarded: bool) -> bool:
    """Whether who asks brings METRICS_TOKEN, or comes straight from an address in METRICS_ALLOW.

    What a proxy hands on comes from anywhere: there only the token counts.
    """
    token = settings.METRICS_TOKEN
    if token and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    return not is_forwarded and _is_allowed(address)


def _is_allowed(address: str) -> bool:
    try:
        asked = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asked in ipaddress.ip_network(one, strict=False) for one in settings.METRICS_ALLOW)


def counted() -> bytes:
    """What the processes of this server counted."""
    return generate_latest(_registry())


def figures() -> bytes:
    """What the processes of this server counted, and what the database says now."""
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    return counted() + generate_latest(registry)


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class FromDatabase(Collector):
    """Gauges that no process counts: the outbox's lag, signs of life, alerts alive."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("xielian_database_up", "1 when the database answers.", value=0)
        try:
            found = [*self._outbox(), self._alerts()]
        except Exception as error:
            log.warning("no figures from the database: %s", type(error).__name__)
            yield up
            return
        up.samples.clear()
        up.add_metric([], 1)
        yield up
        yield from found
        ages = GaugeMetricFamily(
            "xielian_heartbeat_age_seconds", "Seconds since the last sign of life.", labels=["process"]
        )
        for name, age in heartbeats.ages().items():
            if age is not None:
                ages.add_metric([name], age)
        yield ages
        yield GaugeMetricFamily("xielian_disk_free_bytes", "Free where the files lie.", value=health.disk_free())
        if (age := heartbeats.age("backup")) is not None:
            yield GaugeMetricFamily("xielian_backup_age_seconds", "Seconds since a backup succeeded.", value=age)

    def _outbox(self) -> list[GaugeMetricFamily]:
        lag = health.outbox_lag()
        return [
            GaugeMetricFamily("xielian_outbox_waiting", "Events not delivered yet.", value=lag["waiting"]),
            GaugeMetricFamily("xielian_outbox_oldest_seconds", "Age of the oldest of them.", value=lag["oldest_seconds"]),
        ]  # fmt: skip

    def _alerts(self) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily("xielian_alerts", "Alerts alive, by code and state.", labels=["code", "state"])
        standing = Case(When(muted_by_all(), then=Value("muted")), default=F("state"), output_field=CharField())
        alive = Alert.objects.filter(state__in=ALIVE).annotate(standing=standing)
        rows = alive.order_by().values_list("code", "standing").annotate(Count("pk"))
        for code, state, many in rows:
            gauge.add_metric([code, state], many)
        return gauge


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        forwarded = any(name in self.headers for name in ("X-Forwarded-For", "Forwarded"))
        may = may_ask(self.client_address[0], self.headers.get("Authorization", ""), forwarded)
        if not may or self.path.partition("?")[0].rstrip("/") != "/metrics":
            self.send_error(404)
            return
        body = counted()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(port: int, host: str = "") -> ThreadingHTTPServer:
    """Serve what the processes of this worker counted on a port of its own, to the same who may ask the web."""
    server = ThreadingHTTPServer((host, port), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server

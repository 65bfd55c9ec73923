"""Log lines: JSON for machines, text for `./dev`; with the request's id, without secrets and personal words.

What a line may carry besides its message is a list (`FIELDS`): libraries attach whole requests and the arguments of
tasks to their records. Messages and tracebacks pass `redacted`, because an error of a library may quote what it was given.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

from core import trace

FIELDS = ("request_id", "task", "method", "view", "status", "ms", "actor", "organisation")
STANDARD = ("time", "level", "logger", "message", "exc_info", "stack_info")

_WORD = r"(?:\w*(?:pass(?:word|wd|phrase)|secret|token)\w*|authorization|api[_-]?key|cookie|session(?:id|_key)?|signature|otp)"
# What a text must hold for the rule to be tried, the rule, and what stands in place of what it finds.
_RULES: list[tuple[str, re.Pattern[str], str]] = [
    ("@", re.compile(r"(://[^\s:/@]*):[^\s@/]+@"), r"\1:[hidden]@"),
    ("", re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 [hidden]"),
    ("", re.compile(rf"\b({_WORD}[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&)}}\]]+)", re.IGNORECASE), r"\1[hidden]"),
    ("@", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    ("1", re.compile(r"(?<![\w.-])(?:\+?86[ -]?)?1[3-9]\d{9}(?![\w.-])"), "[phone]"),
    # PostgreSQL quotes the offending values: Key (email)=(…), Failing row contains (…).
    ("Key (", re.compile(r"(Key \([^)]*\)=)\(.*?\)(?= |$)", re.MULTILINE), r"\1([hidden])"),
    ("Failing row", re.compile(r"(Failing row contains )\(.*\)\.?$", re.MULTILINE), r"\1([hidden])"),
]


def redacted(text: str) -> str:
    """The text without passwords, tokens, credentials in addresses, e-mail addresses, phone numbers and quoted rows."""
    for sign, pattern, instead in _RULES:
        if sign in text:
            text = pattern.sub(instead, text)
    return text


def view_of(request: HttpRequest) -> str:
    """The name of the view that served the request: never the path, in which tokens and numbers stand."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match.route) if match is not None else "none"


class AddContext(logging.Filter):
    """Gives each record the id of its request; a path in a record of Django becomes the name of its view."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.task = trace.current(), trace.task()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):  # Django says how it ended after the middleware has left the request
            record.request_id = getattr(request, "request_id", "")
            if isinstance(record.args, tuple):
                name = view_of(request)
                record.args = tuple(name if value in _paths(request) else value for value in record.args)
        return True


def _paths(request: HttpRequest) -> tuple[str, ...]:
    return (request.path, request.path_info, request.get_full_path())


class JsonLines(JsonFormatter):
    """One JSON object a line, of known fields only."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        known = {name: log_data[name] for name in (*STANDARD, *FIELDS) if log_data.get(name) not in (None, "")}
        return {name: redacted(value) if isinstance(value, str) else value for name, value in known.items()}


class TextLines(logging.Formatter):
    """One line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = redacted(super().format(record))
        request_id = getattr(record, "request_id", "")
        return f"{text} [{request_id}]" if request_id else text


def configuration(form: str, level: str) -> dict[str, Any]:
    """The settings of `logging`: everything to standard error, one record a line."""
    lines = {"json": JsonLines, "text": TextLines}[form]
    to_root: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": AddContext}},
        "formatters": {"lines": {"()": lines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["context"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.db.backends": {"level": "INFO"},  # its debug lines quote parameters
            "django.security.DisallowedHost": {
                "level": "CRITICAL"
            },  # strangers with made-up host names are no error of ours
            "axes": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "gunicorn.error": to_root | {"level": "INFO"},
            "gunicorn.access": to_root | {"level": "WARNING"},
        },
    }

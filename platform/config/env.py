"""Reads the environment: URLs of servers, switches, lists."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit


def text(name: str, default: str = "") -> str:
    """A word of the environment: NAME itself, or what the file NAME_FILE holds, as containers hand out secrets."""
    value = os.environ.get(name)
    path = os.environ.get(f"{name}_FILE")
    if value is None and path:
        return Path(path).read_text(encoding="utf-8").strip()
    return default if value is None else value


def url(name: str, default: str = "") -> str:
    """A server's address; a password that it does not hold comes from the secret beside it.

    `DATABASE_URL` without a password takes that of `DATABASE_PASSWORD` or `DATABASE_PASSWORD_FILE`.
    """
    address = text(name, default)
    parts = urlsplit(address)
    secret = text(f"{name.removesuffix('URL')}PASSWORD")
    if not parts.netloc or parts.password or not secret:
        return address
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:{quote(secret, safe='')}@{host}").geturl()


def flag(name: str, default: bool = False) -> bool:
    """Whether a switch is on: 1, true, yes and on mean yes."""
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    """A whole number; the default when it is not set or empty."""
    return int(os.environ.get(name) or default)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def listed(name: str) -> list[str]:
    """What NAME lists and what the file NAME_FILE lists, together; parted by commas or white space."""
    path = os.environ.get(f"{name}_FILE")
    kept = Path(path).read_text(encoding="utf-8") if path else ""
    return f"{os.environ.get(name, '')} {kept}".replace(",", " ").split()


def rates(name: str, default: str) -> dict[str, tuple[int, int]]:
    """Limits as `name=requests/seconds`, comma-separated; what the environment names replaces the default of that name."""
    found: dict[str, tuple[int, int]] = {}
    for word in [*default.split(","), *words(name)]:
        limit, _equals, rate = word.partition("=")
        count, _slash, seconds = rate.partition("/")
        found[limit.strip()] = (int(count), int(seconds))
    return found


def database(url: str, options: str = "") -> dict[str, Any]:
    """Django's database settings from `postgres://user:password@host:port/name`; options as for `psql`'s PGOPTIONS."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": False,
        # Opening a connection takes as long as a page's ten questions; one that the server closed meanwhile is noticed and replaced.
        "CONN_MAX_AGE": number("DATABASE_KEEP_SECONDS", 300),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "xielian", "connect_timeout": 5} | ({"options": options} if options else {}),
    }


def email(url: str) -> dict[str, Any]:
    """Django's e-mail settings from `smtp://user:password@host:port`, `smtps://`, `file:///folder` or `console://`."""
    parts = urlsplit(url)
    backend = "django.core.mail.backends."
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": backend + "filebased.EmailBackend", "EMAIL_FILE_PATH": str(Path(parts.path))}
    if parts.scheme in {"smtp", "smtps"}:
        return {
            "EMAIL_BACKEND": backend + "smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
    return {"EMAIL_BACKEND": backend + "console.EmailBackend"}

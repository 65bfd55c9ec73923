"""What every answer of the product carries so that a browser keeps it safe."""

from __future__ import annotations

from typing import Any

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "object-src": "'none'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
}  # fmt: skip
WANTED = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip


def faults(answer: Any) -> list[str]:
    """What is missing or wrong in the headers of an answer, one line each."""
    sent = answer.headers
    found = [f"{name}: {sent.get(name)}" for name, value in WANTED.items() if sent.get(name) != value]
    policy = dict(part.strip().partition(" ")[::2] for part in sent.get("Content-Security-Policy", "").split(";"))
    boxed = "sandbox" in policy and policy.get("default-src", "'none'") == "'none'"  # files that people sent
    if policy != POLICY and not boxed:
        found.append(f"Content-Security-Policy: {policy}")
    if "camera=()" not in sent.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    # A summary that is asked for again and again may lie in the reader's own browser, and is compared each time.
    if "no-store" not in sent.get("Cache-Control", "") and sent.get("Cache-Control") != "private, no-cache":
        found.append(f"Cache-Control: {sent.get('Cache-Control')}")
    if "Cookie" not in sent.get("Vary", ""):
        found.append(f"Vary: {sent.get('Vary')}")
    asked = getattr(answer, "wsgi_request", None)
    is_rest = asked is not None and asked.path.startswith("/api/v1/") and "json" in sent.get("Content-Type", "")
    if is_rest and not sent.get("Content-Disposition", "").startswith("attachment; filename="):
        found.append(f"Content-Disposition: {sent.get('Content-Disposition')}")
    if {"Server", "X-Powered-By"} & set(sent):
        found.append("it tells what serves it")
    return found

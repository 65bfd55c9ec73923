"""Errors as problem documents (RFC 9457), for refusals and for what the REST framework finds wrong itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import trace
from core.errors import Refusal

ERROR = gettext_noop("Error")
TITLES = {
    400: gettext_noop("Malformed request"),
    401: gettext_noop("Not signed in"),
    403: gettext_noop("Not allowed"),
    404: gettext_noop("Not found"),
    405: gettext_noop("Method not allowed"),
    406: gettext_noop("Not acceptable"),
    409: gettext_noop("Conflict"),
    412: gettext_noop("Changed meanwhile"),
    413: gettext_noop("Too large"),
    415: gettext_noop("Unsupported media type"),
    422: gettext_noop("Refused"),
    428: gettext_noop("If-Match required"),
    429: gettext_noop("Too many requests"),
}


def handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The problem document of an error; None (a 500) for what nobody foresaw."""
    set_rollback()
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is nothing here, or you have no access to it."))
    if isinstance(error, PermissionDenied):
        return problem(403, "not_allowed", _("Your organisation or role does not allow this."))
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "malformed", _("Some of what was sent has the wrong shape."), errors=flat(error.detail))
    if isinstance(error, exceptions.APIException):
        answer = problem(error.status_code, str(error.default_code), str(error.detail))
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            answer.status_code = answer.data["status"] = status.HTTP_401_UNAUTHORIZED
            answer.headers["WWW-Authenticate"] = 'Bearer realm="xielian"'
        return answer
    return None


def _refusal(refusal: Refusal) -> Response:
    code = 401 if refusal.code == "not_signed_in" else refusal.status
    answer = problem(
        code,
        refusal.code,
        str(refusal.message),
        errors=refusal.fields,
        missing=[one.as_dict() for one in refusal.missing],
    )
    if code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="xielian"'
    return answer


def problem(
    code: int,
    kind: str,
    detail: str,
    *,
    errors: Mapping[str, list[str]] | None = None,
    missing: list[dict[str, str]] | None = None,
) -> Response:
    """One problem document; `errors` by field, `missing` with who can mend each."""
    body: dict[str, Any] = {
        "type": f"urn:xielian:problem:{kind}", "title": _(TITLES.get(code, ERROR)), "status": code, "code": kind, "detail": detail,
        **trace.for_problems(),
    }  # fmt: skip
    if errors:
        body["errors"] = dict(errors)
    if missing:
        body["missing"] = missing
    return Response(body, status=code, content_type="application/problem+json")


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested validation errors by dotted path: `gates.0.share_percent`."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= flat(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        found = {}
        for number, inner in enumerate(detail):
            found |= flat(inner, f"{path}.{number}" if path else str(number))
        return found
    texts = detail if isinstance(detail, list) else [detail]
    return {path or "non_field_errors": [str(text) for text in texts]} if texts else {}

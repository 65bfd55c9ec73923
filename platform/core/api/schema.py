"""What the description says of every operation: the problem document that any refusal comes as."""

from __future__ import annotations

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for machines."},
        "detail": {"type": "string", "description": "A sentence for people, in the request's language."},
        "instance": {"type": "string", "description": "This one occurrence, as a URN."},
        "request_id": {"type": "string", "description": "What to tell the operator; also in the header X-Request-ID."},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "missing": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("what", "who", "link", "rule")},
            },
        },
    },
}
CODES = {
    "400": "The request has the wrong shape.", "401": "Not signed in.", "403": "Not allowed.", "404": "Not there, or hidden.",
    "409": "Not in this state, or in conflict.", "412": "Changed meanwhile.", "415": "Unsupported media type.",
    "422": "Refused by a rule of the domain.", "428": "If-Match is missing.", "429": "Too many requests.",
}  # fmt: skip


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing: every operation may answer with a problem document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for code, words in CODES.items():
                if method == "get" and code in ("409", "412", "415", "422", "428"):
                    continue
                if code == "428" and method != "patch":
                    continue
                operation["responses"].setdefault(
                    code,
                    {
                        "description": words,
                        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    },
                )
    return result


def describe_authentication() -> None:
    """Tell the description how one signs in: a session cookie for people, a bearer token for machines."""
    from drf_spectacular.extensions import OpenApiAuthenticationExtension

    class ActorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
        target_class = "core.api.authentication.ActorAuthentication"
        name = ["session", "oauth2"]

        def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
            return [
                {"type": "apiKey", "in": "cookie", "name": "sessionid"},
                {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": {}}}},
            ]

"""What the description says of every operation: its name, its words, its room, and the problems it may answer with."""

from __future__ import annotations

import inspect
import re
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from core.api.filters import LARGEST, MAY_BE_EMPTY
from core.api.problems import TITLES
from core.api.serializers import Input

# What a room's tag says, in the order of the description.
ROOMS = {
    "accounts": "Organisations, members, invitations, machine clients, oneself.",
    "inbox": "What waits for one, and what happened.",
    "search": "Everything that one may find.",
    "checks": "What the platform has noticed.",
    "book": "Who did what, with the leaf that proves it.",
    "chains": "Chains, their nodes and leaders, and the machine park.",
    "needs": "Needs and their indicators, surveys, challenges, bids, review and award.",
    "projects": "Projects, gates, handovers, acceptance.",
    "benefits": "Share agreements, settlement, tranches, risk funds.",
    "webhooks": "Signed messages to one's own systems, and their log.",
}


class Generator(SchemaGenerator):
    """The description is in English, whoever asks and in whatever language."""

    def __init__(self, *given: Any, **words: Any) -> None:
        super().__init__(*given, **words)  # type: ignore[no-untyped-call]

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        with translation.override("en"):
            return super().get_schema(request, public)  # type: ignore[no-untyped-call]


class Description(AutoSchema):
    """One operation as the description has it: named after its action, told by the action's own words."""

    @property
    def _door(self) -> Any:
        return self.view

    def get_operation_id(self) -> str:
        """`list_needs`, `get_need`; everything else is called as its action."""
        name = getattr(self.view, "action", None) or self.method.lower()
        things = [part for part in self.path.removeprefix("/api/v1/").split("/") if part and "{" not in part]
        if name == "list":
            return "_".join(["list", *things]).replace("-", "_")
        if name == "retrieve":
            return f"get_{self._one()}"
        return name if name not in ("get", "post", "put") else "_".join([name, *things]).replace("-", "_")

    def get_tags(self) -> list[str]:
        """The room."""
        return [self._room()]

    def get_auth(self) -> list[dict[str, Any]]:
        """A person's session, or a machine's token with the room's scope."""
        super().get_auth()  # tells the description of both ways
        right = "read" if self.method == "GET" else "write"
        return [{"session": []}, {"oauth2": [f"{self._room()}:{right}"]}]

    def get_summary(self) -> str:
        """The first sentence, without the requirement it serves."""
        name = getattr(self.view, "action", None)
        if name == "list":
            return f"List {self._many()}"
        if name == "retrieve":
            return f"Read one {self._one().replace('_', ' ')}"
        first = re.split(r"(?<=[.;:])\s", self._words(), maxsplit=1)[0]
        return re.sub(r"\s*\(R\d+[^)]*\)", "", first).strip(" .;:")

    def get_description(self) -> str:  # type: ignore[override]  # as the package has it
        """The words beside it; a list and a single row have those of their door."""
        name = getattr(self.view, "action", None)
        if name in ("list", "retrieve"):
            own = inspect.cleandoc(type(self.view).__doc__ or "") if "__doc__" in vars(type(self.view)) else ""
            ends = "The ETag names the version, for If-Match." if name == "retrieve" else ""
            return "\n\n".join(part for part in (own, ends) if part)
        return re.sub(r"\s*\(R\d+[^)]*\)", "", self._words())

    def get_response_serializers(self) -> Any:
        """What goes out, under the code that the door answers with."""
        code = getattr(self._method(), "answers_with", None)
        found = super().get_response_serializers()
        return {code: found} if code is not None and not isinstance(found, dict) else found

    def _method(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)

    def _words(self) -> str:
        return inspect.cleandoc(self._method().__doc__ or type(self.view).__doc__ or "") or self.get_operation_id()

    def _room(self) -> str:
        """The door's room; a plain view's is where it stands."""
        stands = type(self.view).__module__.removeprefix("core.").partition(".")[0]
        return str(getattr(self.view, "room", "") or stands)

    def _one(self) -> str:
        things = [part for part in self.path.removeprefix("/api/v1/").split("/") if part and "{" not in part]
        return str(self._door.basename or "_".join(things)).replace("-", "_")

    def _many(self) -> str:
        return self.path.removeprefix("/api/v1/").strip("/").replace("-", " ")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What comes in has no other names than these."""
        told = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if told is None:
            return told
        if isinstance(serializer, Input):
            told["additionalProperties"] = False
        elif direction == "response" and told.get("properties"):
            told["required"] = sorted(set(told["properties"]) - set(getattr(serializer, "may_lack", ())))
        return told

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """What the package does not know of our fields: an empty text is no number, a blank is no text."""
        told = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.DecimalField) and told.get("type") == "string":
            told["pattern"] = decimal_pattern(field)
        elif isinstance(field, serializers.FileField) and not field.allow_empty_file and direction == "request":
            told["minLength"] = 1
        elif isinstance(field, serializers.ListField) and not field.allow_empty and direction == "request":
            told["minItems"] = max(1, told.get("minItems", 0))
        elif type(field) is serializers.CharField and not field.allow_blank and direction == "request":
            told["pattern"] = NOT_BLANK
        return told

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        """What only ever comes in needs no word that says so."""
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Request") if isinstance(serializer, Input) else name


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
    "400": "The request has the wrong shape.", "401": "Not signed in, or the token has expired.", "403": "Not allowed, or the scope is missing.",
    "404": "Not there, or hidden.", "406": "No such form of answer.", "409": "Not in this state, something missing, or in conflict.",
    "412": "Changed meanwhile.", "413": "Too large.", "415": "Unsupported media type.", "422": "Refused by a rule of the domain.",
    "428": "If-Match is missing.", "429": "Too many requests.",
}  # fmt: skip
SHARED = {
    "cursor": "Cursor",
    "page_size": "PageSize",
    "Idempotency-Key": "IdempotencyKey",
    "If-Match": "IfMatch",
    "id": "Id",
}
# One of each: the code, a sentence, and what else it carries.
EXAMPLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("malformed", "Some of what was sent has the wrong shape.", {"errors": {"title": ["This field is required."]}}),
    "401": ("not_authenticated", "Authentication credentials were not provided.", {}),
    "403": ("insufficient_scope", "The access token lacks the scope needs:write.", {}),
    "404": ("not_found", "There is nothing here, or you have no access to it.", {}),
    "406": ("not_acceptable", "Could not satisfy the request Accept header.", {}),
    "409": (
        "blocked", "Something is missing before this can be done.",
        {"missing": [{"what": "Evidence of the pain point", "who": "The need's owner", "link": "/needs/", "rule": "A01"}]},
    ),
    "412": ("stale", "Somebody changed this meanwhile; read it again.", {}),
    "413": ("too_large", "The body is larger than the server takes.", {}),
    "415": ("unsupported_media_type", "Unsupported media type in request.", {}),
    "422": ("invalid", "The budget is above zero.", {"errors": {"budget": ["The budget is above zero."]}}),
    "428": ("if_match_required", "Send If-Match with the ETag of the version you changed.", {}),
    "429": ("throttled", "Request was throttled.", {}),
}  # fmt: skip


def decimal_pattern(field: serializers.DecimalField) -> str:
    """The texts that are such a number."""
    places = field.decimal_places or 0
    whole = max(1, (field.max_digits or 30) - places)
    minus = "" if field.min_value is not None and field.min_value >= 0 else "-?"
    return rf"^{minus}[0-9]{{1,{whole}}}(\.[0-9]{{1,{places}}})?$" if places else rf"^{minus}[0-9]{{1,{whole}}}$"


# Separators of old data formats are blanks to Python and none to most who read the pattern.
NOT_BLANK = r"[^\s\u001c-\u001f\u0085]"
# What is read here may not be there yet, though it will be: the answer is 409 until then.
MAY_WAIT = {"get_receipt"}
# Not edits, but of what one has read: they are refused when it says something else meanwhile.
READ_BEFORE = {"accept_details", "accept_flow", "decide_direction", "sign_award", "sign_contract", "submit_bid"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing: every operation may answer with a problem document."""
    _tidy(result)
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {f"Problem{code}": _problem_answer(code, words) for code, words in CODES.items()}
    components["headers"] = {
        "ETag": {"description": "The version of the row, to send as If-Match.", "schema": {"type": "string"}}
    }
    result["tags"] = [{"name": name, "description": words} for name, words in ROOMS.items()]
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for code in CODES:
                waits = code == "409" and operation.get("operationId") in MAY_WAIT
                if method == "get" and code in ("409", "412", "413", "415", "422", "428") and not waits:
                    continue
                is_of_what_was_read = code == "412" and operation.get("operationId") in READ_BEFORE
                if code in ("412", "428") and method != "patch" and not is_of_what_was_read:
                    continue
                operation["responses"].setdefault(code, {"$ref": f"#/components/responses/Problem{code}"})
            _tell_etag(result, operation)
            operation["parameters"] = [_shared(components, one) for one in operation.get("parameters", [])]
    return result


def _tidy(value: Any) -> None:
    """Without the generator's own notes, and without what only repeats a name."""
    if isinstance(value, dict):
        if value.pop("x-spec-enum-id", None):
            value.pop("description", None)
        if isinstance(value.get("title"), str) and "type" in value:
            del value["title"]
        if value.get("in") == "path" and value.get("description", "").startswith("A UUID string identifying"):
            value["description"] = "The id of the row."
        if value.get("in") == "query" and value["schema"] == {"type": "string"} and value["name"] not in MAY_BE_EMPTY:
            value["schema"]["minLength"] = 1
        if value.get("in") == "query" and value["schema"].get("type") in ("number", "integer"):
            value["schema"] = {"minimum": -LARGEST, "maximum": LARGEST} | value["schema"]
        if value.get("in") == "query" and value["schema"].get("type") == "array":
            value["schema"] |= {"minItems": 1, "items": {"minLength": 1} | value["schema"]["items"]}
        if "enum" in value.get("schema", {}) and value.get("description", "").startswith("* `"):
            del value["description"]
        for inner in value.values():
            _tidy(inner)
    elif isinstance(value, list):
        for inner in value:
            _tidy(inner)


def _problem_answer(code: str, words: str) -> dict[str, Any]:
    kind, detail, more = EXAMPLES[code]
    example = {
        "type": f"urn:xielian:problem:{kind}", "title": TITLES[int(code)], "status": int(code), "code": kind, "detail": detail, **more,
    }  # fmt: skip
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    answer: dict[str, Any] = {"description": words, "content": {"application/problem+json": media}}
    if code == "429":
        answer["headers"] = {
            "Retry-After": {"description": "Seconds until there is room again.", "schema": {"type": "integer"}}
        }
    return answer


def _shared(components: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """A reference to a parameter that many operations have."""
    name = SHARED.get(parameter["name"])
    if name is None:
        return parameter
    kept = components.setdefault("parameters", {}).setdefault(name, parameter)
    return {"$ref": f"#/components/parameters/{name}"} if kept == parameter else parameter


def _tell_etag(result: dict[str, Any], operation: dict[str, Any]) -> None:
    """Rows with a version carry it as ETag."""
    for code in ("200", "201"):
        schema = operation["responses"].get(code, {}).get("content", {}).get("application/json", {}).get("schema", {})
        named = result["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
        if "version" in named.get("properties", {}):
            operation["responses"][code]["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}


def describe_authentication() -> None:
    """Tell the description how one signs in: a session cookie for people, a bearer token for machines."""
    from drf_spectacular.extensions import OpenApiAuthenticationExtension

    class ActorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
        target_class = "core.api.authentication.ActorAuthentication"
        name = ["session", "oauth2"]

        def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
            rights = {"read": "Read", "write": "Write"}
            scopes = {
                f"{room}:{right}": f"{verb}: {words}" for room, words in ROOMS.items() for right, verb in rights.items()
            }
            return [
                {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
                {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": scopes}}},
            ]

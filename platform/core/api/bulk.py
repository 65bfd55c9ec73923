"""Many rows in one request, each through the same command as its single door, each with a result of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action as drf_action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import problems
from core.api.serializers import Input
from core.api.views import RoomViewSet, Serializer
from core.errors import Refusal

LIMIT = 200
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~][ -~]*$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Each row has a key of its own, made from this one and the row's place.",
)
OF_THE_REQUEST = ("instance", "request_id")


class Rows(Input):
    rows = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=LIMIT, allow_empty=False, help_text="Judged one by one."
    )


class RowResult(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    """What became of one row: the status of its single door, and its id or its problem."""

    index = serializers.IntegerField()
    status = serializers.IntegerField()
    id = serializers.UUIDField(allow_null=True)
    problem = serializers.DictField(allow_null=True)


class Results(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = RowResult(many=True)


def bulk(
    run: Callable[..., Any], *, path: str = "bulk", serializer: Serializer, detail: bool = False, code: int = 201
) -> Any:
    """POST `{"rows": [...]}`: up to two hundred rows, independent of each other; a refused row hinders no other.

    The answer is 207 with a result per row. Sent again under the same key, every row gets the answer it got before; a row
    that was changed meanwhile is refused as a key used again.
    """

    def post(self: RoomViewSet, request: Request, pk: Any = None) -> Response:
        named = {}
        if detail:
            self.fetch(pk)
            named = {self.id_name: pk}
        rows = self.checked(Rows)["rows"]
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise exceptions.ValidationError({"Idempotency-Key": ["Send a key, so that a retry repeats no row."]})
        results = [_one(self, run, serializer, row, at, key, named, code) for at, row in enumerate(rows)]
        done = sum(1 for one in results if one["problem"] is None)
        told = {"done": done, "refused": len(results) - done, "results": results}
        return Response(told, status=207)

    post.__name__ = f"bulk_{run.__name__}"
    door = drf_action(detail=detail, methods=["post"], url_path=path, url_name=post.__name__)(post)
    door.__doc__ = (
        f"Many rows at once, each as in `{run.__name__}`.\n\nUp to {LIMIT} rows, independent of each other: a refused row hinders no other."
        " The answer tells of each row its status, and its id or its problem."
    )
    return extend_schema(operation_id=post.__name__, request=Rows, responses={207: Results}, parameters=[KEY])(door)


def _one(
    door: RoomViewSet,
    run: Callable[..., Any],
    serializer: Serializer,
    row: Any,
    at: int,
    key: str,
    named: dict[str, Any],
    code: int,
) -> dict[str, Any]:
    own = f"{hashlib.sha256(key.encode()).hexdigest()[:40]}:{at}"
    sent = serializer(data=row, context=door.get_serializer_context())
    try:
        sent.is_valid(raise_exception=True)
        made = run(actor=door.actor.with_key(own), **dict(sent.validated_data), **named)
    except (Refusal, exceptions.ValidationError) as error:
        answer = problems.handler(error, {})
        assert answer is not None
        problem = {name: told for name, told in answer.data.items() if name not in OF_THE_REQUEST}
        return {"index": at, "status": answer.status_code, "id": None, "problem": problem}
    return {"index": at, "status": code, "id": str(made.pk) if isinstance(made, Model) else None, "problem": None}

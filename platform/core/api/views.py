"""The viewset of all rooms: what one may see, edits under If-Match, and operations named after their actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.decorators import action as drf_action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policy
from core.accounts.actor import Actor
from core.api.filters import MAY_BE_EMPTY, Ordering, Search, Where, filter_parameters
from core.api.pages import Pages
from core.api.parsers import StrictJSONParser
from core.api.serializers import Nothing
from core.errors import NotAllowed, Stale

Serializer = type[serializers.BaseSerializer]  # type: ignore[type-arg]

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"}, OpenApiParameter.HEADER, required=False,
    description="The same key with the same content gets the same answer and takes effect once.",
)  # fmt: skip
MATCH_HEADER = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the version that the change is made to.",
)


class IfMatchRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the ETag of the version you changed."
    default_code = "if_match_required"


def version_asked(request: Request) -> int:
    """The version named by If-Match; 428 without one, 412 when it is no ETag of ours."""
    match = request.headers.get("If-Match", "").strip()
    if not match:
        raise IfMatchRequired
    version = match.removeprefix("W/").strip('"')
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Stale(_("This ETag is not one of ours; read the row again."))
    return int(version)


class Door(viewsets.GenericViewSet):  # type: ignore[type-arg]
    """What all viewsets share: the actor with the request's key, scopes, pages and filters."""

    room: ClassVar[str] = ""
    pagination_class = Pages
    filter_backends: list[Any] = [Where, Ordering, Search]
    ordering_fields: ClassVar[list[str]] = ["created_at"]
    search_fields: ClassVar[list[str]] = []
    filterset_fields: ClassVar[Any] = []
    lookup_value_converter = "uuid"
    is_open_to_strangers: ClassVar[bool] = False
    # What a list reads from its address beside its filters.
    asks: ClassVar[set[str]] = set()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """An operation answers to the name it is given in the class, whatever its action is called."""
        super().__init_subclass__(**kwargs)
        for name, member in list(cls.__dict__.items()):
            mapping = getattr(member, "mapping", None)
            if callable(member) and mapping is not None and hasattr(member, "detail"):
                member.__name__ = name
                for method in list(mapping):
                    dict.__setitem__(mapping, method, name)

    @property
    def actor(self) -> Actor:
        """Who acts, with the request's idempotency key."""
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        key = self.request.headers.get("Idempotency-Key")
        return actor.with_key(key) if key else actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if getattr(self, "swagger_fake_view", False):
            return
        actor = self.actor
        if not actor.is_signed_in and not self.is_open_to_strangers:
            raise exceptions.NotAuthenticated
        right = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
        if actor.scopes is not None and f"{self.room}:{right}" not in actor.scopes:
            raise NotAllowed(
                _("The access token lacks the scope %(scope)s.") % {"scope": f"{self.room}:{right}"},
                code="insufficient_scope",
            )
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 255 or not key.isprintable():
            raise exceptions.ValidationError({"Idempotency-Key": ["At most 255 printable characters."]})
        if self.action == "list":
            self._know_the_question(request)

    def _know_the_question(self, request: Request) -> None:
        """A list refuses what it would not look at, so that a typing error does not give all rows."""
        known = set(self.asks)
        if self.paginator is not None:
            known |= {"cursor", "page_size"}
            for backend in self.filter_backends:
                known |= {one["name"] for one in filter_parameters(backend, self)}
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            raise exceptions.ValidationError({name: ["Unknown parameter."] for name in unknown})
        empty = [name for name, value in request.query_params.items() if not value and name not in MAY_BE_EMPTY]
        if empty:
            raise exceptions.ValidationError({name: ["Say a value, or leave the parameter away."] for name in empty})

    def checked(self, serializer: Serializer) -> dict[str, Any]:
        """What was sent, in shape; else 400 naming the fields."""
        sent = serializer(data=self.request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        return dict(cast("dict[str, Any]", sent.validated_data))

    def shown(self, row: Any, serializer: Serializer | None = None, *, many: bool = False) -> Any:
        """The row as it goes out."""
        kind = serializer or self.get_serializer_class()
        return kind(row, many=many, context=self.get_serializer_context()).data


class RoomViewSet(Door, mixins.ListModelMixin):
    """A model's REST door. Subclass with:

    * `room`, `model`, `view_rule` ("needs.view_need"), `serializer_class` (what goes out), `id_name` ("need_id")
    * `related(rows)`: select_related and prefetch, so that the number of queries does not grow with the rows
    * `create_action` with `create_serializer`; `edit_action` with `edit_serializer` (gets `changes` and `version`)
    * operations: `publish = operation(actions.publish_need, path="publish")`
    """

    model: ClassVar[type[Model]]
    view_rule: ClassVar[str]
    id_name: ClassVar[str] = ""
    create_action: ClassVar[Callable[..., Any] | None] = None
    create_serializer: ClassVar[Serializer | None] = None
    edit_action: ClassVar[Callable[..., Any] | None] = None
    edit_serializer: ClassVar[Serializer | None] = None

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.related(policy.visible_to(self.actor, self.model))

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What the list needs besides the rows."""
        return rows

    def fetch(self, pk: Any) -> Any:
        """The row, or 404."""
        try:
            found = self.get_queryset().filter(pk=pk).first()
        except (ValueError, ValidationError):
            found = None  # no id at all: the policy says that there is nothing
        return found if found is not None else policy.fetch(self.actor, self.view_rule, self.model, pk)

    def retrieve(self, request: Request, pk: Any = None) -> Response:
        """One row with its ETag."""
        row = self.fetch(pk)
        return self._answer(row)

    def _create(self, request: Request) -> Response:
        """Create one; 201 with its address."""
        assert self.create_serializer is not None
        values = self.checked(self.create_serializer)
        made = type(self).create_action(actor=self.actor, **values)  # type: ignore[misc]
        return self._answer(self._again(made), status.HTTP_201_CREATED)

    def _partial_update(self, request: Request, pk: Any = None) -> Response:
        """Change fields of the version named by If-Match; 412 when somebody was faster."""
        assert self.edit_serializer is not None
        self.fetch(pk)
        sent = self.edit_serializer(data=request.data, partial=True, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        version = version_asked(request)
        changed = type(self).edit_action(  # type: ignore[misc]
            actor=self.actor, changes=dict(sent.validated_data), version=version, **{self.id_name: pk}
        )
        return self._answer(self._again(changed))

    def _again(self, row: Any) -> Any:
        """The row with its relations, if it is of this door's model and may be seen."""
        if isinstance(row, self.model):
            return self.get_queryset().filter(pk=row.pk).first() or row
        return row

    def _answer(self, row: Any, code: int = 200) -> Response:
        response = Response(self.shown(row), status=code)
        version = getattr(row, "version", None)
        if isinstance(version, int):
            response.headers["ETag"] = f'"{version}"'
        return response

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Open the doors for creating and editing where the subclass names their actions."""
        super().__init_subclass__(**kwargs)
        for name in ("create_action", "edit_action"):
            given = cls.__dict__.get(name)
            if given is not None and not isinstance(given, staticmethod):
                setattr(cls, name, staticmethod(given))
        if cls.__dict__.get("create_action") is not None:
            create = _copied(RoomViewSet._create, "create", cls)
            cls.create = described(  # type: ignore[attr-defined]
                create, cls.create_action, code=201, request=cls.create_serializer, parameters=[KEY_HEADER]
            )
        if cls.__dict__.get("edit_action") is not None:
            edit = _copied(RoomViewSet._partial_update, "partial_update", cls)
            cls.partial_update = described(  # type: ignore[attr-defined]
                edit, cls.edit_action, request=cls.edit_serializer, parameters=[MATCH_HEADER, KEY_HEADER]
            )


def operation(
    run: Callable[..., Any],
    *,
    path: str,
    serializer: Serializer = Nothing,
    response: Serializer | None = None,
    detail: bool = True,
    id_name: str = "",
    code: int = 200,
    reads: bool = False,
) -> Any:
    """An operation: POST to `<row>/<path>/` runs the action with what was sent and the row's id.

    `serializer` is what comes in, `response` what goes out (the viewset's own by default, then the row is answered).
    With `reads` the action writes nothing, is no command, and its description offers no key.
    """

    def post(self: RoomViewSet, request: Request, pk: Any = None) -> Response:
        if detail:
            # What one may not see answers "not found" before anything is said about the body.
            self.fetch(pk)
        values = self.checked(serializer)
        if detail:
            values[id_name or self.id_name] = pk
        result = run(actor=self.actor, **values)
        if response is not None:
            return Response(self.shown(result, response), status=code)
        row = (
            result
            if isinstance(result, self.model)
            else self.model._default_manager.filter(pk=pk).first()
            if detail
            else result
        )
        return self._answer(self._again(row), code)

    post.__name__ = run.__name__
    parsers: list[type[BaseParser]] = [MultiPartParser] if takes_files(serializer) else [StrictJSONParser]
    door = drf_action(detail=detail, methods=["post"], url_path=path, url_name=run.__name__, parser_classes=parsers)(
        post
    )
    keys = [] if reads else [KEY_HEADER]
    return described(door, run, code=code, response=response, request=serializer, parameters=keys)


def described(
    door: Any, run: Any, *, code: int = 200, response: Serializer | None = None, **words: Any
) -> Callable[..., Any]:
    """The door under its action's name and words; without `response` the viewset's own row goes out."""
    door.__doc__ = run.__doc__
    door.answers_with = code
    if response is not None:
        words["responses"] = {code: response}
    return cast("Callable[..., Any]", extend_schema(operation_id=run.__name__, **words)(door))


def takes_files(serializer: Serializer) -> bool:
    """Whether what comes in holds a file, and so comes as multipart."""
    return any(isinstance(one, serializers.FileField) for one in getattr(serializer(), "fields", {}).values())


def _copied(method: Callable[..., Any], name: str, cls: type) -> Callable[..., Any]:
    """A method of the subclass's own, so that its schema is its own."""

    def own(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        return method(self, request, *args, **kwargs)

    own.__name__, own.__doc__, own.__qualname__ = name, method.__doc__, f"{cls.__qualname__}.{name}"
    return own

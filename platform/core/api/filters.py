"""How lists are asked: by fields, by words, in an order; what cannot be understood is refused, never ignored."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.views import View
from django_filters.rest_framework import DjangoFilterBackend, FilterSet, UUIDFilter
from rest_framework import exceptions, filters
from rest_framework.request import Request

# What a list may be asked with and without a word.
MAY_BE_EMPTY = {"search", "cursor"}


class Filters(FilterSet):  # type: ignore[misc]  # the package is untyped
    """Rows that are pointed at are named by id; an id of nothing, or of what is hidden, simply finds nothing."""

    FILTER_DEFAULTS = {
        **FilterSet.FILTER_DEFAULTS,
        models.ForeignKey: {"filter_class": UUIDFilter},
        models.OneToOneField: {"filter_class": UUIDFilter},
    }


class Where(DjangoFilterBackend):  # type: ignore[misc]  # the package is untyped
    """Rows whose fields say what the parameters say."""

    filterset_base = Filters


class Ordering(filters.OrderingFilter):
    """`ordering=name` or `-name`, one of the list's own fields."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        asked = request.query_params.get(self.ordering_param)
        if asked is not None and asked not in self.choices(view):
            raise exceptions.ValidationError({self.ordering_param: [f"One of: {', '.join(self.choices(view))}."]})
        return super().filter_queryset(request, queryset, view)

    def choices(self, view: Any) -> list[str]:
        """What the list can be ordered by."""
        return [sign + name for name in view.ordering_fields for sign in ("", "-")]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": "The order; a minus turns it round.",
                "schema": {"type": "string", "enum": self.choices(view)},
            }
        ]


class Search(filters.SearchFilter):
    """Words that the rows must hold; only where the list says what is searched."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if not view.search_fields:
            return []
        where = ", ".join(name.replace("__", " ") for name in view.search_fields)
        return [
            {
                "name": self.search_param,
                "required": False,
                "in": "query",
                "description": f"Words that must stand in one of: {where}.",
                "schema": {"type": "string", "maxLength": 200},
            }
        ]

    def get_search_terms(self, request: Request) -> list[str]:
        if len(request.query_params.get(self.search_param, "")) > 200:
            raise exceptions.ValidationError({self.search_param: ["At most 200 characters."]})
        return super().get_search_terms(request)


def filter_names(view: View) -> set[str]:
    """The names of the fields' filters of a list."""
    backend = Where()
    kind = backend.get_filterset_class(view, view.get_queryset())  # type: ignore[attr-defined]
    return set(kind.base_filters) if kind is not None else set()


def filter_parameters(backend: Any, view: Any) -> list[dict[str, Any]]:
    """What a filter listens to."""
    if issubclass(backend, Where):
        return [{"name": name} for name in filter_names(view)]
    found: list[dict[str, Any]] = backend().get_schema_operation_parameters(view)
    return found

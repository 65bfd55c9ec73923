"""How lists are asked: by fields, by words, in an order; what cannot be understood is refused, never ignored."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.views import View
from django_filters import filters as filters_of_fields
from django_filters.fields import BaseCSVField, IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend, FilterSet, IsoDateTimeFilter, UUIDFilter
from rest_framework import exceptions, filters
from rest_framework.request import Request

# Beyond this no list is asked: it is more than any column holds.
LARGEST = 10**30
# What a list may be asked with and without a word.
MAY_BE_EMPTY = {"search", "cursor"}


class _MomentField(IsoDateTimeField):  # type: ignore[misc]  # the package is untyped
    """A moment in UTC: the database knows no offset beyond sixteen hours, and no year before 1 or after 9999."""

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        try:
            return moment and moment.astimezone(dt.UTC)
        except OverflowError:
            raise forms.ValidationError(_("There is no such moment."), code="invalid") from None


class _Moment(IsoDateTimeFilter):  # type: ignore[misc]
    field_class = _MomentField


class _YesNoField(forms.NullBooleanField):
    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]  # as in NullBooleanField itself
        if value in ("", None):
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Write true or false."), code="invalid")
        return bool(value == "true")


class _YesNo(filters_of_fields.BooleanFilter):  # type: ignore[misc]
    field_class = _YesNoField

    def __init__(self, *given: Any, **words: Any) -> None:
        super().__init__(*given, **{"widget": forms.TextInput} | words)


class _Number(filters_of_fields.NumberFilter):  # type: ignore[misc]
    def get_max_validator(self) -> None:
        return None  # both ends are said by the field

    def __init__(self, *given: Any, **words: Any) -> None:
        super().__init__(*given, **{"min_value": -LARGEST, "max_value": LARGEST} | words)


class _Whole(_Number):
    """A column of whole numbers is asked for whole numbers."""

    field_class = forms.IntegerField


class _IdsField(forms.Field):
    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in value or []]
        except ValueError:
            raise forms.ValidationError(_("An id looks like this: %s") % UUID(int=0), code="invalid") from None


class _Ids(filters_of_fields.ModelMultipleChoiceFilter):  # type: ignore[misc]
    """Rows that belong to one of these; an id of nothing finds nothing and is not told apart. Described as its base is: several ids."""

    field_class = _IdsField

    def filter(self, qs: QuerySet[Any], value: list[UUID]) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__in": value}).distinct() if value else qs


class _EachField(BaseCSVField):  # type: ignore[misc]
    def clean(self, value: Any) -> Any:
        if value and not all(value):
            raise forms.ValidationError(_("Between two commas stands a value."), code="invalid")
        return super().clean(value)


class Filters(FilterSet):  # type: ignore[misc]  # the package is untyped
    """Rows that are pointed at are named by id; an id of nothing, or of what is hidden, simply finds nothing."""

    FILTER_DEFAULTS = {
        **FilterSet.FILTER_DEFAULTS,
        models.ForeignKey: {"filter_class": UUIDFilter},
        models.OneToOneField: {"filter_class": UUIDFilter},
        models.ManyToManyField: {"filter_class": _Ids},
        models.DateTimeField: {"filter_class": _Moment},
        models.BooleanField: {"filter_class": _YesNo},
        models.DecimalField: {"filter_class": _Number},
        models.IntegerField: {"filter_class": _Whole},
        models.SmallIntegerField: {"filter_class": _Whole},
        models.PositiveIntegerField: {"filter_class": _Whole},
        models.PositiveSmallIntegerField: {"filter_class": _Whole},
        models.BigIntegerField: {"filter_class": _Whole},
    }

    @classmethod
    def filter_for_lookup(cls, field: Any, lookup_type: str) -> Any:
        found, words = super().filter_for_lookup(field, lookup_type)
        if lookup_type == "in" and found is not None:
            found.base_field_class = _EachField
        return found, words


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

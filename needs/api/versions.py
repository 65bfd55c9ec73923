"""The REST door of two versions of a need side by side."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.indicators import services as indicators
from needs.queries.need import pair_of_versions, specifications_in, versions_seen


class DifferenceOut(serializers.Serializer[Any]):
    """One line that differs."""

    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    name = serializers.CharField()
    before = serializers.CharField(help_text="The target in one line; empty where it was added.")
    after = serializers.CharField(help_text="Empty where it was removed.")
    note = serializers.CharField(help_text="Of a changed one the fields that changed.")


class ComparedOut(serializers.Serializer[Any]):
    """Two versions and what differs, in the order of the second."""

    before = serializers.IntegerField(allow_null=True, help_text="The number of the first version.")
    after = serializers.IntegerField(allow_null=True)
    changes = DifferenceOut(many=True)


WRITTEN = re.compile(r"[1-9][0-9]{0,3}")
NUMBER = {"type": "integer", "minimum": 1, "maximum": 9999}
FROM = OpenApiParameter("from", NUMBER, description="A version's number; the last but one unless said.")
TO = OpenApiParameter("to", NUMBER, description="A version's number; the last unless said.")


def versions_door() -> Any:
    """The door of any two versions of a need."""

    @extend_schema(operation_id="compare_versions", parameters=[FROM, TO], responses=ComparedOut)
    @action(detail=True, methods=["get"], url_path="versions", filter_backends=[], pagination_class=None)
    def compare_versions(self: Any, request: Request, pk: Any = None) -> Response:
        """What differs between two versions of the indicators (R013, R021)."""
        need = self.fetch(pk)
        versions = versions_seen(self.actor, need)
        numbers = {str(one.number) for one in versions}
        asked = {name: str(text) for name, text in request.query_params.items()}
        wrong = {name: ["Unknown parameter."] for name in set(asked) - {"from", "to"}}
        wrong |= {
            name: ["A version's number."]
            for name in ("from", "to")
            if name in asked and not WRITTEN.fullmatch(asked[name])
        }
        if wrong:
            raise ValidationError(wrong)
        if set(asked.values()) - numbers:
            raise NotFound(_("There is no such version."))
        before, after = pair_of_versions(versions, asked.get("from", ""), asked.get("to", ""))
        changes = indicators.difference(specifications_in(before), specifications_in(after))
        shown = {"before": before and before.number, "after": after and after.number, "changes": changes}
        return Response(self.shown(shown, ComparedOut))

    return compare_versions

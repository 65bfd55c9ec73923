"""The REST door of opportunities across chains."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Quantity, Reason, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import opportunity as actions
from needs.api.matching import DismissalOut, LackOut
from needs.models.opportunity import Opportunity
from needs.queries.opportunity import with_dismissals
from needs.queries.qualification import Demands


class WordOut(serializers.Serializer[Any]):
    """A word that both say."""

    word = serializers.CharField()
    share = serializers.IntegerField(help_text="Its part of the likeness, in per cent.")


class OpportunityOut(serializers.ModelSerializer[Opportunity]):
    direction = serializers.CharField(source="__str__", help_text="From which chain and node to which.")
    need = Ref()
    result = Ref(allow_null=True)
    capability = Ref(allow_null=True)
    from_chain = Ref()
    to_chain = Ref()
    strength = Quantity(help_text="Per cent of what both say that is the same.")
    words = serializers.SerializerMethodField()
    lacks = serializers.SerializerMethodField()
    is_dismissed = serializers.SerializerMethodField(help_text="By one's own organisation.")

    class Meta:
        model = Opportunity
        fields = [
            "id", "direction", "need", "result", "capability", "from_chain", "to_chain", "strength", "words", "lacks", "is_dismissed",
            "found_at", "created_at",
        ]  # fmt: skip

    @cached_property
    def _demands(self) -> Demands:
        """Asked once; for a list, its serializer asks for all rows."""
        return Demands.of()

    @extend_schema_field(WordOut(many=True))
    def get_words(self, row: Opportunity) -> Any:
        return [{"word": word, "share": share} for word, share in row.words]

    @extend_schema_field(LackOut(many=True))
    def get_lacks(self, row: Any) -> Any:
        found = self._demands.lacking(str(row.to_chain_id), row.found.pk, row.words_of_found or {})
        return LackOut(found, many=True).data

    def get_is_dismissed(self, row: Opportunity) -> bool:
        return bool(getattr(row, "is_dismissed", False))


class OpportunityViewSet(RoomViewSet):
    """Unmet needs and what another chain is able to do, with the reason; a list leaves out what one's organisation dismissed."""

    room, model, view_rule, id_name = "needs", Opportunity, "needs.view_opportunity", "opportunity_id"
    serializer_class = OpportunityOut
    filterset_fields = {
        "need": ["exact"], "result": ["exact"], "capability": ["exact"], "from_chain": ["exact"], "to_chain": ["exact"],
        "strength": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "strength"]
    search_fields = ["need__title", "result__title", "capability__title"]
    dismiss_opportunity = operation(
        actions.dismiss_opportunity, path="dismiss", serializer=Reason, response=DismissalOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = with_dismissals(self.actor, rows)
        if self.action == "list":
            rows = rows.filter(is_dismissed=False)
        return rows.select_related("need__node", "result", "capability", "from_chain", "from_node", "to_chain")

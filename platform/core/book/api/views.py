"""The book's REST door: entries of one's own organisation with leaf and receipt; keys, checkpoints and proofs for all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policy
from core.api.filters import Where
from core.api.pages import Pages
from core.api.serializers import Input
from core.api.views import Door
from core.book import keys as signing
from core.book import receipts
from core.book.models import Body, Checkpoint
from core.book.queries import newest_checkpoint, row_of
from core.errors import Invalid, NotFound


class EntryPages(Pages):
    ordering = ("-at", "-entry_id")


class EntryOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: an entry with its leaf
    id = serializers.IntegerField(source="entry_id")
    operation = serializers.CharField()
    at = serializers.DateTimeField()
    object_type = serializers.CharField()
    object_id = serializers.UUIDField()
    reason = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField()
    index = serializers.SerializerMethodField()
    leaf = serializers.SerializerMethodField(help_text="The bytes that were hashed.")
    leaf_hash = serializers.SerializerMethodField()

    def get_reason(self, row: Body) -> str:
        return row_of(row).reason

    def get_after(self, row: Body) -> dict[str, Any]:
        return row_of(row).after

    def get_before(self, row: Body) -> dict[str, Any]:
        return row_of(row).before

    def get_index(self, row: Body) -> int | None:
        return row_of(row).index

    def get_leaf(self, row: Body) -> str:
        return bytes(row.entry.leaf).decode()

    def get_leaf_hash(self, row: Body) -> str:
        return row_of(row).leaf_hash


class KeyOut(serializers.Serializer):  # type: ignore[type-arg]
    vkey = serializers.CharField()
    is_present = serializers.BooleanField()


class KeysOut(serializers.Serializer):  # type: ignore[type-arg]
    origin = serializers.CharField()
    keys = KeyOut(many=True)


class CheckpointOut(serializers.Serializer):  # type: ignore[type-arg]
    size = serializers.IntegerField()
    root = serializers.SerializerMethodField(help_text="Hex.")  # type: ignore[assignment]  # a name in JSON
    at = serializers.DateTimeField()
    vkey = serializers.CharField(help_text="The public key that it was signed with; trust the one that you pinned.")
    note = serializers.CharField(help_text="The signed note itself.")

    def get_root(self, row: Checkpoint) -> str:
        return bytes(row.root).hex()


class OpenedOut(serializers.Serializer):  # type: ignore[type-arg]
    salt = serializers.CharField()
    content = serializers.CharField()


class ReceiptOut(serializers.Serializer):  # type: ignore[type-arg]
    format = serializers.CharField()
    leaf = serializers.CharField(help_text="The bytes that were hashed.")
    tlog_proof = serializers.CharField(help_text="C2SP tlog-proof: index, path, checkpoint.")
    body = OpenedOut(allow_null=True)
    check_at = serializers.CharField()


class ConsistencyOut(serializers.Serializer):  # type: ignore[type-arg]
    format = serializers.CharField()
    first = serializers.CharField()
    second = serializers.CharField()
    proof = serializers.ListField(child=serializers.CharField())


class Sizes(Input):
    first = serializers.IntegerField(min_value=1, max_value=2**62)
    second = serializers.IntegerField(min_value=1, max_value=2**62, required=False)


class CheckpointPages(Pages):
    ordering = ("-size", "-id")


class Entries(Door, mixins.ListModelMixin):
    """What one's own organisation did."""

    room = "book"
    serializer_class = EntryOut
    pagination_class = EntryPages
    filter_backends: list[Any] = [Where]
    filterset_fields: ClassVar[Any] = ["object_id"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Body]:
        if getattr(self, "swagger_fake_view", False):
            return Body.objects.none()
        return policy.visible_to(self.actor, Body)

    @extend_schema(operation_id="get_receipt", responses=ReceiptOut)
    @action(detail=True, methods=["get"])
    def receipt(self, request: Request, pk: int) -> Response:
        """The receipt of one entry: leaf, proof, signed checkpoint, and the body with its salt."""
        return Response(self.shown(receipts.receipt(self.actor, int(pk)), ReceiptOut))


class Log(Door, mixins.ListModelMixin):
    """What anybody may read of the log: its public keys, its checkpoints, and proofs between them."""

    room = "book"
    is_open_to_strangers = True
    serializer_class = CheckpointOut
    pagination_class = CheckpointPages
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Checkpoint]:
        return Checkpoint.objects.all()

    @extend_schema(operation_id="get_log_keys", responses=KeysOut)
    def keys(self, request: Request) -> Response:
        """The log's name and public keys, the present one first."""
        present, listed = signing.signer(), signing.known()
        rows = [{"vkey": one.vkey, "is_present": one == (present.key if present else listed[0])} for one in listed]
        return Response(self.shown({"origin": settings.BOOK_ORIGIN, "keys": rows}, KeysOut))

    @extend_schema(operation_id="get_checkpoint", responses=CheckpointOut)
    def newest(self, request: Request) -> Response:
        """The newest checkpoint; 404 before the first was signed."""
        found = newest_checkpoint()
        if found is None:
            raise NotFound(_("No checkpoint has been signed yet."))
        return Response(self.shown(found))

    @extend_schema(operation_id="prove_consistency", parameters=[Sizes], responses=ConsistencyOut)
    def consistency(self, request: Request) -> Response:
        """The proof that a checkpoint continues an earlier one; `second` is the newest when it is left out."""
        asked = Sizes(data=request.query_params)
        asked.is_valid(raise_exception=True)
        try:
            return Response(receipts.consistency(**asked.validated_data))
        except Invalid as refused:  # a pair of checkpoints that does not exist
            raise NotFound(refused.message) from None

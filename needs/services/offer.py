"""Writes on resources and flows that ask no permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from chains.models import ChainNode
from core import clock
from core.accounts.models import Organisation
from core.errors import Invalid
from core.search import services as search
from needs.models.offer import Offer
from needs.services.need import refuse
from needs.states.offer import Direction, OfferReach, ResourceKind

EDITABLE_FIELDS = ("title", "text", "terms", "amount", "open_until", "is_repeatable", "reach")
MOST_READERS = 50


def offer_link(offer: Offer | UUID) -> str:
    return reverse("needs:offer", args=[offer.pk if isinstance(offer, Offer) else offer])


def flow_link(pk: UUID) -> str:
    return reverse("needs:flow", args=[pk])


def next_code() -> str:
    """The number of a new offer or request: O, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('needs_offer_number')")
        number = cursor.fetchone()[0]
    return f"O-{clock.today().year}-{number:04d}"


def write_offer(row: Offer, fields: Mapping[str, Any]) -> None:
    """Check and keep an offer or a request with its readers and search document; raises Invalid beside each field."""
    is_new = row._state.adding
    wrong = _set(row, fields)
    if is_new:
        wrong |= _place(row, fields)
    readers = _readers(row, fields, wrong)
    refuse(wrong)
    if is_new:
        row.code = next_code()
    row.save()
    if readers is not None:
        row.readers.set(readers)
    index_offer(row)


def _set(row: Offer, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    for name in EDITABLE_FIELDS:
        if name in fields:
            value = fields[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    wrong: dict[str, list[Any]] = {}
    if not row.title:
        wrong["title"] = [_("Give it a title.")]
    if not row.text:
        wrong["text"] = [_("Say what it is, so that others can judge whether it fits.")]
    if not row.terms:
        wrong["terms"] = [_("Say under which terms: price, licence, duration, use.")]
    if row.reach not in OfferReach.values:
        wrong["reach"] = [_("Choose who may read it.")]
    if row.amount is not None and row.amount <= 0:
        wrong["amount"] = [_("Give an amount above zero, or leave it empty.")]
    if "open_until" in fields and row.open_until is not None and row.open_until < clock.today():
        wrong["open_until"] = [_("This day is over.")]
    return wrong


def _place(row: Offer, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    wrong: dict[str, list[Any]] = {}
    row.direction, row.kind = str(fields.get("direction", "")), str(fields.get("kind", ""))
    if row.direction not in Direction.values:
        wrong["direction"] = [_("Is it an offer or a request?")]
    if row.kind not in ResourceKind.values:
        wrong["kind"] = [_("Choose the kind: technology, talent, data or capital.")]
    node = ChainNode.objects.filter(pk=fields["node"]).first() if fields.get("node") else None
    if node is None:
        wrong["node"] = [_("Choose the chain node that it belongs to.")]
    else:
        row.node = node
    return wrong


def _readers(row: Offer, fields: Mapping[str, Any], wrong: dict[str, list[Any]]) -> list[Organisation] | None:
    """The chosen organisations, or None where nothing was said about them."""
    if row.reach != OfferReach.CHOSEN:
        return []
    if "readers" not in fields:
        if row._state.adding or not row.readers.exists():
            wrong["readers"] = [_("Choose at least one organisation.")]
        return None
    wanted = {str(pk) for pk in fields["readers"]}
    found = list(Organisation.objects.filter(pk__in=wanted, state="verified"))
    if not found or len(found) != len(wanted):
        wrong["readers"] = [_("Choose verified organisations.")]
    elif len(found) > MOST_READERS:
        wrong["readers"] = [_("At most %(n)d organisations.") % {"n": MOST_READERS}]
    return found


def counterpart_of(row: Offer, other: Offer | None, field: str) -> tuple[Offer, Offer]:
    """The two as offer and request; raises Invalid where they do not fit together."""
    if other is None:
        raise Invalid(_("There is no such offer or request."), field=field)
    if other.direction == row.direction:
        raise Invalid(_("An offer goes with a request."), field=field)
    if other.kind != row.kind:
        raise Invalid(_("Both must be of the same kind of resource."), field=field)
    if other.owner_id == row.owner_id:
        raise Invalid(_("Both belong to the same organisation; a flow goes from one to another."), field=field)
    return (row, other) if row.direction == Direction.OFFER else (other, row)


def index_offer(row: Offer) -> None:
    """Refresh the search document; what is for chosen readers is found by them alone."""
    chain = str(row.node.chain_id)
    open_to_all = row.reach == OfferReach.MEMBERS and row.state != "withdrawn"
    search.index(
        row, title=f"{row.code} {row.title}", room="needs", kind="offer", link=offer_link(row), organisation=row.owner,
        text=f"{row.text} {row.terms}", visibility="members" if open_to_all else "restricted",
        parties=[row.owner, *(row.readers.all() if row.reach == OfferReach.CHOSEN else [])],
        facets={"chain": chain, "chains": [chain], "node": str(row.node_id), "side": "", "field": "", "region": row.owner.region_code,
                "resource": row.kind, "direction": row.direction, "state": row.state},
    )  # fmt: skip

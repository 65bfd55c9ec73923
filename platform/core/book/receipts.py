"""Receipts: what a person takes away to prove, without the platform, that an entry stands in the signed book."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.book import note
from core.book.keys import known
from core.book.models import Checkpoint, Place
from core.book.queries import bodies_visible_to, consistency_proof, inclusion_proof, newest_checkpoint
from core.errors import Invalid, NotFound, WrongState

RECEIPT = "xielian.receipt/1"
CONSISTENCY = "xielian.consistency/1"
SHOWN_FOR = 24 * 3600
_SALT = "book.receipt"


def token(actor: Actor, entry_id: int) -> str:
    """Says that a page showed this entry to this actor: whoever reads a history may take its receipts away."""
    return signing.dumps([entry_id, str(actor.id)], salt=_SALT)


def was_shown(actor: Actor, entry_id: int, text: str) -> bool:
    """Whether the token is of this actor and entry, and not older than a day."""
    try:
        return bool(signing.loads(text, salt=_SALT, max_age=SHOWN_FOR) == [entry_id, str(actor.id)])
    except signing.BadSignature:
        return False


def receipt(actor: Actor, entry_id: int, shown: str = "") -> dict[str, Any]:
    """The receipt of an entry: with salt and body for those who may see the body, without for those who were shown
    the entry in a history. Everybody else is told that there is nothing.
    """
    body = bodies_visible_to(actor).filter(pk=entry_id).first()
    if body is None and not (shown and actor.is_signed_in and was_shown(actor, entry_id, shown)):
        raise NotFound(_("There is nothing here, or you have no access to it."))
    place = Place.objects.select_related("entry").filter(entry_id=entry_id).first()
    head = newest_checkpoint()
    if place is None or head is None or head.size <= place.index:
        if not known():
            raise WrongState(_("No receipts yet: the operator has to give the book a key to sign with."), code="no_key")
        raise WrongState(
            _("The entry waits for the next checkpoint; its receipt is ready in a minute or two."),
            code="not_signed_yet",
        )
    proof = inclusion_proof(place.index, head.size)
    opened = None
    if body is not None and body.salt is not None and body.content is not None:
        opened = {"salt": bytes(body.salt).hex(), "content": bytes(body.content).decode()}
    return {
        "format": RECEIPT,
        "leaf": bytes(place.entry.leaf).decode(),
        "tlog_proof": note.tlog_proof(place.index, proof, head.note),
        "body": opened,
        "check_at": f"{settings.PUBLIC_URL.rstrip('/')}/book/verify/",
    }


def consistency(first: int, second: int | None = None) -> dict[str, Any]:
    """The proof that the checkpoint over `second` entries, the newest by default, continues the one over `first`."""
    heads = {}
    for name, size in (("first", first), ("second", second)):
        rows = Checkpoint.objects.order_by("-size", "-pk")
        heads[name] = (rows if size is None else rows.filter(size=size)).first()
        if heads[name] is None:
            raise Invalid(
                _("There is no checkpoint of this size; the list of checkpoints has those that were signed."),
                field=name,
            )
    one, two = heads["first"], heads["second"]
    assert one is not None and two is not None
    if one.size > two.size:
        raise Invalid(_("The first checkpoint is the smaller one."), field="first")
    return {
        "format": CONSISTENCY,
        "first": one.note,
        "second": two.note,
        "proof": [note.encode(part) for part in consistency_proof(one.size, two.size)],
    }


def as_file(document: dict[str, Any]) -> bytes:
    """The document as people download it."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"

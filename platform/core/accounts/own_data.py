"""All that is kept about one person as a person, for that person to take out; each room says what it holds. Asks no permission."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from core import clock
from core.accounts.models import (
    LinkedSignOn,
    Membership,
    Person,
    PrivacyAgreement,
    RecoveryCode,
    SecondFactor,
    SignedIn,
)
from core.book.models import Body
from core.files.models import ImportDraft, StoredFile

KIND = "xielian.own-data/1"
NAME = "xielian-own-data.json"
IN_MEMORY = 4 * 1024 * 1024
AT_ONCE = 500

Rows = Callable[[Person], Iterable[dict[str, Any]]]
_parts: dict[str, Rows] = {}


def register(part: str, rows: Rows) -> None:
    """Add a part of the file: its rows, as names with plain values; never a secret, and nothing that others wrote about others."""
    _parts[part] = rows


def fields_of(rows: QuerySet[Any], *fields: str) -> Iterable[dict[str, Any]]:
    """These fields of the rows, `organisation__name` as `organisation_name`."""
    for row in rows.values(*fields).iterator(chunk_size=AT_ONCE):
        yield {name.replace("__", "_"): value for name, value in row.items()}


def packed(person: Person) -> IO[bytes]:
    """The zip with the one JSON file, open at its beginning; written row by row, so that its size does not matter."""
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(NAME, "w") as out:
        head = {"kind": KIND, "made_at": clock.now(), "person": str(person.pk)}
        out.write(_written(head)[:-1])
        for part, rows in _parts.items():
            out.write(f',\n"{part}": ['.encode())
            for number, row in enumerate(rows(person)):
                out.write((b",\n" if number else b"\n") + _written(row))
            out.write(b"]")
        out.write(b"}\n")
    kept.seek(0)
    return kept


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def _account(person: Person) -> Iterable[dict[str, Any]]:
    rows = Person.objects.filter(pk=person.pk)
    fields = ("email", "name", "title", "language", "is_expert", "expertise", "created_at", "last_login")
    return fields_of(rows, *fields)


def _second_factor(person: Person) -> Iterable[dict[str, Any]]:
    """Since when there is one, and how many recovery codes are left; the secret and the codes are never told."""
    left = RecoveryCode.objects.filter(person=person, used_at=None).count()
    for row in SecondFactor.objects.filter(person=person):
        yield {"created_at": row.created_at, "recovery_codes_left": left}


def _book(person: Person) -> Iterable[dict[str, Any]]:
    """What the person did: which act on what, when, for whom, and the entry's leaf; the contents lie with their objects."""
    rows = Body.objects.filter(person=person).select_related("entry__place", "organisation").order_by("entry_id")
    for row in rows.iterator(chunk_size=AT_ONCE):
        place = getattr(row.entry, "place", None)
        yield {
            "entry": row.entry_id, "index": place.index if place else None, "leaf_hash": bytes(row.entry.leaf_hash).hex(), "at": row.at,
            "operation": row.operation, "object_type": row.object_type, "object_id": row.object_id,
            "organisation_name": row.organisation.name if row.organisation else None,
        }  # fmt: skip


register("account", _account)
register(
    "seats",
    lambda person: fields_of(
        Membership.objects.filter(person=person),
        *("organisation__name", "organisation__uscc", "roles", "is_active", "created_at", "left_at"),
    ),
)
register(
    "sign_ins",
    lambda person: fields_of(SignedIn.objects.filter(person=person), "browser", "address", "created_at", "seen_at"),
)
register(
    "single_sign_ons",
    lambda person: fields_of(
        LinkedSignOn.objects.filter(person=person), "issuer", "subject", "email", "created_at", "used_at"
    ),
)
register(
    "privacy_agreements",
    lambda person: fields_of(PrivacyAgreement.objects.filter(person=person), "version", "created_at"),
)
register("second_factor", _second_factor)
register(
    "files_handed_in",
    lambda person: fields_of(
        StoredFile.objects.filter(uploaded_by=person).order_by("created_at"),
        *("name", "size", "sha256", "organisation__name", "created_at"),
    ),
)
register(
    "imports_begun",
    lambda person: fields_of(
        ImportDraft.objects.filter(person=person).order_by("created_at"),
        "kind",
        "file__name",
        "row_count",
        "created_at",
        "applied_at",
    ),
)
register("book_entries", _book)

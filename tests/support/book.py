"""Many entries at once, written by the database's owner in the book's own format."""

from __future__ import annotations

import hashlib
import os
import uuid
from io import StringIO
from typing import Any

AT_ONCE = 20_000


def fill(cursor: Any, count: int) -> None:
    """So many entries with bodies, waiting for their numbers; `cursor` is the owner's. Few kilobytes of memory each turn."""
    from django.conf import settings

    from core.book import leaf, tree

    key = settings.BOOK_KEY.encode()
    objects = [uuid.UUID(int=one + 1) for one in range(100)]
    names = [leaf.pseudonym(key, one) for one in objects]
    actor = leaf.pseudonym(key, uuid.UUID(int=7))
    for start in range(0, count, AT_ONCE):
        entries, bodies = StringIO(), StringIO()
        cursor.execute("SELECT coalesce(max(id), 0) FROM book_entry")
        first = cursor.fetchone()[0] + 1
        for number in range(start, min(count, start + AT_ONCE)):
            pk, which, salt = first + number - start, number % 100, os.urandom(32)
            content = b'{"operation":"measure","number":%d}' % number
            digest = hashlib.sha256(salt + content).hexdigest()
            at = f"2026-03-{1 + number % 28:02}T08:{number % 60:02}:00.{number % 1000000:06}"
            written = (
                f'{{"actor":"{actor}","body":"{digest}","object":"{names[which]}","organisation":"","time":"{at}Z",'
                f'"type":"xielian.entry","version":1}}'
            ).encode()
            entries.write(f"{pk}\t\\\\x{written.hex()}\t\\\\x{tree.leaf_hash(written).hex()}\t1\n")
            bodies.write(f"{pk}\tmeasure\t{at}+00\tx.y\t{objects[which]}\t\\\\x{salt.hex()}\t\\\\x{content.hex()}\n")
        entries.seek(0)
        bodies.seek(0)
        cursor.copy_expert("COPY book_entry (id, leaf, leaf_hash, xid) FROM STDIN", entries)
        cursor.copy_expert(
            "COPY book_body (entry_id, operation, at, object_type, object_id, salt, content) FROM STDIN", bodies
        )
    cursor.execute("SELECT setval(pg_get_serial_sequence('book_entry', 'id'), (SELECT max(id) FROM book_entry))")

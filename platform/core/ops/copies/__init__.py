"""Copies of everything that cannot be made again, and the way back from them.

A copy is a folder: `database.dump` (pg_dump's custom format), `media/…`, `media.sha256`, `manifest.json` with figures to
compare with, and `manifest.mac`, by which a restore knows that nobody changed the manifest and that BOOK_KEY is the right one.
With BACKUP_KEY all but the manifest is encrypted, and names in `media/` tell nothing.
"""

from core.ops.copies.make import make
from core.ops.copies.restore import restore

__all__ = ["make", "restore"]

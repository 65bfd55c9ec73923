"""`manage.py restore COPY`: brings a copy back into an empty database, and verifies it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.ops import copies
from core.ops.copies.postgres import ToolMissingError
from core.ops.copies.restore import NotRestoredError


class Command(BaseCommand):
    help = "Bring a copy back into an empty database and verify it: hashes, rows, grants, files, book, ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", type=Path)
        parser.add_argument("--check", action="store_true", help="only look whether the copy is whole; changes nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = copies.restore(options["copy"], only_check=options["check"], say=self.stdout.write)
        except (NotRestoredError, ToolMissingError) as problem:
            self.stderr.write(f"Not in order: {problem}")
            sys.exit(1)
        book = manifest["book"]
        self.stdout.write(
            f"The copy of {manifest['made_at']} is whole: {sum(manifest['rows'].values()):,} rows, "
            f"{manifest['media']['files']:,} files, {book['entries']:,} entries of the book, root {book['root'][:16]}…"
        )

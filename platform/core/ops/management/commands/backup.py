"""`manage.py backup FOLDER`: a copy of the database and the files."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.ops import copies
from core.ops.copies.make import CopyFailedError
from core.ops.copies.postgres import ToolMissingError


class Command(BaseCommand):
    help = "Copy the database (at one moment) and all files into a new folder inside FOLDER; exit with 1 when it is not whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=0, help="how many copies stay in the folder; 0 removes none")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            made = copies.make(options["folder"], keep=options["keep"], say=self.stdout.write)
        except (CopyFailedError, ToolMissingError) as problem:
            self.stderr.write(f"No copy was made. {problem}")
            sys.exit(1)
        self.stdout.write(f"{made} ({time.monotonic() - began:.1f} s)")

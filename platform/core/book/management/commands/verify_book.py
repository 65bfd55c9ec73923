"""`manage.py verify_book`: reads the whole book and names the first broken entry."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.book import services


class Command(BaseCommand):
    help = "Sequence what waits, verify every entry, and exit with 1 at the first broken one."

    def handle(self, *args: Any, **options: Any) -> None:
        while services.sequence():
            pass
        report = services.verify()
        self.stdout.write(f"{report.entries} entries, root {report.root}")
        if not report.is_sound:
            self.stderr.write(f"entry {report.broken_index} is broken: {report.reason}")
            sys.exit(1)

"""`manage.py verify_book`: reads the whole book and names the first broken entry."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.book import services, verifying
from core.book.models import Verdict


class Command(BaseCommand):
    help = "Sequence what waits, verify every entry, checkpoint and witness, and exit with 1 at the first broken one, with 2 at a fork."

    def handle(self, *args: Any, **options: Any) -> None:
        while services.sequence():
            pass
        found = verifying.self_check()
        outside = "nothing outside" if found.witnessed is None else f"{found.witnessed} outside"
        self.stdout.write(
            f"{found.entries} entries ({found.erased} bodies erased), root {found.root}; "
            f"{found.checkpoints} checkpoints agree, {outside}; {found.milliseconds / 1000:.1f} s"
        )
        if found.verdict != Verdict.SOUND:
            until = "" if found.last_index is None else f" (or one up to {found.last_index})"
            self.stderr.write(f"{found.verdict}: entry {found.first_index}{until}: {found.reason}")
            sys.exit(2 if found.verdict == Verdict.FORK else 1)

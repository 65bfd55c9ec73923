"""`manage.py scan_files`: scan what was taken in before a scanner was set."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.files import scanning
from core.files.models import StoredFile
from core.files.states import ScanState
from core.files.tasks import scan_file


class Command(BaseCommand):
    help = "Scan every file that was never found clean or infected; with --all the clean ones again too."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not scanning.is_set():
            raise CommandError("FILE_SCANNER is not set.")
        done = [ScanState.INFECTED] if options["all"] else [ScanState.INFECTED, ScanState.CLEAN]
        ids = list(StoredFile.objects.exclude(scan_state__in=done).values_list("pk", flat=True))
        for pk in ids:
            scan_file(file_id=str(pk))
        counts = {state: StoredFile.objects.filter(scan_state=state).count() for state in ScanState.values}
        self.stdout.write(f"{len(ids)} scanned. " + ", ".join(f"{state}: {count}" for state, count in counts.items()))

"""`manage.py verify_ledger`: replays the whole ledger."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.ledger import services


class Command(BaseCommand):
    help = "Replay every transaction and exit with 1 when a balance differs."

    def handle(self, *args: Any, **options: Any) -> None:
        report = services.verify()
        self.stdout.write(f"{report.transactions} transactions, {report.entries} entries, {len(report.faults)} faults")
        for fault in report.faults:
            self.stderr.write(fault)
        if not report.is_sound:
            sys.exit(1)

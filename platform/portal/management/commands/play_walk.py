"""`manage.py play_walk --url URL`: plays the reference walk over HTTP, or goes on with it; `--verify` reads it again."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.walk.client import Refused
from portal.walk.play import Walk


class Command(BaseCommand):
    help = "Play the reference walk against a running server, print each step with its figure and link; exit 0 only when whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True)
        parser.add_argument("--verify", action="store_true", help="read what was played and compare its figures")

    def handle(self, *args: Any, **options: Any) -> None:
        walk = Walk(options["url"].rstrip("/"), say=self.stdout.write)
        try:
            if options["verify"]:
                walk.verify()
            else:
                walk.play()
        except Refused as stopped:
            self.stderr.write(f"The walk stopped: {stopped}")
            sys.exit(1)

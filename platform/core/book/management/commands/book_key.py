"""`manage.py book_key`: the log's public keys; `--new` makes a key to sign with."""

import base64
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.book import keys, note


class Command(BaseCommand):
    help = (
        "Print the public keys of the book, the present one first. --new prints a fresh signing key and its public key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            seed = os.urandom(32)
            self.stdout.write(f"BOOK_SIGNING_KEY={base64.b64encode(seed).decode()}")
            self.stdout.write(f"public key: {note.Signer(settings.BOOK_ORIGIN, seed).key.vkey}")
            return
        for key in keys.known():
            self.stdout.write(key.vkey)

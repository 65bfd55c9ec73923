"""`manage.py list_checks`: which check guards and watches what."""

from typing import Any

from django.core.management.base import BaseCommand

from core.checks import registered


class Command(BaseCommand):
    help = "Print every check with its alert id, the actions it guards and whether it watches."

    def handle(self, *args: Any, **options: Any) -> None:
        for one in registered():
            guards = ", ".join(one.guards) or "-"
            self.stdout.write(
                f"{one.code}  {one.title}  guards: {guards}  watches: {'yes' if one.watches else 'no'}  ({one.name})"
            )

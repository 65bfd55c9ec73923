"""`manage.py list_events`: who publishes what, and who listens."""

from typing import Any

from django.core.management.base import BaseCommand

from core.outbox import registry


class Command(BaseCommand):
    help = "Print every event, the module that publishes it and its listeners."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, kind in sorted(registry.publishers.items()):
            self.stdout.write(f"{name}  ({kind.__module__})")
            for handler in sorted(registry.listeners.get(name, {})):
                self.stdout.write(f"    → {handler}")

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "core.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Register rules, words, navigation, and the news of the accounts below."""
        for module in ("rules", "labels", "nav", "handlers", "inbox"):
            import_module(f"core.webhooks.{module}")

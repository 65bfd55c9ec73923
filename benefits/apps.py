from importlib import import_module

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "benefits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register rules, checks, listeners and the navigation."""
        for module in (
            "benefits.events",
            "benefits.rules",
            "benefits.checks",
            "benefits.handlers",
            "benefits.nav",
            "benefits.badges",
            "benefits.labels",
            "benefits.inbox",
        ):
            import_module(module)

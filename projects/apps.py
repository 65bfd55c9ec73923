from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register rules, checks, listeners and the navigation."""
        for module in (
            "projects.events", "projects.rules", "projects.checks", "projects.handlers", "projects.nav", "projects.badges",
            "projects.labels", "projects.inbox", "projects.own_data", "projects.web.result_slots", "projects.web.direction_slots",
            "projects.queries.undertaking",
        ):  # fmt: skip
            import_module(module)

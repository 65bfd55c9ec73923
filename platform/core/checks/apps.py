from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "core.checks"
    label = "checks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.checks import inbox, labels, nav, rules  # noqa: F401 - registers

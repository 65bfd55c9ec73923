from django.apps import AppConfig


class TiesConfig(AppConfig):
    name = "core.ties"
    label = "ties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.ties import own_data  # noqa: F401 - registers

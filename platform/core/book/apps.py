from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "core.book"
    label = "book"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.book import checks, nav, rules  # noqa: F401 - registers

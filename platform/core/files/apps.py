"""Files that people upload: stored once, reached only through the object they belong to."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "core.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.files import inbox, labels, nav, rules  # noqa: F401 - registers
        from core.files.web import use  # noqa: F401 - registers

from django.apps import AppConfig


class ChainsConfig(AppConfig):
    name = "chains"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chains import inbox, labels, nav, rules  # noqa: F401 - registers

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "core.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.inbox import handlers, labels, nav, own_data, own_kinds, rules  # noqa: F401 - registers

from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "core.command"
    label = "commands"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the Celery application current, so that a task started anywhere finds its broker."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401 - importing it makes it current

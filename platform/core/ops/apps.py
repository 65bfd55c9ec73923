from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Health, heartbeats, logs, metrics, backup and restore."""

    name = "core.ops"
    label = "ops"

from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed


class OpsConfig(AppConfig):
    """Health, heartbeats, logs, metrics, backup and restore."""

    name = "core.ops"
    label = "ops"

    def ready(self) -> None:
        user_login_failed.connect(_count_failure, dispatch_uid="ops.sign_in_failures")


def _count_failure(**_: object) -> None:
    from core import metrics

    metrics.SIGN_IN_FAILURES.labels("password").inc()

from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from core.accounts import events, inbox, labels, nav, own_data, rules, sessions  # noqa: F401 - registers

        user_logged_in.connect(_remember, dispatch_uid="accounts.sessions")


def _remember(sender: object, request: Any, user: Any, **_kwargs: object) -> None:
    from core.accounts import sessions

    if request is not None:
        sessions.opened(request, user)

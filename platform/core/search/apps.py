from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "core.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_load_terms, sender=self)


def _load_terms(using: str, **_about: Any) -> None:
    """The bridge's terms come with the code, so every release may bring more."""
    from core.search.models import Term
    from core.search.services import load_terms

    if Term._meta.db_table in connections[using].introspection.table_names():
        load_terms()

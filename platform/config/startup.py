"""What must be true before the product serves anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection


def refuse_missing_keys() -> None:
    """Raise when the book would be written under no key: its pseudonyms could be guessed, and never be made good."""
    for name in ("SECRET_KEY", "BOOK_KEY"):
        if not getattr(settings, name, ""):
            raise ImproperlyConfigured(
                f"{name} is not set (nor {name}_FILE): make one long random word and keep it safe."
            )


def refuse_powerful_role() -> None:
    """Raise when the database role could step over append-only tables or row security, whatever the rules say."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, r.rolsuper, r.rolbypassrls,
                   pg_has_role(current_user, d.datdba, 'MEMBER'), pg_get_userbyid(d.datdba)
            FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()
            """
        )
        role, is_super, passes_rows, owns, owner = cursor.fetchone()
    connection.close()
    if is_super or passes_rows or owns:
        why = (
            "is a superuser"
            if is_super
            else "bypasses row security"
            if passes_rows
            else f"may act as {owner}, the owner"
        )
        raise ImproperlyConfigured(
            f"The database role {role} {why}: nothing could then hold the append-only tables. "
            "Set DATABASE_URL to the runtime role (an administrator creates it with `python -m config.roles`)."
        )

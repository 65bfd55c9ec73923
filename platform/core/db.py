"""What models and migrations of every room share: ids, versions, money, and tables that only grow."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import connection, migrations, models

from core import clock


class UuidModel(models.Model):
    """A row with a random id and its moment of creation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False, db_index=True)

    class Meta:
        abstract = True


class VersionedModel(UuidModel):
    """A row that people edit: `version` is the source of its ETag and of the refusal of a stale edit."""

    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Count one more edit; the caller saves."""
        self.version += 1
        self.updated_at = clock.now()


def MoneyField(**options: Any) -> models.DecimalField[Any, Any]:  # noqa: N802 - reads as a field type
    """An amount in yuan, exact to the fen, up to 10^16."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def known_states(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A constraint: the column holds one of the enumeration's values."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": list(choices.values)}), name=name)


def runtime_role() -> str:
    """The database role of web, worker and tests, which migrations grant to and revoke from."""
    return str(getattr(settings, "RUNTIME_ROLE", "xielian_runtime"))


def too_powerful() -> str:
    """Why the role we work as could step over append-only tables or row security; empty when it could not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, r.rolsuper, r.rolbypassrls,
                   pg_has_role(current_user, d.datdba, 'MEMBER'), pg_get_userbyid(d.datdba)
            FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()
            """
        )
        role, is_super, passes_rows, owns, owner = cursor.fetchone()
    if is_super:
        return f"The database role {role} is a superuser"
    if passes_rows:
        return f"The database role {role} bypasses row security"
    return f"The database role {role} may act as {owner}, the owner" if owns else ""


def append_only(table: str) -> list[migrations.RunSQL]:
    """Migration operations after which rows of `table` can be added and read but never changed, by anyone."""
    role = runtime_role()
    return [
        migrations.RunSQL(
            sql=f"""
            CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{table} only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_only_grows();
            CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows();
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
            """,
            reverse_sql=f"""
            DROP TRIGGER {table}_only_grows ON {table};
            DROP TRIGGER {table}_never_emptied ON {table};
            DROP FUNCTION {table}_only_grows();
            GRANT UPDATE, DELETE ON {table} TO {role};
            """,
        )
    ]

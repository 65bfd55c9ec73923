"""The rule for migrations (decisions/migrations.md) is kept by tools, and the tools do catch what breaks it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.test import override_settings
from django_migration_linter import MigrationLinter

from config import env

ROOT = Path(__file__).resolve().parents[2]
FIRST = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Lamp", [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("watts", models.IntegerField(null=True)),
    ])]
"""
SECOND = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("{app}", "0001_initial")]
    atomic = {atomic}
    operations = [{operation}]
"""
UNSAFE = {
    "drops a column": 'migrations.RemoveField("Lamp", "name")',
    "renames a column": 'migrations.RenameField("Lamp", "watts", "power")',
    "renames a table": 'migrations.RenameModel("Lamp", "Light")',
    "drops a table": 'migrations.DeleteModel("Lamp")',
    "changes a type": 'migrations.AlterField("Lamp", "name", models.IntegerField())',
    "adds NOT NULL without a default": 'migrations.AddField("Lamp", "colour", models.CharField(max_length=9, default="red"))',
    "makes a column NOT NULL": 'migrations.AlterField("Lamp", "watts", models.IntegerField())',
    "makes a column unique": 'migrations.AlterField("Lamp", "name", models.CharField(max_length=20, unique=True))',
    "locks for an index": 'migrations.AddIndex("Lamp", models.Index(fields=["name"], name="lamp_name"))',
}
SAFE = {
    "a column that may be empty": 'migrations.AddField("Lamp", "colour", models.CharField(max_length=9, null=True))',
    "a column that the database fills": 'migrations.AddField("Lamp", "lumen", models.IntegerField(default=1, db_default=1))',
    "an index that locks nothing": 'AddIndexConcurrently("Lamp", models.Index(fields=["name"], name="lamp_name"))',
}


@pytest.fixture
def lint(db: str, tmp_path: Path, monkeypatch: Any) -> Iterator[Any]:
    """`lint(operation)` gives whether the linter passes a migration with it, on a table that stands."""
    app = f"room_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / app / "migrations"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "0001_initial.py").write_text(FIRST)
    monkeypatch.syspath_prepend(str(tmp_path))

    def passes(operation: str) -> bool:
        (folder / "0002_next.py").write_text(
            SECOND.format(app=app, operation=operation, atomic="Concurrently" not in operation)
        )
        with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, app]):
            linter = MigrationLinter(
                str(ROOT), no_cache=True, quiet=["ok", "ignore", "warning", "error"],
                warnings_as_errors_tests=settings.LOCKING_INDEX,
            )  # fmt: skip
            linter.lint_all_migrations(app_label=app, migration_name="0002_next")
        assert linter.nb_total == 1
        return not linter.has_errors

    yield passes
    for name in [one for one in sys.modules if one.split(".")[0] == app]:
        del sys.modules[name]


@pytest.mark.parametrize("operation", UNSAFE.values(), ids=UNSAFE)
def test_a_migration_that_old_code_would_not_survive_is_caught(lint: Any, operation: str) -> None:
    assert not lint(operation)


@pytest.mark.parametrize("operation", SAFE.values(), ids=SAFE)
def test_a_migration_that_expands_passes(lint: Any, operation: str) -> None:
    assert lint(operation)


def test_the_owner_gives_up_when_a_lock_does_not_come(servers: Any, db: str) -> None:
    owner = env.database(servers.environment(db)["DATABASE_OWNER_URL"], "-c lock_timeout=200ms")
    words = {"dbname": owner["NAME"], "user": owner["USER"], "password": owner["PASSWORD"], "host": owner["HOST"]}
    words |= {"port": owner["PORT"], "options": owner["OPTIONS"]["options"]}
    reader, migrator = psycopg2.connect(**words), psycopg2.connect(**words)
    try:
        reader.cursor().execute("SELECT 1 FROM files_storedfile")
        with pytest.raises(psycopg2.errors.LockNotAvailable, match="lock timeout"):
            migrator.cursor().execute("ALTER TABLE files_storedfile ADD COLUMN colour text")
    finally:
        reader.close()
        migrator.close()


def test_those_who_migrate_have_both_limits_and_those_who_serve_have_none() -> None:
    asked = "from config import settings; print(settings.DATABASES['default']['OPTIONS'].get('options'))"
    values = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    said = [
        subprocess.run(
            [sys.executable, "-c", asked], env=values | more, capture_output=True, text=True, check=True
        ).stdout
        for more in ({"DATABASE_ROLE": "owner", "MIGRATION_LOCK_TIMEOUT": "3s"}, {"DATABASE_ROLE": ""})
    ]
    assert said == ["-c lock_timeout=3s -c statement_timeout=15min\n", "None\n"]

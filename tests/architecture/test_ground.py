"""The ground: the source root, the database's role, the test's own database."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def test_the_standard_module_platform_is_not_hidden() -> None:
    import platform

    assert platform.python_version().startswith("3.")
    assert Path(platform.__file__).parent != ROOT
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_no_package_below_platform_takes_a_standard_name() -> None:
    """A folder without Python in it, such as locale/, hides nothing: Python prefers a module to a bare folder."""
    names = {path.stem for path in (ROOT / "platform").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert not names & set(sys.stdlib_module_names)


def test_a_test_works_as_the_runtime_role_on_a_database_of_its_own(db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database(), show_trgm('充电') <> '{}'")
        assert cursor.fetchone() == ("xielian_runtime", db, True)


def test_start_up_accepts_the_runtime_role(db: str) -> None:
    from config.startup import refuse_powerful_role

    refuse_powerful_role()


@pytest.mark.parametrize("role", ["postgres", "xielian_owner"])
def test_start_up_refuses_a_superuser_and_the_owner(db: str, servers, role: str) -> None:
    from config import env
    from config.startup import refuse_powerful_role

    connection.close()
    connection.settings_dict.update(env.database(servers.postgres.url(role, db)))
    with pytest.raises(ImproperlyConfigured, match=role):
        refuse_powerful_role()


def test_threads_of_a_test_share_its_database(db: str, in_threads) -> None:
    def name(number: int) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            return f"{number}{cursor.fetchone()[0]}"

    assert in_threads(2, name) == [f"0{db}", f"1{db}"]

"""Every address of the product stands in the permission table, and the table names nothing that is gone."""

from __future__ import annotations

from tests.architecture.urls import addresses


def test_every_address_is_in_the_permission_table() -> None:
    from tests.architecture.permissions import TABLE

    names = {name for name, _ in addresses()}
    assert names, "no address at all: the rooms are not mounted"
    assert not sorted(names - set(TABLE)), "these addresses are not in tests/architecture/permissions.py"


def test_the_permission_table_names_only_addresses_that_exist() -> None:
    from tests.architecture.permissions import TABLE

    assert not sorted(set(TABLE) - {name for name, _ in addresses()})

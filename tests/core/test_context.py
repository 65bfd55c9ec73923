"""A connection serves many requests: none reads for whom the one before it worked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from core import context
from core.accounts.actor import Actor
from tests import factories


def told() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('xielian.organisation', true), ''), coalesce(current_setting('xielian.actor', true), ''),"
            " coalesce(current_setting('xielian.operator', true), '')"
        )
        return tuple(cursor.fetchone())  # type: ignore[return-value]  # three columns


@pytest.mark.parametrize("path", ["/", "/needs/", "/nothing/here/", "/api/v1/me/"])
def test_after_a_request_the_connection_works_for_nobody(db: str, client: Any, path: str) -> None:
    of = factories.organisation()
    client.sign_in(factories.member(of), of).get(path)
    assert told() == ("", "", "")


def test_a_connection_that_cannot_be_told_so_is_closed(db: str) -> None:
    of = factories.organisation()
    context.enter(Actor.for_person(factories.member(of), of))
    assert told()[0] == str(of.pk)
    kept = connection.connection
    kept.close()  # as when the server ends it in the middle of a request
    context.leave()
    assert connection.connection is None
    assert told() == ("", "", "")


def test_the_server_s_end_is_noticed_before_the_next_request(db: str, servers: Any) -> None:
    from django.db import close_old_connections

    from config.embedded.postgres import SUPERUSER

    assert connection.settings_dict["CONN_MAX_AGE"] and told() == ("", "", "")
    with servers.postgres.cursor(SUPERUSER, "postgres") as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.get_backend_pid()])
    close_old_connections()  # what each request begins with
    assert told() == ("", "", "")

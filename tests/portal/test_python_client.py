"""What the Python client adds by hand: tokens that renew themselves, keys, refusals as exceptions, lists row by row."""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest

from tests import factories
from tests.support import python_client


def machine_of(scopes: list[str]) -> Any:
    from core.accounts import actions

    admin = factories.actor(factories.organisation())
    assert admin.organisation_id is not None
    return actions.create_client(
        actor=admin, organisation_id=admin.organisation_id, name="ERP", scopes=scopes, roles=["member"]
    )


def test_a_machine_reads_and_writes_through_the_client(live_server: str) -> None:
    package = python_client.package()
    session = import_module(f"{package.name}.session")
    chains, me = (import_module(f"{package.name}.api.{name}") for name in ("chains", "accounts.get_me"))
    machine = machine_of(["accounts:read", "chains:read", "chains:write"])
    door = session.connect(live_server, machine.application.client_id, machine.fresh_secret, language="zh-hans")
    assert me.sync(client=door).organisation.id == machine.organisation_id

    add, machines = import_module(f"{chains.__name__}.add_machine"), import_module(f"{chains.__name__}.list_machines")
    models = import_module(f"{package.name}.models")
    for number in range(3):
        body = models.MachineIn.from_dict({"name": f"涂布机 {number}"})
        first = add.sync(client=door, body=body, idempotency_key=f"machine-{number}")
        assert add.sync(client=door, body=body, idempotency_key=f"machine-{number}").id == first.id
    rows = list(session.each(machines, client=door, page_size=1))
    assert [row.name for row in rows] == ["涂布机 2", "涂布机 1", "涂布机 0"]

    with pytest.raises(session.Refused) as refused:
        add.sync(client=door, body=models.MachineIn.from_dict({"name": "  "}))
    assert refused.value.status == 400
    assert set(refused.value.errors) == {"name"}
    with pytest.raises(session.Refused) as refused:
        import_module(f"{package.name}.api.needs.list_needs").sync(client=door)
    assert (refused.value.status, refused.value.code) == (403, "insufficient_scope")


def test_a_token_that_has_ended_is_renewed_and_a_wrong_secret_is_told(live_server: str) -> None:
    from oauth2_provider.models import AccessToken

    from core import clock

    package = python_client.package()
    session, me = import_module(f"{package.name}.session"), import_module(f"{package.name}.api.accounts.get_me")
    machine = machine_of(["accounts:read"])
    door = session.connect(live_server, machine.application.client_id, machine.fresh_secret)
    me.sync(client=door)
    AccessToken.objects.update(expires=clock.now() - dt.timedelta(seconds=1))
    assert me.sync(client=door).client is not None
    assert AccessToken.objects.count() == 2
    with pytest.raises(session.Refused) as refused:
        me.sync(client=session.connect(live_server, machine.application.client_id, "wrong"))
    assert refused.value.status == 401
    machine.is_active = False
    machine.save(update_fields=["is_active"])
    with pytest.raises(session.Refused) as refused:
        me.sync(client=door)
    assert refused.value.status == 401


def test_the_client_waits_as_well(live_server: str) -> None:
    package = python_client.package()
    session, me, needs = (
        import_module(f"{package.name}.{name}") for name in ("session", "api.accounts.get_me", "api.needs.list_needs")
    )
    machine = machine_of(["accounts:read"])
    door = session.connect(live_server, machine.application.client_id, machine.fresh_secret)

    async def ask() -> Any:
        with pytest.raises(session.Refused) as refused:
            await needs.asyncio(client=door)
        assert refused.value.code == "insufficient_scope"
        return await me.asyncio(client=door)

    with ThreadPoolExecutor() as pool:  # a browser's test keeps a loop of its own in this thread
        assert pool.submit(lambda: asyncio.run(ask())).result().organisation.id == machine.organisation_id


def test_a_short_list_is_walked_like_a_long_one(live_server: str) -> None:
    package = python_client.package()
    session = import_module(f"{package.name}.session")
    machine = machine_of(["webhooks:read"])
    door = session.connect(live_server, machine.application.client_id, machine.fresh_secret)
    kinds = list(session.each(import_module(f"{package.name}.api.webhooks.list_webhook_kinds"), client=door))
    assert "needs.need_published" in {one.name for one in kinds}


def test_the_client_has_every_operation_of_the_description() -> None:
    from config import python_client as maker

    made = python_client.package()
    names = {path.stem for path in (made / "api").glob("*/*.py")} - {"__init__"}
    assert names == {name for _method, _address, _room, name in python_client.operations()}
    assert (made / "session.py").read_bytes() == maker.SESSION.read_bytes()

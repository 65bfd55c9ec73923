"""Lists of what belongs to several nodes are asked by any of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from needs.actions import result as actions
from tests import factories


@pytest.mark.req("R019")
def test_capabilities_are_asked_by_any_of_several_nodes(db: str, api: Any) -> None:
    chain = factories.chain("轻工")
    first, second, other = list(chain.nodes.order_by("pk"))[:3]
    owner = factories.actor(factories.organisation())
    one = actions.post_capability(
        actor=owner, chain=chain.pk, title="涂布中试", text="涂布线可对外开放。", nodes=[first.pk, second.pk]
    )
    door = api.as_person(owner.person, owner.organisation)

    def found(*nodes: Any) -> list[str]:
        answer = door.get("capabilities/", {"nodes": list(nodes)})
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    assert found(first.pk, second.pk) == [str(one.pk)], "once, though it belongs to both"
    assert found(second.pk, uuid.uuid4()) == [str(one.pk)]
    assert found(other.pk) == found(uuid.uuid4()) == []
    assert door.get("capabilities/", {"nodes": ["x"]}).status_code == 400

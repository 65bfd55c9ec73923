"""The list of entries by REST."""

from __future__ import annotations

from typing import Any

from tests.factories import needs as make


def test_entries_of_one_object_are_asked_for_by_its_id(api: Any) -> None:
    need, owner = make.draft()
    other, _same = make.draft(owner)
    door = api.as_person(owner.person, owner.organisation)
    whole = door.get("book/").json()["results"]
    found = door.get("book/", {"object_id": str(need.pk)}).json()["results"]
    assert {one["operation"] for one in found} == {"post_need", "add_evidence"}
    assert 0 < len(found) < len(whole)
    assert door.get("book/", {"object_id": str(other.pk)}).json()["results"] != found
    assert door.get("book/", {"object_id": "x"}).status_code == 400

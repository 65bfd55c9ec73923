"""Who a verified organisation is stays what the operator confirmed, until the operator confirms another (R027)."""

from __future__ import annotations

from typing import Any

import pytest

from core.accounts import changes, lifecycle
from core.accounts.models import OrganisationChange
from core.accounts.states import OrganisationState
from core.book.models import Body
from core.errors import Invalid, NotAllowed, WrongState
from core.inbox.models import Notification, Task
from tests import factories


@pytest.mark.req("R027")
@pytest.mark.parametrize(
    ("language", "name", "kinds", "words"),
    [
        ("zh-hans", "国家电池研究院", ["research_institute"], ("等待确认", "曾用名称", "使用至")),
        ("en", "Grid Test House", ["test_laboratory", "sme"], ("Waits for confirmation", "Name, formerly", "until")),
    ],
)
def test_a_verified_organisation_is_called_otherwise_once_the_operator_confirms(
    client: Any, language: str, name: str, kinds: list[str], words: tuple[str, str, str]
) -> None:
    home = factories.organisation("甲厂", kinds=["sme"])
    own, operator = factories.actor(home, language=language), factories.operator()
    assert own.person is not None
    page = f"/accounts/organisations/{home.pk}/"
    client.sign_in(own.person)
    body = {"name": name, "uscc": home.uscc, "kinds": kinds, "address": "路 1 号"}
    assert client.post(f"{page}edit/", body).headers["Location"] == page
    home.refresh_from_db()
    assert (home.name, home.kinds, home.address) == ("甲厂", ["sme"], "路 1 号"), "what says who it is waits"
    shown = client.get(page).content.decode()
    assert ("已保存。涉及机构身份" in shown) is (language == "zh-hans"), "what is told is told in the reader's language"
    assert words[0] in shown
    assert f"甲厂 → <b>{name}</b>" in shown
    change = OrganisationChange.objects.get()
    assert client.post(f"/accounts/changes/{change.pk}/confirm/").status_code == 403
    task = Task.objects.get(kind="confirm_organisation_change")
    assert (task.state, task.person) == ("open", operator.person)
    client.sign_in(operator.person)
    assert client.post(f"/accounts/changes/{change.pk}/confirm/").headers["Location"] == page
    home.refresh_from_db()
    task.refresh_from_db()
    assert (home.name, home.kinds, task.state) == (name, kinds, "done")
    client.sign_in(own.person)
    after = client.get(page).content.decode()
    assert words[1] in after
    assert words[2] in after
    assert "甲厂" in after
    booked = Body.objects.filter(object_id=home.pk).order_by("entry_id").values_list("operation", flat=True)
    assert list(booked)[-2:] == ["propose_organisation_change", "confirm_organisation_change"]
    assert client.post(f"/accounts/changes/{change.pk}/withdraw/").status_code == 409


def test_a_refusal_says_why_and_leaves_all_as_it_was(client: Any) -> None:
    home = factories.organisation("甲厂")
    own, operator = factories.actor(home), factories.operator()
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name": "乙厂"})
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name_en": "B Works"})
    earlier, later = OrganisationChange.objects.order_by("created_at")
    assert (earlier.state, later.state) == ("withdrawn", "waiting")
    assert later.after == {"name": "乙厂", "name_en": "B Works"}, "a later proposal takes in the earlier"
    client.sign_in(operator.person)
    place = f"/accounts/changes/{later.pk}/refuse/"
    assert client.post(place, {"reason": " "}).status_code == 422
    assert client.post(place, {"reason": "营业执照未变更"}).status_code == 302
    home.refresh_from_db()
    assert (home.name, home.name_en) == ("甲厂", "")
    assert Notification.objects.filter(person=own.person, kind="organisation_changed", body="营业执照未变更").exists()
    assert not Task.objects.filter(kind="confirm_organisation_change", state="open").exists()


@pytest.mark.parametrize(
    ("state", "waits"), [("registered", False), ("rejected", False), ("verified", True), ("suspended", True)]
)
def test_only_who_was_never_verified_changes_freely(db: Any, state: str, waits: bool) -> None:
    home = factories.organisation("甲厂")
    own = factories.actor(home)
    type(home).objects.filter(pk=home.pk).update(state=state)
    code = factories.make_uscc()
    row = changes.edit_organisation(
        actor=own, organisation_id=home.pk, changes={"name": " 乙厂 ", "uscc": f" {code.lower()} "}
    )
    assert (row.name, row.uscc) == (("甲厂", home.uscc) if waits else ("乙厂", code))
    assert OrganisationChange.objects.exists() is waits


def test_a_code_that_another_has_taken_meanwhile_is_not_confirmed(db: Any) -> None:
    home, operator = factories.organisation(), factories.operator()
    own = factories.actor(home)
    code = factories.make_uscc()
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"uscc": code})
    other = factories.organisation()
    type(other).objects.filter(pk=other.pk).update(uscc=code)
    with pytest.raises(Invalid):
        changes.confirm_organisation_change(actor=operator, change_id=home.changes.get().pk)
    with pytest.raises(Invalid):
        changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"uscc": code})


def test_a_merged_organisation_keeps_its_name_and_the_operator_needs_nobody_for_its_own(db: Any) -> None:
    home, heir, operator = factories.organisation("甲厂"), factories.organisation("乙厂"), factories.operator()
    own = factories.actor(home)
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name": "丙厂"})
    lifecycle.merge_organisation(actor=operator, organisation_id=home.pk, into=heir.pk, reason="合并")
    home.refresh_from_db()
    change = home.changes.get()
    assert (home.state, change.state) == (OrganisationState.MERGED, "withdrawn")
    with pytest.raises(WrongState):
        changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name": "丙厂"})
    with pytest.raises(WrongState):
        changes.confirm_organisation_change(actor=operator, change_id=change.pk)
    assert operator.organisation_id is not None
    row = changes.edit_organisation(
        actor=operator, organisation_id=operator.organisation_id, changes={"name": "新平台"}
    )
    assert (row.name, row.changes.get().state) == ("新平台", "confirmed")


def test_confirming_is_for_the_operator_and_the_proposal_for_its_organisation_alone(api: Any) -> None:
    home, operator = factories.organisation("甲厂"), factories.operator()
    own = factories.actor(home)
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name": "乙厂"})
    pk = home.changes.get().pk
    with pytest.raises(NotAllowed):
        changes.confirm_organisation_change(actor=own, change_id=pk)
    stranger = api.as_person(factories.member(factories.organisation()))
    assert stranger.get(f"organisation-changes/{pk}/").status_code == 404
    assert stranger.post(f"organisation-changes/{pk}/confirm/").status_code == 404
    door = api.as_person(own.person)
    assert door.get("organisation-changes/?state=waiting").data["results"][0]["after"]["name"] == "乙厂"
    assert door.post(f"organisation-changes/{pk}/withdraw/").data["state"] == "withdrawn"
    changes.edit_organisation(actor=own, organisation_id=home.pk, changes={"name": "丙厂"})
    again = home.changes.filter(state="waiting").get().pk
    assert api.as_person(operator.person).post(f"organisation-changes/{again}/confirm/").data["state"] == "confirmed"
    home.refresh_from_db()
    assert home.name == "丙厂"

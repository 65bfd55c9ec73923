"""Joint rooms of chains: both leaders agree, their organisations are asked in, nobody outside learns of it (R130)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from chains.actions import joint_room as actions
from chains.models import JointRoom, JointRoomNote
from chains.queries import (
    joint_rooms_visible_to,
    organisations_in,
    room_members_visible_to,
    room_notes_visible_to,
)
from core import clock
from core.access import policy
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox.models import Notification, Task
from needs.actions import joint_room as table_actions
from needs.queries.joint_room import table_needs_visible_to
from tests import factories
from tests.factories import chains as make
from tests.factories import challenges


def test_a_room_opens_when_every_leader_has_agreed_and_closes_with_a_reason(db: str) -> None:
    (cars, first), (chips, second), (flax, third) = make.led(), make.led(), make.led()
    asked: dict[str, Any] = {
        "chain": cars.pk,
        "other_chains": [chips.pk, flax.pk],
        "title": "三链",
        "purpose": "共用标准",
    }
    with pytest.raises(NotAllowed):
        actions.propose_joint_room(actor=second, **asked)
    room = actions.propose_joint_room(actor=first, **asked)
    assert room.state == "proposed" and Task.objects.filter(kind="agree_to_joint_room", state="open").count() == 2
    with pytest.raises(WrongState):
        actions.agree_to_joint_room(actor=first, room_id=room.pk)
    assert actions.agree_to_joint_room(actor=third, room_id=room.pk).state == "proposed", "one leader is still asked"
    with pytest.raises(WrongState):
        actions.write_note(actor=first, room_id=room.pk, text="太早")
    assert actions.agree_to_joint_room(actor=second, room_id=room.pk).state == "open"
    assert not Task.objects.filter(state="open").exists()
    with pytest.raises(Invalid):
        actions.close_joint_room(actor=second, room_id=room.pk, reason=" ")
    closed = actions.close_joint_room(actor=second, room_id=room.pk, reason="目标已达成")
    assert closed.state == "closed" and closed.closed_for == second.organisation
    assert "目标已达成" in str(Notification.objects.filter(person=first.person).values_list("params", flat=True))
    with pytest.raises(WrongState):
        actions.agree_to_joint_room(actor=second, room_id=room.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"purpose": ""}, "purpose"), ({"other_chains": []}, "other_chains"),
        ({"other_chains": ["own"]}, "other_chains"), ({"other_chains": ["leaderless"]}, "other_chains"),
    ],
)  # fmt: skip
def test_a_room_needs_a_purpose_and_another_chain_with_a_leader(db: str, changes: dict[str, Any], field: str) -> None:
    (cars, first), (chips, _second) = make.led(), make.led()
    named = {"own": cars.pk, "leaderless": factories.chain().pk}
    asked: dict[str, Any] = {"chain": cars.pk, "other_chains": [chips.pk], "title": "甲", "purpose": "乙"} | changes
    asked["other_chains"] = [named.get(one, one) for one in asked["other_chains"]]
    with pytest.raises(Invalid) as refused:
        actions.propose_joint_room(actor=first, **asked)
    assert set(refused.value.fields) == {field} and not JointRoom.objects.exists()


def test_who_sees_the_room_who_reads_in_it_and_who_does_what(db: str) -> None:
    room, first, second = make.opened()
    mine, other = (
        room.sides.get(agreed_for=first.organisation).chain,
        room.sides.get(agreed_for=second.organisation).chain,
    )
    member = make.joined(room, first)
    asked = make.at_node(other)
    actions.invite_to_joint_room(actor=second, room_id=room.pk, organisation=asked.organisation_id or "")
    plain = factories.actor(member.organisation, roles=[])
    outside = make.at_node(mine)
    machine = factories.actor(factories.organisation())
    note = actions.write_note(actor=plain, room_id=room.pk, text="请先统一温度等级。")

    # person, sees the room, reads what is said, writes, closes and asks in, answers an invitation
    table = [
        (first, 1, 1, 1, 1, 0), (second, 1, 1, 1, 1, 0), (member, 1, 1, 1, 0, 1), (plain, 1, 1, 1, 0, 0), (asked, 1, 0, 0, 0, 1),
        (outside, 0, 0, 0, 0, 0), (machine, 0, 0, 0, 0, 0), (factories.operator(), 0, 0, 0, 0, 0), (factories.actor(), 0, 0, 0, 0, 0),
    ]  # fmt: skip
    for who, sees, reads, writes, leads, answers in table:
        assert (
            joint_rooms_visible_to(who).filter(pk=room.pk).count()
            == sees
            == policy.can(who, "chains.view_joint_room", room)
        )
        assert (
            room_notes_visible_to(who).filter(pk=note.pk).count() == reads == policy.can(who, "chains.view_notes", room)
        )
        assert policy.can(who, "chains.write_note", room) == writes
        for rule in ("agree_to", "close", "invite_to", "remove_from"):
            assert policy.can(who, f"chains.{rule}_joint_room", room) == leads, rule
        assert (
            policy.can(who, "chains.join_joint_room", room)
            == policy.can(who, "chains.leave_joint_room", room)
            == answers
        )
    assert room_members_visible_to(asked).count() == 1 and room_members_visible_to(first).count() == 2
    with pytest.raises(NotFound):
        actions.write_note(actor=outside, room_id=room.pk, text="无关")
    with pytest.raises(NotAllowed):
        actions.write_note(actor=asked, room_id=room.pk, text="尚未加入")
    told = set(
        Notification.objects.filter(kind="joint_room_note").values_list("person__memberships__organisation", flat=True)
    )
    assert told == {first.organisation_id, second.organisation_id}, "who takes part and did not write"


def test_a_new_leader_takes_the_old_ones_place(db: str) -> None:
    room, first, second = make.opened()
    chain = room.sides.get(agreed_for=first.organisation).chain
    heir = factories.actor(factories.organisation())
    chain.designations.update(until=clock.now())
    chain.designations.create(organisation=heir.organisation, since=clock.now())
    assert not joint_rooms_visible_to(first).exists() and joint_rooms_visible_to(heir).get() == room
    assert set(organisations_in(room)) == {heir.organisation, second.organisation}


def test_organisations_of_a_chain_are_asked_in_join_leave_and_are_sent_out(db: str) -> None:
    room, first, second = make.opened()
    mine = room.sides.get(agreed_for=first.organisation).chain
    who, elsewhere = make.at_node(mine), factories.actor(factories.organisation())
    invite: dict[str, Any] = {"room_id": room.pk, "organisation": who.organisation_id}
    for lead, organisation in [(second, who), (first, elsewhere), (first, second), (first, first)]:
        with pytest.raises(Invalid):
            actions.invite_to_joint_room(actor=lead, room_id=room.pk, organisation=organisation.organisation_id or "")
    actions.invite_to_joint_room(actor=first, **invite)
    with pytest.raises(Invalid):
        actions.invite_to_joint_room(actor=first, **invite)
    assert Task.objects.filter(kind="join_joint_room", organisation=who.organisation, state="open").count() == 1
    actions.join_joint_room(actor=who, room_id=room.pk)
    with pytest.raises(WrongState):
        actions.join_joint_room(actor=who, room_id=room.pk)
    out: dict[str, Any] = {"room_id": room.pk, "organisation": who.organisation_id}
    with pytest.raises(Invalid):
        actions.remove_from_joint_room(actor=second, reason="不是本链", **out)
    with pytest.raises(Invalid):
        actions.remove_from_joint_room(actor=first, reason=" ", **out)
    actions.remove_from_joint_room(actor=first, reason="项目结束", **out)
    assert not joint_rooms_visible_to(who).exists()
    actions.invite_to_joint_room(actor=first, **invite)
    assert actions.leave_joint_room(actor=who, room_id=room.pk).state == "left"
    assert not joint_rooms_visible_to(who).exists() and not Task.objects.filter(state="open").exists()


def test_needs_on_the_table_show_to_those_alone_who_may_read_them(db: str) -> None:
    room, first, second = make.opened()
    member = make.joined(room, second)
    assert member.organisation is not None and first.organisation is not None
    shared = challenges.published_need(member.organisation, title="车规级封装")
    secret = challenges.published_need(member.organisation, title="未公开工艺", confidentiality="restricted")
    draft = challenges.published_need(member.organisation, state="draft")
    alien = challenges.published_need(first.organisation)
    for need in (draft, alien):
        with pytest.raises(Invalid):
            table_actions.put_on_table(actor=member, room=room.pk, need=need.pk)
    rows = [table_actions.put_on_table(actor=member, room=room.pk, need=need.pk) for need in (shared, secret)]
    with pytest.raises(Invalid):
        table_actions.put_on_table(actor=member, room=room.pk, need=shared.pk)
    assert set(table_needs_visible_to(member)) == set(rows)
    assert list(table_needs_visible_to(first)) == [rows[0]]
    assert not table_needs_visible_to(factories.actor(factories.organisation())).exists()
    told = str(list(Notification.objects.filter(kind="joint_room_need").values("title", "params")))
    assert "车规级封装" in told and "未公开工艺" not in told
    with pytest.raises(NotFound):
        table_actions.take_off_table(actor=first, row_id=rows[1].pk)
    table_actions.take_off_table(actor=first, row_id=rows[0].pk)
    assert list(table_needs_visible_to(member)) == [rows[1]]
    actions.leave_joint_room(actor=member, room_id=room.pk)
    assert not table_needs_visible_to(member).exists() and not table_needs_visible_to(first).exists()


def test_a_room_by_pages(client: Any) -> None:
    (cars, first), (chips, second) = make.led("汽车"), make.led("芯片")
    member, outside = make.at_node(chips, "封测厂"), make.at_node(chips, "局外厂")
    client.sign_in(first.person)
    assert f"joint-rooms/new/?chain={cars.pk}" in client.get(f"/chains/{cars.pk}/").content.decode()
    typed: dict[str, Any] = {"chain": str(cars.pk), "title": "车规芯片", "purpose": ""}
    wrong = client.post("/chains/joint-rooms/new/", typed)
    assert wrong.status_code == 422 and "车规芯片" in wrong.content.decode(), "what was typed stays"
    made = client.post("/chains/joint-rooms/new/", typed | {"purpose": "统一指标", "other_chains": [str(chips.pk)]})
    room = JointRoom.objects.get()
    home = f"/chains/joint-rooms/{room.pk}/"
    assert made.headers["Location"] == home and "芯片链主" in client.get(home).content.decode(), "who is still asked"

    client.sign_in(second.person)
    assert client.post(home + "agree/").status_code == 302
    asked = f"{chips.pk}:{member.organisation_id}"
    assert client.post(home + "invite/", {"organisation": asked}).status_code == 302
    assert "请加密后再发。" not in client.get(home).content.decode()
    assert client.post(home + "notes/new/", {"text": "请加密后再发。"}).status_code == 302
    client.sign_in(member.person)
    before = client.get(home).content.decode()
    assert "统一指标" in before and "请加密后再发。" not in before
    assert client.get(home + "notes/").status_code == 403
    assert client.post(home + "join/").status_code == 302
    after = client.get(home).content.decode()
    assert "请加密后再发。" in after and "芯片链主" in after
    rows = list(csv.reader(io.StringIO(client.get(home + "notes/?file=csv").content.decode("utf-8-sig"))))
    assert rows[1][-1] == "请加密后再发。"
    need = challenges.published_need(member.organisation, title="高温封装", chain=chips)  # type: ignore[arg-type]
    assert client.post(f"/needs/joint-rooms/{room.pk}/put/", {"need": str(need.pk)}).status_code == 302
    client.sign_in(first.person)
    assert "高温封装" in client.get(home).content.decode()
    assert "车规芯片" in client.get("/chains/joint-rooms/?state=open").content.decode()

    client.sign_in(outside.person)
    assert "车规芯片" not in client.get("/chains/joint-rooms/").content.decode()
    for path in ("", "notes/", "invite/", "close/", "notes/new/"):
        assert client.get(home + path).status_code == 404, path
    for path in ("agree/", "join/", "leave/"):
        assert client.post(home + path).status_code == 404, path
    assert client.get(f"/needs/joint-rooms/{room.pk}/put/").status_code == 404
    client.sign_in(second.person)
    seat = room.members.get()
    assert client.post(f"{home}remove/{seat.pk}/", {"reason": "退出"}).status_code == 302
    assert client.post(home + "close/", {"reason": ""}).status_code == 422
    assert client.post(home + "close/", {"reason": "完成"}).status_code == 302
    assert client.post(home + "notes/new/", {"text": "晚了"}).status_code == 409 and JointRoomNote.objects.count() == 1


def test_a_room_by_rest(api: Any) -> None:
    (cars, first), (chips, second) = make.led("汽车"), make.led("芯片")
    member = make.at_node(chips)
    one, two, three = (api.as_person(who.person, who.organisation) for who in (first, second, member))
    stranger = api.as_person(make.at_node(cars).person)
    body = {"chain": str(cars.pk), "other_chains": [str(chips.pk)], "title": "车规芯片", "purpose": "统一指标"}
    assert two.post("joint-rooms/", body).status_code == 403
    made = one.post("joint-rooms/", body)
    assert made.status_code == 201 and made.data["state"] == "proposed", api.text(made)
    home = f"joint-rooms/{made.data['id']}/"
    assert two.get(home).data["open_moves"] == ["agree_to_joint_room", "close_joint_room"]
    assert two.post(home + "agree/").data["state"] == "open"
    seat = two.post(home + "invite/", {"organisation": str(member.organisation_id)})
    assert seat.status_code == 201 and three.get(home).data["members"] == [], api.text(seat)
    assert three.post(home + "write_note/", {"text": "早"}).status_code == 403
    assert three.post(home + "join/").status_code == 200 and len(three.get(home).data["members"]) == 1
    assert three.post(home + "write_note/", {"text": "先统一温度等级"}).status_code == 201
    assert [row["text"] for row in one.get(home + "notes/").data["results"]] == ["先统一温度等级"]
    need = challenges.published_need(member.organisation, chain=chips)  # type: ignore[arg-type]
    put = three.post("table-needs/", {"room": made.data["id"], "need": str(need.pk)})
    assert put.status_code == 201 and one.get("table-needs/").data["results"][0]["need"]["id"] == str(need.pk), (
        api.text(put)
    )
    assert stranger.get(home).status_code == stranger.post(home + "join/").status_code == 404
    assert stranger.get("joint-rooms/").data["results"] == stranger.get("table-needs/").data["results"] == []
    assert stranger.post("table-needs/", {"room": made.data["id"], "need": str(need.pk)}).status_code == 404
    assert three.post(f"table-needs/{put.data['id']}/take_off/").status_code == 200
    assert (
        two.post(home + "remove/", {"organisation": str(member.organisation_id), "reason": "结束"}).status_code == 200
    )
    assert (
        three.get(home).status_code == 404 and one.post(home + "close/", {"reason": "完成"}).data["state"] == "closed"
    )

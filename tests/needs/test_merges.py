"""Two needs that ask for the same become one, with the consent of both owners (R019)."""

from __future__ import annotations

from typing import Any

import pytest

from core.book.models import Body
from core.inbox.models import Notification, Task
from needs.actions import duplicate as joint
from needs.models import Cluster, Need, NeedMerge, Pairing, SolverInvitation
from needs.services.need import index_need
from tests import factories
from tests.factories import challenges, duplicates
from tests.factories import needs as make

LIFE = make.DENSITY | {"name": "循环寿命", "target": "20", "unit": "次", "baseline_value": "1000"}


def owner(name: str = "") -> Any:
    return factories.actor(factories.organisation(name))


def need_of(actor: Any, chain: Any, title: str, **fields: Any) -> Need:
    row = challenges.published_need(actor.organisation, chain=chain, specs=[], title=title, **fields)
    index_need(row)
    return row


@pytest.mark.req("R019")
@pytest.mark.parametrize("door", ["page", "rest"])
def test_a_need_of_another_owner_is_merged_when_that_owner_agrees(api: Any, client: Any, door: str) -> None:
    leader, other, stranger = owner("甲整车"), owner("乙材料"), owner()
    chain, elsewhere = factories.chain("电池链", leader=leader.organisation), factories.chain("材料链")
    kept, ends = need_of(leader, chain, "低温快充"), need_of(other, elsewhere, "寒区快速充电")
    cluster = Cluster.objects.create(chain=chain, label="冬天充电慢", state="answered", need=ends)
    body = {"need_id": str(ends.pk), "into": kept.code.lower(), "reason": "同一问题"}
    mine, theirs = (api.as_person(one.person, one.organisation) for one in (other, leader))
    if door == "rest":
        made = mine.post("need-merges/", body)
        assert made.status_code == 201 and made.data["state"] == "proposed" and made.data["consents"] == ["乙材料"]
    else:
        client.sign_in(other.person, other.organisation)
        sent = client.post(f"/needs/{ends.pk}/merge/", body)
        assert sent.status_code == 302 and "等待同意" in client.get(sent.headers["Location"]).content.decode()
    merge = NeedMerge.objects.get()
    ends.refresh_from_db()
    assert ends.state == "published" and Task.objects.get(kind="answer_merge").organisation == leader.organisation
    assert mine.post(f"need-merges/{merge.pk}/agree/", {}).status_code == 403, "who proposed does not answer"
    assert api.as_person(stranger.person, stranger.organisation).get(f"need-merges/{merge.pk}/").status_code == 404
    if door == "rest":
        assert theirs.post(f"need-merges/{merge.pk}/agree/", {}).data["state"] == "merged"
    else:
        client.sign_in(leader.person, leader.organisation)
        assert client.post(f"/needs/merges/{merge.pk}/agree/").status_code == 302
    ends.refresh_from_db()
    assert (ends.state, ends.merged_into) == ("merged", kept) and Task.objects.get(kind="answer_merge").state == "done"
    client.sign_in(other.person, other.organisation)
    page = client.get(f"/needs/{ends.pk}/").content.decode()
    assert kept.title in page and f"/needs/{kept.pk}/" in page
    assert kept.definers.get().organisation == other.organisation, "who gave up a need has a say in the other"
    assert kept.more_chains.get().chain == elsewhere, "the need concerns the other's chain as well"
    cluster.refresh_from_db()
    assert cluster.need == kept
    found = api.as_person(stranger.person, stranger.organisation).get("search/", {"q": "充电"}).data["results"]
    assert [one["object_id"] for one in found] == [str(kept.pk)]
    assert set(
        Body.objects.filter(operation__in=["merge_needs", "take_over_need"]).values_list("object_id", flat=True)
    ) == {kept.pk, ends.pk}
    assert set(Notification.objects.filter(kind="needs_merged").values_list("person", flat=True)) >= {
        leader.person.pk,
        other.person.pk,
    }
    assert mine.post(f"needs/{ends.pk}/withdraw/", {"reason": "x"}).status_code == 409, "what was merged has ended"


def test_a_merge_is_declined_taken_back_or_refused_with_what_stands_in_the_way(api: Any, frozen_clock: Any) -> None:
    scene = challenges.Scene()
    issuer, other = scene.drafter, owner()
    mine = need_of(issuer, scene.need.chain, "低温快充")
    foreign = need_of(other, scene.need.chain, "寒区快充", confidentiality="restricted")
    ours, theirs = (api.as_person(one.person, one.organisation) for one in (issuer, other))
    sent = ours.post("need-merges/", {"need_id": str(mine.pk), "into": foreign.code, "reason": "同"})
    assert sent.status_code == 422 and list(sent.data["errors"]) == ["into"], "what one may not see is not merged with"
    proposed = theirs.post("need-merges/", {"need_id": str(foreign.pk), "into": mine.code, "reason": "同"}).data["id"]
    again = theirs.post("need-merges/", {"need_id": str(foreign.pk), "into": mine.code, "reason": "同"})
    assert again.status_code == 422 and again.data["code"] == "merge_waits"
    assert ours.post(f"need-merges/{proposed}/decline/", {"reason": "指标不同"}).data["end_reason"] == "指标不同"
    back = theirs.post("need-merges/", {"need_id": str(foreign.pk), "into": mine.code, "reason": "同"}).data["id"]
    assert ours.post(f"need-merges/{back}/withdraw/", {"reason": "x"}).status_code == 403
    assert theirs.post(f"need-merges/{back}/withdraw/", {"reason": "看错了"}).data["state"] == "withdrawn"
    assert set(Need.objects.values_list("state", flat=True)) == {"published"}
    scene.published()
    refused = ours.post("need-merges/", {"need_id": str(scene.need.pk), "into": mine.code, "reason": "同"})
    assert refused.status_code == 409 and refused.data["code"] == "challenge_runs" and refused.data["missing"]
    done = ours.post("need-merges/", {"need_id": str(mine.pk), "into": scene.need.code, "reason": "同"})
    assert done.data["state"] == "merged", "one organisation owns both: nobody else is asked"


def test_what_all_owners_agreed_to_when_found_alike_is_merged_at_once(api: Any) -> None:
    leader, other = owner(), owner()
    chain = factories.chain(leader=leader.organisation)
    one, two = need_of(leader, chain, "低温快充"), need_of(other, chain, "寒区快充")
    agreed = duplicates.proposed(leader, other, one, two)
    joint.agree_joint(actor=other, proposal_id=agreed.pk)
    made = api.as_person(other.person, other.organisation).post(
        "need-merges/", {"need_id": str(two.pk), "into": one.code, "reason": "如约"}
    )
    assert made.status_code == 201 and made.data["state"] == "merged"


@pytest.mark.req("R019")
def test_the_kept_need_takes_over_evidence_partners_matches_and_indicators(api: Any, client: Any) -> None:
    kept, ours = make.draft(title="动力电池快充")
    ends, theirs, partners = make.published(title="十五分钟快充电芯", indicators=[make.CHARGING, LIFE])
    mine, other = (api.as_person(one.person, one.organisation) for one in (ours, theirs))
    assert mine.post(f"needs/{kept.pk}/define_indicator/", make.decimals(make.CHARGING)).status_code == 201
    solver = factories.organisation("电芯厂")
    SolverInvitation.objects.create(need=ends, organisation=solver, object_type="needs.capability", object_id=kept.pk)
    Pairing.objects.create(need=ends, organisation=solver, proposed_for=ends.owner)
    Pairing.objects.create(need=ends, organisation=kept.owner, proposed_for=ends.owner)
    made = mine.post("need-merges/", {"need_id": str(kept.pk), "into": ends.code, "reason": "同一款电芯"})
    assert made.status_code == 201
    assert mine.post(f"need-merges/{made.data['id']}/withdraw/", {"reason": "反过来"}).status_code == 200
    merge = mine.post("need-merges/", {"need_id": str(ends.pk), "into": kept.code, "reason": "同一款电芯"})
    assert merge.status_code == 201, merge.data
    assert other.post(f"need-merges/{merge.data['id']}/agree/", {}).data["state"] == "merged"
    shown = mine.get(f"needs/{kept.pk}/").data
    assert [one["name"] for one in shown["indicators"]] == ["充电时间", "循环寿命"], "of one name once"
    assert kept.evidence.filter(caption__startswith=ends.code).exists() and ends.evidence.exists()
    parties = {theirs.organisation_id, *(one.organisation_id for one in partners)}
    assert set(kept.definers.values_list("organisation_id", flat=True)) == parties
    assert SolverInvitation.objects.get().need == kept
    assert {(row.organisation, row.need) for row in Pairing.objects.all()} == {(solver, kept), (kept.owner, ends)}
    assert ends.versions.get().indicators.count() == 2 and ends.signatures.exists(), "its history stays"
    # Everybody who could read the published need reads where it goes on.
    stranger = factories.actor(factories.organisation())
    page = client.sign_in(stranger.person, stranger.organisation).get(f"/needs/{ends.pk}/").content.decode()
    assert kept.code in page and f"/needs/{kept.pk}/" not in page, "the kept one is a draft"

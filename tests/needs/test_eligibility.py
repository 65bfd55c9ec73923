"""Conditions of taking part: declared in the bid, checked after the opening, and papers that come later change no bid."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from core.inbox.models import Task
from needs.actions import bid as bid_actions
from needs.models.eligibility import SupplementRequest
from tests import factories
from tests.factories.challenges import Scene, save_bid


def test_a_bid_declares_is_checked_and_hands_in_a_paper_in_time_while_its_content_stays(
    db: str, client: Any, api: Any, frozen_clock: Any
) -> None:
    scene = Scene()
    conditions = [{"text": "中国境内注册", "paper": "营业执照"}, {"text": "具备 CNAS 资质", "paper": ""}]
    challenge = scene.published(conditions=conditions)
    bidder = scene.bidder("乙研究院")
    bid = scene.drafted_bid(challenge, bidder)
    first, second = challenge.conditions.all()
    client.sign_in(bidder.person)
    refused = client.post(f"/needs/bids/{bid.pk}/preview/", {"version": str(bid.version)})
    assert refused.status_code == 409 and "尚未声明“中国境内注册”" in refused.content.decode()
    client.post(
        f"/needs/bids/{bid.pk}/autosave/",
        {f"d_{first.pk}_holds": "yes", f"d_{second.pk}_holds": "no", f"d_{second.pk}_note": "申请中"},
    )
    assert [(one.holds, one.note) for one in bid.declarations.order_by("holds")] == [(False, "申请中"), (True, "")]
    bid.refresh_from_db()
    changes = {"team": "五位研究员", "plan": "十八个月", "accepts_terms": True, "contact": "王"}
    commitments = scene.drafted_bid(challenge, bidder)
    bid = save_bid(actor=bidder, bid_id=bid.pk, version=commitments.version, **changes)
    bid = bid_actions.submit_bid(actor=bidder, bid_id=bid.pk)
    assert '"holds":false' in bid.submissions.get().body
    frozen_clock.set(challenge.deadline_at)
    boss, own = api.as_person(scene.second.person), api
    member = factories.actor(scene.issuer, roles=["member"])
    client.sign_in(member.person, scene.issuer)
    assert client.get(f"/needs/bids/{bid.pk}/check/").status_code == 403
    # Not admitted before every condition is found to be met; what is not met is explained.
    refused = boss.post(f"bids/{bid.pk}/admit/")
    assert refused.status_code == 409 and len(refused.json()["missing"]) == 2
    client.sign_in(scene.second.person)
    check = f"/needs/bids/{bid.pk}/check/"
    assert client.post(check, {f"f_{second.pk}_is_met": "no"}).status_code == 422
    assert client.post(check, {f"f_{first.pk}_is_met": "yes"}).status_code == 302
    due = clock.now() + dt.timedelta(days=5)
    path, asked = f"bids/{bid.pk}/ask-supplement/", {"text": "请补交证书", "due_at": due.isoformat()}
    assert boss.post(path, asked | {"due_at": clock.now().isoformat()}).status_code == 422
    row = boss.post(path, asked).json()
    task = Task.objects.get(kind="give_supplement")
    assert (task.organisation, task.due_at) == (bidder.organisation, due.replace(microsecond=0))
    before = bid_actions.Bid.objects.values().get(pk=bid.pk)
    client.sign_in(bidder.person)
    assert "请补交证书" in client.get(f"/needs/bids/{bid.pk}/").content.decode()
    assert client.post(f"/needs/supplements/{row['id']}/give/", {"answer": ""}).status_code == 422
    paper = SimpleUploadedFile("cnas.txt", "证书".encode())
    assert client.post(f"/needs/supplements/{row['id']}/files/add/", {"file": paper}).status_code == 302
    boss = api.as_person(scene.second.person)
    assert boss.get(f"supplements/{row['id']}/").json()["files"] == []  # not before it is handed in
    assert client.post(f"/needs/supplements/{row['id']}/give/", {"answer": "见附件"}).status_code == 302
    assert client.post(f"/needs/supplements/{row['id']}/give/", {"answer": "再来"}).status_code == 409
    assert boss.get(f"supplements/{row['id']}/").json()["files"][0]["name"] == "cnas.txt"
    assert bid_actions.Bid.objects.values().get(pk=bid.pk) == before  # content, version and receipt are unchanged
    stranger = scene.bidder()
    assert own.as_person(stranger.person).get(f"supplements/{row['id']}/").status_code == 404
    # A second request runs out: the clock alone refuses, and meanwhile no award is proposed.
    boss = api.as_person(scene.second.person)
    late = boss.post(path, asked | {"text": "还缺一份"}).json()
    award = {"challenge_id": str(challenge.pk), "bid_id": str(bid.pk), "amount": "1.00"}
    assert "awaited" in str(boss.post("awards/", award, HTTP_ACCEPT_LANGUAGE="en").json()) or "等待补正" in str(
        boss.post("awards/", award).json()
    )
    frozen_clock.set(due)
    answer = api.as_person(bidder.person).post(f"supplements/{late['id']}/give/", {"answer": "晚了"})
    assert (answer.status_code, answer.json()["code"]) == (409, "deadline_passed")
    assert SupplementRequest.objects.get(pk=late["id"]).state == "asked"
    boss = api.as_person(scene.second.person)
    findings = [{"condition": str(one.pk), "is_met": True} for one in (first, second)]
    assert boss.post(f"bids/{bid.pk}/check-eligibility/", {"findings": findings}).status_code == 200
    assert boss.post(f"bids/{bid.pk}/admit/").json()["state"] == "eligible"

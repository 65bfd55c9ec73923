"""Review dates: amber and told, one interval later out of matching, back with the owner's word (R021, A10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import checks, clock
from core.book.models import Body
from core.checks.models import Alert
from core.inbox.models import Notification, Task
from core.search.queries import matching
from needs.models import Need
from needs.queries.freshness import months_after
from needs.tasks.need import review_due_needs
from tests import factories
from tests.factories import needs as make


@pytest.mark.req("R021", "A10", whole=True)
@pytest.mark.parametrize(("interval", "grace", "start"), [(6, 1, dt.date(2026, 1, 15)), (4, 2, dt.date(2026, 10, 31))])
def test_an_unconfirmed_need_turns_amber_leaves_matching_and_comes_back(
    client: Any, api: Any, frozen_clock: Any, interval: int, grace: int, start: dt.date
) -> None:
    def on(day: dt.date) -> None:
        frozen_clock.set(dt.datetime.combine(day, dt.time(9), clock.CHINA))

    on(start)
    owner = factories.actor(factories.organisation(kinds=["large_firm"]))
    chain = factories.chain(leader=owner.organisation)
    rest = api.as_person(owner.person, owner.organisation)
    for name, value in (("review_months", interval), ("grace_months", grace)):
        if value != {"review_months": 6, "grace_months": 1}[name]:
            sent = {"chain_id": str(chain.pk), "code": "A10", "name": name, "value": str(value), "reason": "变化快"}
            assert rest.post("thresholds/change/", sent).status_code == 200
    need, _owner, _partners = make.published(owner, chain=chain, title="新能源汽车续航焦虑")
    other, *_rest = make.published(owner, chain=chain, title="动力电池低温快充")
    reader = factories.actor(factories.organisation())
    assert need.review_on == months_after(start, interval)

    def matched() -> set[Any]:
        rows = matching(reader, title="续航焦虑 低温快充", text="冬季续航打折", kinds=["need"])
        return set(rows.values_list("object_id", flat=True))

    on(need.review_on - dt.timedelta(days=1))
    assert review_due_needs() == (0, 0) and matched() == {need.pk, other.pk}
    kept = rest.post(f"needs/{other.pk}/confirm/", {})
    assert kept.status_code == 200 and kept.data["review_on"] == str(months_after(clock.today(), interval))

    on(need.review_on)
    assert review_due_needs() == (1, 0) and review_due_needs() == (0, 0)
    checks.watch({"A10"})
    alert = Alert.objects.get(code="A10")
    assert alert.object_id == need.pk and set(alert.organisations.all()) == {owner.organisation}
    assert Notification.objects.filter(kind="need_stale", person=owner.person).count() == 1
    task = Task.objects.get(kind="confirm_need", state="open")
    assert task.due_at is not None and task.due_at.astimezone(clock.CHINA).date() == months_after(need.review_on, grace)
    client.sign_in(owner.person, owner.organisation)
    assert "复核逾期" in client.get(f"/needs/{need.pk}/").content.decode()
    amber = client.get("/needs/?fresh=stale").content.decode()
    assert f"{need.code} · 复核逾期" in amber and 'class="is-warn"' in amber and other.code not in amber
    assert matched() == {need.pk, other.pk}, "amber is still matched"

    on(months_after(need.review_on, grace))
    rest.post(f"needs/{other.pk}/confirm/", {"review_on": str(clock.today() + dt.timedelta(days=400))})
    assert review_due_needs() == (0, 1) and review_due_needs() == (0, 0)
    assert matched() == {other.pk}
    assert need.title in client.get("/needs/?q=续航").content.decode(), "found, though not matched"
    listed = rest.get("needs/", {"fresh": "dormant"}).data["results"]
    assert [row["id"] for row in listed] == [str(need.pk)] and listed[0]["dormant_at"]
    assert Notification.objects.filter(kind="need_left_matching", person=owner.person).count() == 1
    theirs = api.as_person(reader.person, reader.organisation)
    assert theirs.post(f"needs/{need.pk}/confirm/", {}).status_code == 403

    past = client.post(f"/needs/{need.pk}/confirm/", {"review_on": str(clock.today())})
    assert past.status_code == 422
    assert client.post(f"/needs/{need.pk}/confirm/", {"review_on": ""}).status_code == 302
    need = Need.objects.get(pk=need.pk)
    assert (need.stale_at, need.dormant_at, need.review_on) == (None, None, months_after(clock.today(), interval))
    assert matched() == {need.pk, other.pk}
    assert not Task.objects.filter(kind="confirm_need", state="open").exists()
    checks.watch({"A10"})
    assert Alert.objects.get(code="A10").state == "cleared"
    told = Body.objects.filter(object_id=need.pk, operation__in=["mark_stale", "leave_matching", "confirm_need"])
    assert list(told.order_by("entry_id").values_list("operation", flat=True)) == [
        "mark_stale",
        "leave_matching",
        "confirm_need",
    ]
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert "未确认的需求退出匹配" in page and "确认了需求" in page, "the need's own log shows both"

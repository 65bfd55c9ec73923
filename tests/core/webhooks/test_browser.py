"""The pages of webhooks in a browser: by keyboard, on a phone and on a desk, for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from core.webhooks import services
from core.webhooks.models import Delivery, Endpoint
from tests import factories
from tests.factories import webhooks
from tests.support import axe
from tests.support.receiver import Receiver

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_an_admin_registers_tests_and_replays(new_page: Any, receiver: Receiver) -> None:
    home = factories.organisation("某电池厂")
    actor = factories.actor(home)
    page = new_page(actor.person, home, viewport={"width": 390, "height": 844})
    page.goto("/webhooks/")
    page.get_by_role("link", name="登记推送地址").first.click()
    page.get_by_label("名称").fill("工厂 ERP")
    page.get_by_label("地址").fill("ftp://wrong")
    page.get_by_label("组织已通过认证").press("Space")
    page.get_by_role("button", name="登记").click()
    page.locator("#id_url-error").wait_for()
    assert page.get_by_label("名称").input_value() == "工厂 ERP"
    assert page.get_by_label("组织已通过认证").is_checked()
    page.get_by_label("地址").fill(receiver.url)
    page.get_by_role("button", name="登记").click()
    page.get_by_text("whsec_").wait_for()
    assert services.keys_of(Endpoint.objects.get(), clock.now())[0] in page.inner_text("main")
    page.get_by_role("link", name="查看推送地址").click()
    page.get_by_role("button", name="发送测试消息").click()
    page.wait_for_url("**/webhooks/messages/*/")
    receiver.answers = [503]
    services.send(Delivery.objects.get().pk)
    page.reload()
    page.get_by_role("cell", name="503").wait_for()
    page.get_by_role("button", name="重发").click()
    page.get_by_text("消息编号不变").wait_for()
    services.send(Delivery.objects.get().pk)
    assert [one.headers["webhook-id"] for one in receiver.received] == [str(Delivery.objects.get().pk)] * 2


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_accessible_and_fit(new_page: Any, receiver: Receiver, width: int, scheme: str) -> None:
    home = factories.organisation("某电池厂")
    actor = factories.actor(home)
    endpoint = webhooks.endpoint(receiver.url + "/a/long/way" * 12, keeper=actor)
    receiver.answers = [500]
    webhooks.news(count=2)
    for pk in services.start_due():
        services.send(pk)
    failed = Delivery.objects.get(state="failed")
    page = new_page(actor.person, home, viewport={"width": width, "height": 900}, color_scheme=scheme)
    own = f"/webhooks/{endpoint.pk}/"
    for path in (
        "/webhooks/",
        "/webhooks/new/",
        own,
        f"{own}secret/",
        f"{own}replay/",
        f"/webhooks/messages/{failed.pk}/",
    ):
        page.goto(path)
        assert axe.violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

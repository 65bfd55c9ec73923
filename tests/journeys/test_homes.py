"""An organisation of each kind registers by the pages, the operator verifies it, and each has a home of its own (R027)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chains.models import LeaderDesignation
from core import clock
from core.accounts import entry
from core.accounts.models import Membership, Organisation, Person
from tests import factories
from tests.factories import PASSWORD
from tests.support import axe

WAITS = "还需运营方核验"
# What each kind of organisation meets first: title, figures in their order, and where the first step leads.
HOMES = {
    "large_firm": ("龙头企业", ["我们的需求", "我们的项目", "待结清的结算单"], "/needs/new/"),
    "sme": ("中小企业", ["已发布的需求", "设备库", "待结清的结算单"], "/needs/?state=published"),
    "university": ("高等学校", ["开放的榜单", "揭榜申请", "我们的项目"], "/needs/challenges/?state=published"),
    "research_institute": ("科研机构", ["已发布的需求", "开放的榜单", "我们的工作包"], "/needs/?state=published"),
    "pilot_base": ("中试基地", ["我们的工作包", "我们的设备", "待结清的结算单"], "/chains/machines/new/"),
    "investor": ("投资机构", ["分阶段投入", "利益分配协议", "风险基金"], "/benefits/tranches/"),
    "channel_firm": ("渠道商", ["我们的需求", "已发布的需求", "待结清的结算单"], "/needs/new/"),
    "end_user": ("终端用户", ["我们的需求", "已发布的需求", "我们的项目"], "/needs/new/"),
    "supporting_firm": ("配套企业", ["我们的工作包", "利益分配协议", "待结清的结算单"], "/projects/"),
    "test_laboratory": ("检测机构", ["我们的工作包", "我们的设备", "我们的项目"], "/projects/"),
    "service_provider": ("服务机构", ["已发布的需求", "我们的项目", "利益分配协议"], "/needs/?state=published"),
    "authority": ("主管部门", ["产业链", "已发布的需求", "开放的榜单"], "/chains/"),
}
# What somebody may not do before the organisation is verified, so that the home does not offer it.
ACTS = {"/needs/new/", "/chains/machines/new/"}


class Shown:
    """A home page as read: whose it is, its title, figures and first step."""

    def __init__(self, client: Any) -> None:
        answer = client.get("/")
        assert answer.status_code == 200
        self.page = answer.content.decode()
        main = self.page.split('<main id="main"')[1]
        found = re.search(r'data-home="(\w+)"', main)
        assert found, main
        self.key = found[1]
        self.title = _words(re.search(r"<h1>(.*?)</h1>", main, re.S))
        self.figures = re.findall(r'<article class="tally card">\s*<header><h2>(.*?)</h2>', main)
        step = re.search(r'<a class="btn btn-primary" href="([^"]+)"', main)
        self.first_step = step[1] if step else ""

    @property
    def content(self) -> tuple[Any, ...]:
        return (self.title, *self.figures, self.first_step)


def _words(found: re.Match[str] | None) -> str:
    return found[1].strip() if found else ""


def sign_up(client: Any, name: str, **more: Any) -> Person:
    """Open an account by the pages and the link that is mailed; it is signed in from then on."""
    client.sign_out()
    email = f"head{factories.make_uscc()[10:16].lower()}@example.test"
    asked = client.post("/accounts/sign-up/", {"email": email})
    assert asked.headers["Location"] == "/accounts/sign-up/sent/"
    link = reverse("accounts:open_account", args=[entry.token_for(email)])
    opened = client.post(link, {"name": name, "password": PASSWORD, "agrees": "on", **more})
    assert opened.status_code == 302, opened.content.decode()[-2000:]
    return Person.objects.get(email=email)


def join(client: Any, name: str, kinds: list[str]) -> Organisation:
    """Open an account and register the organisation, by the pages alone."""
    sign_up(client, f"{name}负责人")
    sent = {"name": name, "uscc": factories.make_uscc(), "kinds": kinds}
    registered = client.post("/accounts/organisations/new/", sent)
    assert registered.status_code == 302, registered.content.decode()[-3000:]
    return Organisation.objects.get(name=name)


def verify(client: Any, organisation: Organisation) -> None:
    """The operator's admin finds it among those that wait, and verifies it."""
    client.sign_in(factories.operator().person)
    listed = client.get("/accounts/organisations/?state=registered").content.decode()
    assert organisation.name in listed
    assert client.post(f"/accounts/organisations/{organisation.pk}/verify/").status_code == 302


def back(client: Any, organisation: Organisation) -> Person:
    """The organisation's first member signs in again, by the form."""
    client.sign_out()
    person = Membership.objects.filter(organisation=organisation).earliest("created_at").person
    assert client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD}).status_code == 302
    return person


def switch(client: Any, organisation: Organisation, kind: str) -> int:
    sent = {"organisation": str(organisation.pk), "kind": kind}
    return int(client.post("/accounts/switch/", sent).status_code)


@pytest.mark.req("R027", whole=True)
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("both", "kinds"),
    [
        (["sme", "pilot_base"], ["university", "research_institute", "large_firm", "sme", "supporting_firm", "channel_firm",
                                 "end_user", "investor", "pilot_base", "test_laboratory", "service_provider", "authority"]),
        (["supporting_firm", "test_laboratory", "investor"], ["authority", "service_provider", "test_laboratory", "pilot_base",
                                 "investor", "end_user", "channel_firm", "supporting_firm", "sme", "large_firm",
                                 "research_institute", "university"]),
    ],
)  # fmt: skip
def test_one_organisation_of_each_kind_sees_its_own_home_and_one_of_several_switches(
    client: Any, api: Any, both: list[str], kinds: list[str]
) -> None:
    found: dict[str, tuple[Any, ...]] = {}
    people: dict[str, Person] = {}
    for kind in kinds:
        organisation = join(client, f"某{HOMES[kind][0]}", [kind])
        waiting = Shown(client)
        assert (waiting.key, WAITS in waiting.page) == (kind, True)
        assert waiting.first_step not in ACTS, "what would be refused is not offered"
        verify(client, organisation)
        people[kind] = back(client, organisation)
        home = Shown(client)
        assert (home.key, WAITS in home.page) == (kind, False)
        assert (home.title, home.figures, home.first_step) == HOMES[kind]
        assert client.get(home.first_step).status_code == 200
        found[kind] = home.content
    sign_up(client, "专家", is_expert="on", expertise="材料")
    found["expert"] = Shown(client).content
    client.sign_in(factories.operator().person)
    found["operator"] = Shown(client).content
    assert len(set(found.values())) == len(kinds) + 2, "no two homes are alike"
    several = join(client, "多重身份机构", both)
    verify(client, several)
    switches(client, api, several, both, people)


def switches(client: Any, api: Any, several: Organisation, both: list[str], strangers: dict[str, Person]) -> None:
    """Its member goes from home to home with the one account; nobody else comes in, and no kind is made up."""
    person = back(client, several)
    assert Shown(client).key == several.kinds[0]
    for kind in [*both, *reversed(both)]:
        assert f'value="{kind}"' in Shown(client).page.split('<main id="main"')[1], "offered on the home page"
        assert switch(client, several, kind) == 302
        home = Shown(client)
        assert (home.key, home.title, home.figures, home.first_step) == (kind, *HOMES[kind])
        assert client.get(home.first_step).status_code == 200
    assert Membership.objects.filter(person=person).count() == 1
    assert Person.objects.filter(memberships__organisation=several).count() == 1
    told = api.as_person(person).get("me/").data
    assert (told["organisation"]["id"], told["organisation"]["kinds"]) == (str(several.pk), several.kinds)
    last = Shown(client).key
    for strange in ({*HOMES, "operator", "leader"} - set(both)) | {"nonsense"}:
        assert switch(client, several, strange) == 422, strange
        assert Shown(client).key == last, "nobody becomes what the organisation is not"
    for own, stranger in strangers.items():
        client.sign_in(stranger)
        for kind in ["", *both]:
            assert switch(client, several, kind) == 404
        assert Shown(client).key == own
        assert "多重身份机构" not in Shown(client).page
        sent = api.as_person(stranger).get("me/", headers={"X-Organisation": str(several.pk)}).data
        assert sent["organisation"]["id"] != str(several.pk)
    client.sign_out()
    assert switch(client, several, both[0]) == 403


@pytest.mark.req("R027")
def test_leader_operator_approver_expert_and_newcomer_have_homes_of_their_own(client: Any) -> None:
    leader = factories.actor(factories.organisation("链主企业", kinds=["large_firm"]))
    factories.chain(leader=leader.organisation)
    people = {
        "leader": leader.person,
        "operator": factories.operator().person,
        "approver": factories.approver().person,
        "expert": factories.person(is_expert=True),
        "person": factories.person(),
    }
    pages = set()
    for key, person in people.items():
        client.sign_out()
        client.sign_in(person)
        home = Shown(client)
        assert home.key == key
        assert len(home.figures) == 3
        assert client.get(home.first_step).status_code == 200
        pages.add(home.content)
    assert len(pages) == len(people)


@pytest.mark.req("R027")
@pytest.mark.parametrize("other", ["pilot_base", "investor"])
def test_a_chain_leader_of_several_kinds_leaves_the_leaders_home_and_returns(client: Any, other: str) -> None:
    firm = factories.organisation("链主企业", kinds=["large_firm", other])
    factories.chain(leader=firm)
    client.sign_in(factories.member(firm))
    assert Shown(client).key == "leader"
    for kind, key in ((other, other), ("large_firm", "leader"), (other, other)):
        assert switch(client, firm, kind) == 302
        assert Shown(client).key == key
    LeaderDesignation.objects.update(until=clock.now())
    assert switch(client, firm, "") == 302
    assert Shown(client).key == "large_firm"


@pytest.mark.req("R027")
@pytest.mark.parametrize(("move", "word"), [("reject", "退回"), ("suspend", "停用")])
def test_who_was_returned_or_suspended_is_told_why_on_the_home_page(client: Any, move: str, word: str) -> None:
    organisation = join(client, "某厂", ["sme"])
    if move == "suspend":
        verify(client, organisation)
    client.sign_in(factories.operator().person)
    answer = client.post(f"/accounts/organisations/{organisation.pk}/{move}/", {"reason": "执照照片看不清"})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    back(client, organisation)
    page = Shown(client).page
    assert word in page
    assert "执照照片看不清" in page


@pytest.mark.req("R027")
def test_a_second_organisation_with_the_same_code_is_sent_to_the_firsts_admin(client: Any) -> None:
    first = join(client, "甲厂", ["sme"])
    again = client.post(
        "/accounts/organisations/new/", {"name": "甲厂分店", "uscc": first.uscc.lower(), "kinds": ["sme"]}
    )
    assert again.status_code == 422
    page = again.content.decode()
    assert "甲厂分店" in page, "nothing typed is lost"
    assert 'aria-invalid="true"' in page
    wrong = client.post(
        "/accounts/organisations/new/", {"name": "乙厂", "uscc": first.uscc[:-1] + "0", "kinds": ["sme"]}
    )
    assert wrong.status_code == 422


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.req("R027")
@pytest.mark.parametrize(("width", "colours"), [(1440, "light"), (390, "dark")])
def test_the_switch_is_a_button_on_the_home_page(new_page: Any, width: int, colours: str) -> None:
    base = factories.organisation("中试基地", kinds=["sme", "pilot_base"])
    page = new_page(factories.member(base), viewport={"width": width, "height": 844}, color_scheme=colours)
    page.goto("/")
    for name, key in (("中试基地", "pilot_base"), ("中小企业", "sme")):
        page.locator("main").get_by_role("button", name=name).click()
        expect(page.locator(f'main [data-home="{key}"]')).to_be_visible()
        expect(page.locator("main").get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert axe.violations(page) == []

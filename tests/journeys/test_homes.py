"""An organisation of each kind registers by the page, the operator verifies it, and each has a home of its own (R027)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.accounts.models import Membership, Organisation
from tests import factories
from tests.factories import PASSWORD

# What each kind of organisation meets first: its figures, in order, and where its first step leads.
HOMES = {
    "large_firm": (["已发布的需求", "我们的项目", "待结清的结算单"], "/needs/new/"),
    "sme": (["我们的工作包", "已发布的需求", "待结清的结算单"], "/needs/"),
    "university": (["开放的榜单", "已发布的需求", "我们的工作包"], "/needs/challenges/"),
    "research_institute": (["开放的榜单", "已发布的需求", "我们的工作包"], "/needs/challenges/"),
    "pilot_base": (["我们的工作包", "我们的项目", "等候的待办"], "/chains/machines/"),
    "investor": (["分阶段投入", "利益分配协议", "风险基金"], "/benefits/tranches/"),
    "channel_firm": (["已发布的需求", "我们的项目", "待结清的结算单"], "/needs/new/"),
    "end_user": (["已发布的需求", "我们的项目", "等候的待办"], "/needs/new/"),
    "supporting_firm": (["我们的工作包", "等候的待办", "待结清的结算单"], "/inbox/"),
    "test_laboratory": (["我们的工作包", "我们的项目", "等候的待办"], "/inbox/"),
    "service_provider": (["我们的项目", "已发布的需求", "等候的待办"], "/needs/"),
    "authority": (["已发布的需求", "开放的榜单", "我们的项目"], "/chains/"),
}


def home(client: Any) -> tuple[str, str]:
    """Which home the page is, and the page."""
    page = client.get("/").content.decode()
    found = re.search(r'data-home="(\w+)"', page)
    assert found, page[:2000]
    return found[1], page


def join(client: Any, name: str, kinds: list[str]) -> Organisation:
    """Open an account and register the organisation, by the pages alone."""
    client.sign_out()
    email = f"head{factories.make_uscc()[10:16].lower()}@example.test"
    opened = client.post("/accounts/sign-up/", {"name": f"{name}负责人", "email": email, "password": PASSWORD})
    assert opened.status_code == 302, opened.content.decode()[-2000:]
    registered = client.post(
        "/accounts/organisations/new/", {"name": name, "uscc": factories.make_uscc(), "kinds": kinds}
    )
    assert registered.status_code == 302, registered.content.decode()[-3000:]
    return Organisation.objects.get(name=name)


def verify(client: Any, organisation: Organisation) -> None:
    """The operator's admin finds it in the list of those that wait, and verifies it."""
    admin = factories.operator()
    client.sign_in(admin.person)
    listed = client.get("/accounts/organisations/?state=registered").content.decode()
    assert organisation.name in listed
    assert client.post(f"/accounts/organisations/{organisation.pk}/verify/").status_code == 302


def back(client: Any, organisation: Organisation) -> Any:
    """The organisation's first member signs in again, by the form."""
    client.sign_out()
    person = Membership.objects.get(organisation=organisation).person
    assert client.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD}).status_code == 302
    return person


@pytest.mark.req("R027")
@pytest.mark.parametrize("kind", list(HOMES))
def test_each_kind_sees_its_own_home(client: Any, kind: str) -> None:
    organisation = join(client, f"某{kind}", [kind])
    _key, waiting = home(client)
    assert "还需运营方核验" in waiting
    verify(client, organisation)
    back(client, organisation)
    key, page = home(client)
    assert key == kind
    assert "还需运营方核验" not in page
    figures, first_step = HOMES[kind]
    content = page.split('class="lead"')[1]
    places = [content.find(label) for label in figures]
    assert -1 not in places, (figures, places)
    assert places == sorted(places)
    assert f'href="{first_step}"' in content


@pytest.mark.req("R027", whole=True)
@pytest.mark.parametrize(
    ("kinds", "others"),
    [
        (["sme", "pilot_base"], ["university", "investor", "end_user", "channel_firm", "large_firm"]),
        (["supporting_firm", "test_laboratory"], ["research_institute", "service_provider", "authority"]),
        (["large_firm", "pilot_base", "investor"], ["sme", "university"]),
    ],
)
def test_one_organisation_of_several_kinds_switches_homes_without_a_second_account(
    client: Any, api: Any, kinds: list[str], others: list[str]
) -> None:
    for number, kind in enumerate(others):
        single = join(client, f"单一机构{number}", [kind])
        verify(client, single)
        back(client, single)
        assert home(client)[0] == kind
    organisation = join(client, "多重身份机构", kinds)
    verify(client, organisation)
    person = back(client, organisation)
    assert home(client)[0] == kinds[0]
    shown = client.get("/").content.decode()
    for kind in kinds:
        assert f'value="{kind}"' in shown, "every kind can be chosen in the page's head"
    seen = []
    for kind in [*kinds[1:], kinds[0]]:
        switched = client.post("/accounts/switch/", {"organisation": str(organisation.pk), "kind": kind})
        assert switched.status_code == 302
        key, page = home(client)
        assert key == kind
        seen.append(page)
    assert len(set(seen)) == len(kinds)
    assert Membership.objects.filter(person=person).count() == 1
    stranger = Organisation.objects.get(name="单一机构0")
    assert client.post("/accounts/switch/", {"organisation": str(stranger.pk), "kind": others[0]}).status_code == 404
    assert client.post("/accounts/switch/", {"organisation": "x", "kind": ""}).status_code == 404
    client.post("/accounts/switch/", {"organisation": str(organisation.pk), "kind": "operator"})
    assert home(client)[0] == kinds[0], "nobody becomes what the organisation is not"
    told = api.as_person(person).get("me/").data
    assert (told["organisation"]["kinds"], told["kind"]) == (kinds, kinds[0])


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
        found, page = home(client)
        assert found == key
        pages.add(page.split('class="lead"')[1])
    assert len(pages) == len(people)


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
    page = home(client)[1]
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

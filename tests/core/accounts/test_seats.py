"""The seat one acts from: which organisation, in which of its kinds, or oneself (R027)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.accounts import actions, changes, services
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid
from tests import factories


def seat_of(client: Any) -> tuple[Any, Any]:
    """Organisation and kind that the page's actor has."""
    actor = client.get("/").wsgi_request.actor
    return (actor.organisation, actor.kind)


@pytest.mark.parametrize("kind", ["operator", "investor", "nonsense"])
def test_switch_to_a_kind_that_is_not_the_organisations_is_refused_with_words(client: Any, kind: str) -> None:
    base = factories.organisation("中试基地", kinds=["sme", "pilot_base"])
    client.sign_in(factories.member(base))
    answer = client.post("/accounts/switch/", {"organisation": str(base.pk), "kind": kind})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "机构只能以已登记的类型办事" in page
    assert "中试基地 没有登记这一类型" in page
    assert f"/accounts/organisations/{base.pk}/" in page, "the link to whoever mends it"
    assert seat_of(client) == (base, "sme")


@pytest.mark.parametrize("ended", [True, False])
def test_switch_needs_a_seat_that_goes_on(client: Any, ended: bool) -> None:
    own, other = factories.organisation(kinds=["sme"]), factories.organisation(kinds=["investor"])
    person = factories.member(own)
    if ended:
        with transaction.atomic():
            services.end_seat(services.seat(person, other, ["member"]))
    client.sign_in(person)
    answer = client.post("/accounts/switch/", {"organisation": str(other.pk), "kind": "investor"})
    assert answer.status_code == 404
    assert "您不是" in answer.content.decode()
    assert seat_of(client) == (own, "sme")


def test_a_kind_that_the_organisation_gives_up_is_left_at_once(client: Any) -> None:
    base = factories.organisation(kinds=["sme", "pilot_base"])
    admin = factories.actor(base)
    client.sign_in(admin.person)
    client.post("/accounts/switch/", {"organisation": str(base.pk), "kind": "pilot_base"})
    assert seat_of(client) == (base, "pilot_base")
    changes.edit_organisation(actor=admin, organisation_id=base.pk, changes={"kinds": ["sme", "investor"]})
    assert seat_of(client) == (base, "pilot_base"), "the operator confirms first"
    changes.confirm_organisation_change(actor=factories.operator(), change_id=base.changes.get().pk)
    assert seat_of(client) == (base, "sme")


def test_who_registers_another_organisation_acts_for_it_at_once(client: Any) -> None:
    first = factories.organisation(kinds=["university"])
    client.sign_in(factories.member(first))
    sent = {"name": "衍生公司", "uscc": factories.make_uscc(), "kinds": ["sme"]}
    assert client.post("/accounts/organisations/new/", sent).status_code == 302
    assert seat_of(client) == (Organisation.objects.get(name="衍生公司"), "sme")
    client.post("/accounts/switch/", {"organisation": str(first.pk)})
    assert seat_of(client) == (first, "university")


def test_a_region_is_six_digits_of_ascii_by_page_and_by_rest(client: Any, api: Any) -> None:
    person = factories.member(factories.organisation(kinds=["university"]))
    client.sign_in(person)
    for code, good in (("３３０１００", False), ("33010", False), ("330100", True)):
        sent = {"name": f"衍生公司{code}", "uscc": factories.make_uscc(), "kinds": ["sme"], "region_code": code}
        assert client.post("/accounts/organisations/new/", sent).status_code == (302 if good else 422)
        sent |= {"uscc": factories.make_uscc()}
        assert api.as_person(person).post("organisations/", sent).status_code == (201 if good else 400)


def test_an_expert_with_a_seat_also_acts_for_nobody_but_themselves(client: Any) -> None:
    school = factories.organisation("某大学", kinds=["university"])
    professor = factories.member(school, name="秦教授", is_expert=True)
    client.sign_in(professor)
    assert seat_of(client) == (school, "university")
    assert "以专家身份，不代表机构" in client.get("/").content.decode()
    client.post("/accounts/switch/", {"organisation": ""})
    assert seat_of(client) == (None, None)
    assert "某大学" in client.get("/").content.decode(), "the way back"
    client.post("/accounts/switch/", {"organisation": str(school.pk)})
    assert seat_of(client) == (school, "university")


def test_only_experts_act_for_themselves(client: Any) -> None:
    school = factories.organisation(kinds=["university"])
    person = factories.member(school)
    client.sign_in(person)
    assert client.post("/accounts/switch/", {"organisation": ""}).status_code == 404
    session = client.session
    session["acting_organisation"] = "oneself"
    session.save()
    assert seat_of(client) == (school, "university")


def test_nobody_registers_or_becomes_the_operator(db: Any) -> None:
    me = Actor.for_person(factories.person())
    with pytest.raises(Invalid) as refused:
        actions.register_organisation(actor=me, name="甲", uscc=factories.make_uscc(), kinds=["sme", "operator"])
    assert "kinds" in refused.value.fields
    owner = factories.actor(factories.organisation(kinds=["sme"]))
    with pytest.raises(Invalid):
        changes.edit_organisation(
            actor=owner, organisation_id=owner.organisation_id, changes={"kinds": ["sme", "operator"]}
        )


def test_the_operator_keeps_its_kind_whatever_its_form_says(client: Any) -> None:
    admin = factories.operator()
    client.sign_in(admin.person)
    home = admin.organisation
    assert home is not None
    page = f"/accounts/organisations/{home.pk}/edit/"
    for kinds in ([], ["service_provider"]):
        assert client.post(page, {"name": "平台运营", "uscc": home.uscc, "kinds": kinds}).status_code == 302
        home.refresh_from_db()
        assert (home.kinds, home.is_operator) == (["operator", *kinds], True)
    assert seat_of(client) == (home, "operator")

"""Benefit templates between two chains: roles whose shares sum to 100, signed by both leaders, never edited (R130)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from chains.actions import benefit_template as actions
from chains.models import BenefitTemplate, TemplateRole
from chains.queries import benefit_templates_visible_to, template_versions_visible_to, templates_offered
from core import clock
from core.access import policy
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox.models import Notification, Task
from tests import factories
from tests.factories import chains as make


def proposed(percents: dict[str, str] | None = None) -> tuple[BenefitTemplate, Any, Any]:
    (cars, first), (chips, second) = make.led("汽车"), make.led("芯片")
    row = actions.propose_benefit_template(
        actor=first, chain=cars.pk, other_chain=chips.pk, title="跨链分配", roles=make.roles(percents or make.ROLES)
    )
    return row, first, second


@pytest.mark.parametrize(
    ("roles", "fields"),
    [
        ([("数据方", "60"), ("研发方", "39.9999")], {"roles"}), ([("数据方", "60"), ("研发方", "40.0001")], {"roles"}),
        ([("数据方", "100")], {"roles"}), ([], {"roles"}), ([("数据方", "50"), (" 数据方", "50")], {"roles.1.label"}),
        ([("", "50"), ("研发方", "50")], {"roles.0.label"}), ([("数据方", "0"), ("研发方", "100")], {"roles.0.percent"}),
        ([("数据方", "33.33333"), ("研发方", "66.66667")], {"roles.0.percent", "roles.1.percent"}),
        ([("数据方", "NaN"), ("研发方", "50")], {"roles.0.percent"}),
    ],
)  # fmt: skip
def test_roles_have_names_and_shares_that_sum_to_exactly_a_hundred(
    db: str, roles: list[tuple[str, str]], fields: set[str]
) -> None:
    (cars, first), (chips, _second) = make.led(), make.led()
    rows = [{"label": label, "percent": Decimal(percent)} for label, percent in roles]
    asked = {"actor": first, "chain": cars.pk, "other_chain": chips.pk, "title": "甲"}
    with pytest.raises(Invalid) as refused:
        actions.propose_benefit_template(**asked, roles=rows)
    assert set(refused.value.fields) == fields and not BenefitTemplate.objects.exists()
    thirds = make.roles({"一": "33.3333", "二": "33.3333", "三": "33.3334"})
    assert actions.propose_benefit_template(**asked, roles=thirds).versions.get().roles.count() == 3


def test_both_leaders_sign_and_a_change_after_one_signature_voids_it(db: str) -> None:
    row, first, second = proposed()
    assert Task.objects.filter(kind="sign_benefit_template", state="open").count() == 2
    with pytest.raises(WrongState):
        actions.sign_benefit_template(actor=first, template_id=row.pk, number=2)
    actions.sign_benefit_template(actor=first, template_id=row.pk, number=1)
    with pytest.raises(WrongState):
        actions.sign_benefit_template(actor=first, template_id=row.pk, number=1)
    assert not templates_offered([]).exists()
    changed = make.roles({"数据方": "25", "研发方": "75"})
    actions.propose_template_version(actor=second, template_id=row.pk, roles=changed, note="比例调整")
    with pytest.raises(WrongState):
        actions.sign_benefit_template(actor=second, template_id=row.pk, number=1)
    actions.sign_benefit_template(actor=second, template_id=row.pk, number=2)
    assert row.versions.get(number=2).state == "signing", "what the first leader signed was another table"
    actions.sign_benefit_template(actor=first, template_id=row.pk, number=2)
    assert [one.state for one in row.versions.order_by("number")] == ["superseded", "in_force"]
    assert templates_offered([]).get().number == 2
    assert Notification.objects.filter(kind="benefit_template", person=second.person).exists()

    # The next table: what is in force stays in force until both have signed again, and stays readable afterwards.
    actions.propose_template_version(actor=first, template_id=row.pk, roles=make.roles(make.ROLES))
    assert templates_offered([]).get().number == 2
    for who in (second, first):
        actions.sign_benefit_template(actor=who, template_id=row.pk, number=3)
    assert templates_offered([]).get().number == 3 and not Task.objects.filter(state="open").exists()
    reader = factories.actor(factories.organisation())
    assert [one.number for one in template_versions_visible_to(reader)] == [3, 2], "never in force: the leaders' own"
    assert [one.number for one in template_versions_visible_to(first)] == [3, 2, 1]


def test_who_sees_and_who_signs_a_template(db: str) -> None:
    row, first, second = proposed()
    admin_alone = factories.actor(first.organisation, roles=["admin"])
    other = factories.actor(factories.organisation())
    for who, sees, acts in [
        (first, 1, 1),
        (second, 1, 1),
        (admin_alone, 1, 0),
        (other, 0, 0),
        (factories.operator(), 0, 0),
    ]:
        assert benefit_templates_visible_to(who).count() == sees == policy.can(who, "chains.view_benefit_template", row)
        for rule in ("propose_template_version", "sign_benefit_template", "retire_benefit_template"):
            assert policy.can(who, f"chains.{rule}", row) == acts
    with pytest.raises(NotAllowed):
        actions.sign_benefit_template(actor=admin_alone, template_id=row.pk, number=1)
    with pytest.raises(NotFound):
        actions.sign_benefit_template(actor=other, template_id=row.pk, number=1)
    row.chain.designations.update(until=clock.now())
    with pytest.raises(NotFound):
        actions.sign_benefit_template(actor=first, template_id=row.pk, number=1)


def test_a_template_that_was_taken_back_is_offered_no_more(db: str) -> None:
    (cars, first), (chips, second) = make.led(), make.led()
    row = make.signed_template(first, second, cars, chips)
    with pytest.raises(Invalid):
        actions.retire_benefit_template(actor=second, template_id=row.pk, reason=" ")
    assert templates_offered([]).exists()
    actions.retire_benefit_template(actor=second, template_id=row.pk, reason="合作结束")
    assert not templates_offered([]).exists()
    with pytest.raises(WrongState):
        actions.propose_template_version(actor=first, template_id=row.pk, roles=make.roles(make.ROLES))
    assert benefit_templates_visible_to(factories.actor()).get() == row, "old agreements point at it"


def test_templates_of_the_parties_own_chains_are_offered_first(db: str) -> None:
    (cars, first), (chips, second), (flax, third) = make.led("汽车"), make.led("芯片"), make.led("麻纺")
    make.signed_template(first, third, cars, flax, title="甲")
    make.signed_template(first, second, cars, chips, title="乙")
    ours = [make.at_node(cars).organisation_id, make.at_node(chips).organisation_id]
    found = [(one.template.title, one.fits) for one in templates_offered([one for one in ours if one])]
    assert found == [("乙", 2), ("甲", 1)]


def test_the_database_keeps_shares_within_bounds(db: str) -> None:
    row, _first, _second = proposed()
    with pytest.raises(IntegrityError):
        TemplateRole.objects.create(version=row.versions.get(), label="多", percent=Decimal(101))


def test_a_template_by_pages(client: Any) -> None:
    (cars, first), (chips, second) = make.led("汽车"), make.led("芯片")
    client.sign_in(first.person)
    typed = {
        "title": "芯片上车",
        "chain": str(cars.pk),
        "other_chain": str(chips.pk),
        "label_0": "数据方",
        "percent_0": "30",
    }
    typed |= {"label_1": "研发方", "percent_1": "69.5", "reason_1": "核心技术"}
    wrong = client.post("/chains/benefit-templates/new/", typed)
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "99.5" in page[page.index('id="id_percent_1"') :][:600], "beside the last share"
    assert "核心技术" in page and not BenefitTemplate.objects.exists()
    assert client.post("/chains/benefit-templates/new/", typed | {"percent_1": "70"}).status_code == 302
    row = BenefitTemplate.objects.get()
    home = f"/chains/benefit-templates/{row.pk}/"
    assert client.post(home + "sign/1/").status_code == 302
    client.sign_in(factories.actor(factories.organisation()).person)
    assert client.get(home).status_code == client.post(home + "sign/1/").status_code == 404
    client.sign_in(second.person)
    assert (
        client.post(
            home + "propose/", {"label_0": "数据方", "percent_0": "50", "label_1": "研发方", "percent_1": "50"}
        ).status_code
        == 302
    )
    assert client.post(home + "sign/1/").status_code == 409 and client.post(home + "sign/2/").status_code == 302
    client.sign_in(first.person)
    assert client.post(home + "sign/2/").status_code == 302
    client.sign_in(factories.actor(factories.organisation()).person)
    shown = client.get(home).content.decode()
    assert 'id="v2"' in shown and 'id="v1"' not in shown
    assert "芯片上车" in client.get("/chains/benefit-templates/?live=offered").content.decode()
    assert client.get(home + "retire/").status_code == 403
    client.sign_in(second.person)
    assert client.post(home + "retire/", {"reason": "合作结束"}).status_code == 302
    assert "合作结束" in client.get(home).content.decode()

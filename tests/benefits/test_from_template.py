"""A share table that begins from a benefit template of two chains (R130)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from benefits.actions import agreement as actions
from benefits.models import AgreementVersion
from chains.actions import benefit_template as template_actions
from core.errors import Invalid, NotAllowed
from tests import factories
from tests.factories import benefits as make
from tests.factories import chains


def template(percents: dict[str, str] | None = None) -> tuple[Any, Any, Any]:
    (cars, first), (chips, second) = chains.led("汽车"), chains.led("芯片")
    row = chains.signed_template(first, second, cars, chips, percents)
    return row.versions.get(), first, second


def test_roles_become_lines_groups_and_sums(db: str) -> None:
    version, _first, _second = template({"数据方": "30", "研发方": "40", "中试方": "17.5", "市场方": "12.5"})
    agreement, actors = make.agreement(4)
    data, one, other, maker = [str(who.organisation_id) for who in actors]
    roles = {"数据方": [data], "研发方": [one, other], "中试方": [maker], "市场方": [data]}
    asked: dict[str, Any] = {"agreement_id": agreement.pk, "template_version": version.pk}
    assigned = [{"role": role, "parties": parties} for role, parties in roles.items()]
    made = actions.propose_from_template(actor=actors[0], assignments=assigned, **asked)
    assert made.template_version == version and made.state == "signing"
    tops = {str(line.organisation_id or line.label): line.percent for line in made.lines.filter(parent__isnull=True)}
    assert tops == {data: Decimal("42.5"), "研发方": Decimal(40), maker: Decimal("17.5")}
    members = made.lines.filter(parent__isnull=False).values_list("organisation_id", "weight")
    assert {str(pk): weight for pk, weight in members} == {one: 1, other: 1}
    with pytest.raises(NotAllowed):
        actions.propose_from_template(
            actor=factories.actor(actors[0].organisation, roles=[]), assignments=assigned, **asked
        )


@pytest.mark.parametrize(
    ("roles", "fields"),
    [
        ([("数据方", [0])], {"assignments"}), ([("数据方", [0]), ("研发方", [])], {"assignments.1.parties"}),
        ([("数据方", [0]), ("数据方", [1])], {"assignments.1.role"}), ([("数据方", [0]), ("别的", [1])], {"assignments.1.role"}),
        ([("数据方", [0]), ("研发方", [9])], {"assignments.1.parties"}), ([("数据方", [0, 1]), ("研发方", [1])], {"assignments.1.parties"}),
    ],
)  # fmt: skip
def test_every_role_is_played_by_parties_of_the_agreement(db: str, roles: list[Any], fields: set[str]) -> None:
    version, first, _second = template({"数据方": "60", "研发方": "40"})
    agreement, actors = make.agreement(2)
    known = [str(who.organisation_id) for who in actors]
    assigned = [
        {"role": role, "parties": [known[at] if at < 2 else str(first.organisation_id) for at in parties]}
        for role, parties in roles
    ]
    with pytest.raises(Invalid) as refused:
        actions.propose_from_template(
            actor=actors[0], agreement_id=agreement.pk, template_version=version.pk, assignments=assigned
        )
    assert set(refused.value.fields) == fields and not AgreementVersion.objects.exists()


def test_only_what_is_in_force_is_begun_from_and_stays_told_afterwards(api: Any, client: Any) -> None:
    version, first, second = template({"数据方": "60", "研发方": "40"})
    agreement, actors = make.agreement(2)
    assigned = [
        {"role": role, "parties": [str(who.organisation_id)]}
        for role, who in zip(("数据方", "研发方"), actors, strict=True)
    ]
    me = api.as_person(actors[0].person, actors[0].organisation)
    home = f"agreements/{agreement.pk}/"
    assert [one["id"] for one in me.get(home + "templates/").data] == [str(version.pk)]
    body = {"template_version": str(version.pk), "assignments": assigned, "note": "按模板"}
    made = me.post(home + "propose_from_template/", body)
    assert made.status_code == 201 and made.data["template_version"]["name"] == "跨链分配 v1", api.text(made)
    row = version.template
    changed = chains.roles({"数据方": "50", "研发方": "50"})
    template_actions.propose_template_version(actor=first, template_id=row.pk, roles=changed)
    for who in (first, second):
        template_actions.sign_benefit_template(actor=who, template_id=row.pk, number=2)
    assert me.post(home + "propose_from_template/", body).status_code == 422, "another table is in force now"
    template_actions.retire_benefit_template(actor=first, template_id=row.pk, reason="合作结束")
    assert me.get(home + "templates/").data == []
    client.sign_in(actors[1].person)
    page = client.get(f"/benefits/agreements/{agreement.pk}/?tab=shares").content.decode()
    assert f"/chains/benefit-templates/{row.pk}/#v1" in page and "跨链分配 v1" in page
    assert client.get(f"/chains/benefit-templates/{row.pk}/").status_code == 200
    assert client.get(f"/benefits/agreements/{agreement.pk}/propose/{version.pk}/").status_code == 404
    outsider = api.as_person(first.person, first.organisation)
    assert (
        outsider.get(home + "templates/").status_code
        == outsider.post(home + "propose_from_template/", body).status_code
        == 404
    )

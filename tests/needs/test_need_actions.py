"""From a pain point to signed indicators, and to a closed need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.errors import Blocked, Invalid, NotAllowed, NotFound, Stale, WrongState
from core.inbox.models import Task
from needs.actions import need as actions
from needs.models import Need
from needs.queries.need import issued_version, needs_visible_to, signature_matrix, specifications_in
from needs.services import need_specifications
from tests import factories
from tests.factories import needs as make


@pytest.mark.req("R002")
def test_a_need_without_a_demand_side_or_node_is_refused_beside_the_field(db: Any) -> None:
    owner = factories.actor(factories.organisation())
    with pytest.raises(Invalid) as refused:
        actions.post_need(actor=owner, title="x", pain_point="y", demand_side="")
    assert set(refused.value.fields) == {"demand_side", "node"}
    assert not Need.objects.exists()


@pytest.mark.req("R014")
def test_the_technical_step_opens_only_after_evidence(db: Any) -> None:
    owner = factories.actor(factories.organisation())
    chain = factories.chain()
    need = actions.post_need(actor=owner, title="x", pain_point="y", demand_side="rd", node=chain.nodes.first().pk)
    with pytest.raises(Blocked) as refused:
        actions.define_indicator(actor=owner, need_id=need.pk, **make.decimals(make.CHARGING))
    assert len(refused.value.missing) == 2, "affected users and evidence"
    actions.edit_need(actor=owner, need_id=need.pk, changes={"affected_users": "drivers"})
    actions.add_evidence(actor=owner, need_id=need.pk, file=make.pdf())
    actions.define_indicator(actor=owner, need_id=need.pk, **make.decimals(make.CHARGING))


@pytest.mark.req("R013")
def test_a_refused_indicator_leads_to_version_two_and_all_signatures_to_defined(db: Any) -> None:
    need, owner = make.draft()
    partners = [factories.actor(factories.organisation()) for _n in range(3)]
    for fields in (make.DENSITY, make.CHARGING):
        actions.define_indicator(actor=owner, need_id=need.pk, **make.decimals(fields))
    for partner in partners:
        actions.invite_definer(actor=owner, need_id=need.pk, organisation=partner.organisation.pk)
    actions.issue_version(actor=owner, need_id=need.pk)
    density, charging = need_specifications(need)
    assert Task.objects.filter(kind="sign_indicator", state="open").count() == 3
    for partner in partners[:2]:
        for one in (density, charging):
            actions.sign_indicator(actor=partner, need_id=need.pk, specification_id=one.pk)
    actions.sign_indicator(actor=partners[2], need_id=need.pk, specification_id=density.pk)
    actions.refuse_indicator(
        actor=partners[2], need_id=need.pk, specification_id=charging.pk, reason="18 min is what the line can do"
    )
    with pytest.raises(Blocked) as refused:
        actions.publish_need(actor=owner, need_id=need.pk)
    assert len(refused.value.missing) == 1 and str(partners[2].organisation) in str(refused.value.missing[0].what)

    actions.edit_indicator(
        actor=owner, need_id=need.pk, specification_id=charging.pk, **make.decimals(make.CHARGING | {"target": "18"})
    )
    with pytest.raises(Blocked) as refused:
        actions.publish_need(actor=owner, need_id=need.pk)
    assert "2" in str(refused.value.missing[0].what), "version 2 is not issued"
    actions.issue_version(actor=owner, need_id=need.pk, note="18 min")
    matrix = signature_matrix(need)
    assert {(str(spec), org.pk) for spec, org, _verdict in matrix.open_cells} == {
        ("充电时间", partner.organisation.pk) for partner in partners
    }, "the unchanged row keeps its signatures, the changed one has none"
    changed = need_specifications(need)[1]
    for partner in partners:
        actions.sign_indicator(actor=partner, need_id=need.pk, specification_id=changed.pk)
    need.refresh_from_db()
    assert need.state == "defined"
    assert not Task.objects.filter(kind="sign_indicator", state="open").exists()
    first = need.versions.get(number=1)
    from core.indicators.services import difference

    lines = difference(specifications_in(first), specifications_in(issued_version(need)))
    assert [(line.kind, "15" in line.before, "18" in line.after) for line in lines] == [("changed", True, True)]
    actions.publish_need(actor=owner, need_id=need.pk)


def test_a_change_after_all_have_signed_reopens_the_definition(db: Any) -> None:
    need, owner, _partners = make.defined()
    assert need.state == "defined"
    actions.define_indicator(
        actor=owner, need_id=need.pk, **make.decimals(make.CHARGING | {"name": "循环寿命", "unit": "次"})
    )
    need.refresh_from_db()
    assert need.state == "defining"


def test_strangers_see_no_draft_and_partners_only_theirs(db: Any) -> None:
    need, _owner, partners = make.defined()
    stranger = factories.actor(factories.organisation())
    assert list(needs_visible_to(stranger)) == []
    assert list(needs_visible_to(partners[0])) == [need]
    with pytest.raises(NotFound):
        actions.edit_need(actor=stranger, need_id=need.pk, changes={"title": "mine"})
    with pytest.raises(NotAllowed):
        actions.edit_need(actor=partners[0], need_id=need.pk, changes={"title": "mine"})


def test_two_people_editing_one_draft_lose_nothing(db: Any) -> None:
    need, owner = make.draft()
    need.refresh_from_db()
    actions.edit_need(actor=owner, need_id=need.pk, changes={"title": "first"}, version=need.version)
    with pytest.raises(Stale):
        actions.edit_need(actor=owner, need_id=need.pk, changes={"title": "second"}, version=need.version)


@pytest.mark.req("R008")
@pytest.mark.parametrize(
    ("density", "minutes", "possible"),
    [("262", "14", "met"), ("255", "14", "partly_met"), ("260", "15", "met"), ("300", "15.5", "partly_met")],
)
def test_a_need_closes_on_measured_values_and_only_as_they_allow(
    db: Any, density: str, minutes: str, possible: str
) -> None:
    need, owner, partners = make.published()
    first, second = need_specifications(need)
    values = [
        {"specification": first.pk, "value": Decimal(density), "source": "report"},
        {"specification": second.pk, "value": Decimal(minutes)},
    ]
    with pytest.raises(NotAllowed):
        actions.close_need(actor=partners[0], need_id=need.pk, outcome="met", measurements=values)
    with pytest.raises(Invalid) as refused:
        actions.close_need(actor=owner, need_id=need.pk, outcome=possible, measurements=values[:1])
    assert refused.value.code == "not_measured" and "充电时间" in str(refused.value.message)
    if possible == "partly_met":
        with pytest.raises(Invalid) as refused:
            actions.close_need(actor=owner, need_id=need.pk, outcome="met", measurements=values)
        assert refused.value.code == "only_partly_met"
    closed = actions.close_need(actor=owner, need_id=need.pk, outcome=possible, measurements=values)
    assert closed.state == possible
    with pytest.raises(WrongState):
        actions.close_need(actor=owner, need_id=need.pk, outcome=possible, measurements=values)

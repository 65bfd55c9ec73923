"""Pages of agreements, settlements, statements and staged money: the whole way by people."""

from __future__ import annotations

import csv
import io
import re
import uuid
from decimal import Decimal as Dec
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benefits import services
from benefits.actions import agreement as actions
from benefits.models import AgreementVersion, Dispute, Income, Settlement, Statement
from core import clock
from core.accounts.actor import Actor
from core.ledger import services as ledger
from tests import factories
from tests.factories import benefits as make


def typed(percents: Any, **changes: str) -> dict[str, str]:
    """What the browser sends for a share table of parties that stand alone."""
    values: dict[str, str] = {}
    for n, percent in enumerate(percents):
        values |= {f"percent_{n}": percent, f"reason_{n}": make.REASONS[n % 4], f"group_{n}": "", f"weight_{n}": ""}
    return values | changes


def test_from_the_share_table_to_the_confirmed_payment_by_page(client: Any) -> None:
    row, actors = make.agreement()
    home = f"/benefits/agreements/{row.pk}/"
    client.sign_in(actors[0].person, actors[0].organisation)
    assert client.post(f"{home}propose/", typed(("40", "30", "20", "10"))).status_code == 302
    version = AgreementVersion.objects.get()
    assert "待签署" in client.get(home).content.decode()
    for one in actors:
        client.sign_in(one.person, one.organisation)
        assert f"/benefits/versions/{version.pk}/sign/" in client.get(home).content.decode()
        assert client.post(f"/benefits/versions/{version.pk}/sign/").status_code == 302
        assert f"/benefits/versions/{version.pk}/sign/" not in client.get(home).content.decode()
    version.refresh_from_db()
    assert version.state == "in_force"
    client.sign_in(actors[0].person, actors[0].organisation)
    income = {"amount": "1,000,000.00", "received_on": str(clock.today()), "source": "首批订单"}
    assert client.post(f"{home}income/", income).status_code == 302
    sent = client.post(f"/benefits/incomes/{Income.objects.get().pk}/settle/")
    settlement = Settlement.objects.get()
    assert sent.headers["Location"] == f"/benefits/settlements/{settlement.pk}/"
    page = client.get(sent.headers["Location"]).content.decode()
    assert all(
        amount in page for amount in ("400,000.00", "300,000.00", "200,000.00", "100,000.00", str(settlement.txn_id))
    )
    rows = list(csv.reader(io.StringIO(client.get(f"{sent.headers['Location']}?file=csv").content.decode("utf-8-sig"))))
    assert sum(Dec(one[2]) for one in rows[1:]) == 1000000 and len(rows) == 5
    statement = Statement.objects.get(organisation=actors[1].organisation)
    own = f"/benefits/statements/{statement.pk}/"
    assert client.post(f"{own}instruct/", {"evidence": "B-7"}).status_code == 302
    assert client.post(f"{own}confirm/").status_code == 403
    client.sign_in(actors[1].person, actors[1].organisation)
    assert client.post(f"{own}confirm/").status_code == 302
    assert client.post(f"{own}reconcile/", {"evidence": ""}).status_code == 422
    assert client.post(f"{own}reconcile/", {"evidence": "B-7"}).status_code == 302
    shown = client.get(own).content.decode()
    assert "已对账" in shown and "300,000.00" in shown and "按份额精确计算" in shown and "data-print" in shown
    assert ledger.verify().is_sound


def test_a_group_is_typed_by_page_and_shown_again_for_the_next_version(client: Any) -> None:
    row, actors = make.agreement(5)
    client.sign_in(actors[0].person, actors[0].organisation)
    group = {"group_label_0": "中小企业", "group_percent_0": "20", "group_reason_0": "配套"}
    for n in (2, 3, 4):
        group |= {f"percent_{n}": "", f"reason_{n}": "", f"group_{n}": "0"}
    sent = client.post(f"/benefits/agreements/{row.pk}/propose/", typed(("50", "30", "", "", ""), **group))
    assert sent.status_code == 302, sent.content.decode()
    lines = list(AgreementVersion.objects.get().lines.order_by("position"))
    assert [(str(one), one.percent, one.weight) for one in lines[2:4]] == [
        ("中小企业", Dec(20), None), (str(actors[2].organisation), None, Dec(1)),
    ]  # fmt: skip
    again = client.get(f"/benefits/agreements/{row.pk}/propose/").content.decode()
    assert 'value="中小企业"' in again and 'value="50"' in again


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent_1": "viel"}, "percent_1"),
        ({"percent_1": "130"}, "percent_1"),
        ({"reason_2": " "}, "reason_2"),
        ({"group_3": "1", "percent_3": "10"}, "percent_3"),
        ({"group_3": "1", "percent_3": "", "weight_3": "0", "group_label_1": "x", "group_percent_1": "10", "group_reason_1": "y"}, "weight_3"),
        ({"group_3": "1", "percent_3": "", "group_percent_1": "10", "group_reason_1": "y"}, "group_label_1"),
        ({"group_3": "1", "percent_3": "", "group_label_1": "x", "group_reason_1": "y"}, "group_percent_1"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_share_table_stands_beside_its_field(
    client: Any, changes: dict[str, str], field: str
) -> None:
    row, actors = make.agreement()
    client.sign_in(actors[0].person, actors[0].organisation)
    sent = typed(("40", "30", "20", "10"), **changes) | {"note": "保留这句话"}
    page = client.post(f"/benefits/agreements/{row.pk}/propose/", sent)
    text = page.content.decode()
    assert page.status_code == 422 and "保留这句话" in text and make.REASONS[0] in text
    assert f'id="id_{field}_error"' in text, re.findall(r'id="id_\w+_error"', text)
    assert not AgreementVersion.objects.exists()


@pytest.mark.req("R088", whole=True)
@pytest.mark.parametrize(("repeat", "disputes", "amount"), [(2, 0, "1000000"), (1, 1, "777.77")])
def test_all_parties_open_the_ledger_and_see_the_same_totals_and_how_they_get_on(
    client: Any, repeat: int, disputes: int, amount: str
) -> None:
    version, actors = make.in_force()
    for _number in range(repeat):
        with transaction.atomic():
            services.open_agreement(
                subject_id=uuid.uuid4(), subject_title="另一个项目", subject_link="", actor=Actor.system(),
                organisations=[(one.organisation, "") for one in actors[:2] if one.organisation],
            )  # fmt: skip
    actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], amount).pk)
    statement = Statement.objects.get(organisation=actors[2].organisation)
    client.sign_in(actors[2].person, actors[2].organisation)
    for _number in range(disputes):
        assert client.post(f"/benefits/statements/{statement.pk}/ask/", {"text": "金额不对"}).status_code == 302
    seen = []
    for one in actors:
        client.sign_in(one.person, one.organisation)
        page = client.get(f"/benefits/agreements/{version.agreement_id}/").content.decode()
        table = page[page.index("<tbody>") : page.index("</tbody>")]
        seen.append(re.findall(r'class="fig">([^<]+)<', table))
        assert f"{repeat} 个其他项目" in page and re.search(rf"争议</dt><dd>{disputes}\b", page)
    assert seen[0] and all(one == seen[0] for one in seen) and f"{Dec(amount):,.2f}" in seen[0]
    for dispute in Dispute.objects.all():
        assert client.post(f"/benefits/disputes/{dispute.pk}/close/", {"outcome": "x"}).status_code == 403
        client.sign_in(actors[2].person, actors[2].organisation)
        assert client.post(f"/benefits/disputes/{dispute.pk}/close/", {"outcome": "已说明"}).status_code == 302
        assert "已说明" in client.get(f"/benefits/statements/{statement.pk}/").content.decode()


def staged(payer: Any, payee: Any) -> uuid.UUID:
    """Three held tranches of 3, 3 and 4 million."""
    subject, stages = uuid.uuid4(), [("rd", Dec(3000000)), ("pilot", Dec(3000000)), ("mass_production", Dec(4000000))]
    with transaction.atomic():
        rows = services.plan_tranches(
            subject_id=subject, subject_title="医疗器械协同", subject_link="", payer=payer.organisation, payee=payee.organisation,
            stages=stages, actor=Actor.system(),
        )  # fmt: skip
        for row in rows:
            services.hold_tranche(row, actor=Actor.system())
        services.void_tranche(rows[2], actor=Actor.system(), reason="stopped")
    return subject


def test_staged_money_shows_what_was_saved_and_offers_no_release(client: Any, api: Any) -> None:
    payer, payee, stranger = (factories.actor(factories.organisation()) for _n in range(3))
    subject = staged(payer, payee)
    client.sign_in(payee.person, payee.organisation)
    page = client.get(f"/benefits/tranches/of/{subject}/").content.decode()
    assert "4,000,000.00" in page and "6,000,000.00" in page and 'method="post"' not in page.split("<main")[1]
    seen = api.as_person(payer.person, payer.organisation).get("tranches/exposure/", {"subject_id": str(subject)})
    assert seen.data == {"planned": "10000000.00", "captured": "0.00", "held": "6000000.00", "saved": "4000000.00"}
    door = api.as_person(stranger.person, stranger.organisation)
    assert door.get("tranches/exposure/", {"subject_id": str(subject)}).status_code == 404
    assert door.get("tranches/exposure/", {"subject_id": "x"}).status_code == 400
    client.sign_in(stranger.person, stranger.organisation)
    assert client.get(f"/benefits/tranches/of/{subject}/").status_code == 404


def test_entries_of_the_ledger_by_rest_and_as_a_file_are_the_same_for_every_party(client: Any, api: Any) -> None:
    version, actors = make.in_force()
    income = make.income(version, actors[0], "0.05")
    actions.settle_income(actor=actors[0], income_id=income.pk)
    seen = []
    for one in actors:
        rows = (
            api.as_person(one.person, one.organisation)
            .get(f"agreements/{version.agreement_id}/entries/")
            .data["results"]
        )
        assert sum(Dec(row["amount"]) for row in rows) == 0 and all(str(income.pk) in row["cites"] for row in rows)
        client.sign_in(one.person, one.organisation)
        file = client.get(f"/benefits/agreements/{version.agreement_id}/entries/?file=csv").content.decode("utf-8-sig")
        seen.append((str(rows), file))
    assert len(set(seen)) == 1 and "-0.05" in seen[0][1]


PAGES = ["agreements/", "statements/", "tranches/", "funds/", "claims/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_list_asks_the_same_number_of_questions_for_one_row_and_for_three(client: Any, path: str) -> None:
    me = factories.operator()
    client.sign_in(me.person, me.organisation)

    def fill() -> None:
        version, actors = make.in_force(("100",))
        actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "10").pk)
        staged(actors[0], actors[0])
        make.claim_in_review()

    counts = []
    for times in (1, 2):
        for _time in range(times):
            fill()
        client.get(f"/benefits/{path}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/benefits/{path}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_page_of_an_agreement_is_hidden_from_others_and_closed_to_those_without_the_role(client: Any) -> None:
    version, actors = make.in_force()
    income = make.income(version, actors[0], "10")
    done = actions.settle_income(actor=actors[0], income_id=income.pk)
    statement = done.statements.get(organisation=actors[0].organisation)
    pages = [
        f"agreements/{version.agreement_id}/", f"agreements/{version.agreement_id}/entries/", f"settlements/{done.pk}/",
        f"statements/{statement.pk}/", f"agreements/{version.agreement_id}/propose/", f"agreements/{version.agreement_id}/income/",
        f"statements/{statement.pk}/instruct/", f"statements/{statement.pk}/ask/",
    ]  # fmt: skip
    buttons = [f"versions/{version.pk}/sign/", f"incomes/{income.pk}/settle/", f"statements/{statement.pk}/confirm/"]
    assert all(client.get(f"/benefits/{path}").status_code == 302 for path in pages)
    stranger = factories.actor(factories.organisation())
    client.sign_in(stranger.person, stranger.organisation)
    assert {client.get(f"/benefits/{path}").status_code for path in pages} == {404}
    assert {client.post(f"/benefits/{path}").status_code for path in buttons} == {404}
    plain = factories.actor(actors[1].organisation, roles=[])
    client.sign_in(plain.person, plain.organisation)
    assert [client.get(f"/benefits/{path}").status_code for path in pages] == [200, 200, 200, 200, 403, 403, 403, 200]
    assert {client.post(f"/benefits/{path}").status_code for path in buttons} == {403}
    admin = factories.operator()
    client.sign_in(admin.person, admin.organisation)
    assert [client.get(f"/benefits/{path}").status_code for path in pages] == [200, 200, 200, 200, 403, 403, 403, 403]

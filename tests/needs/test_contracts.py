"""The contract of an award: drafted, changed by both sides, signed by both; and the sheets that are printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.accounts.actor import Actor
from core.book.models import Body
from core.errors import Blocked, Invalid, NotAllowed, NotFound, Stale, WrongState
from core.inbox.models import Task
from core.web.capitals import in_capitals
from needs.actions import award as award_actions
from needs.actions import contract as actions
from needs.models.award import Award
from needs.models.contract import Contract
from needs.queries.contract import contracts_counted_for, contracts_visible_to
from needs.states.contract import CONTRACT, ContractState
from portal.queries.funnel import travelled
from tests import factories
from tests.factories.challenges import Reviewed

D = Decimal
MOVES = {
    "edit_contract": {"draft": "draft"},
    "sign_contract": {"draft": "draft"},
    "conclude_contract": {"draft": "signed"},
}
REST: dict[str, Any] = {
    "equipment": "经费不购置设备。",
    "secrecy": "双方保密五年。",
    "risk": "一方发现技术失败风险，十日内通知另一方。",
    "risk_client_percent": D("60.00"),
}


@pytest.mark.parametrize("state", ContractState.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_state_of_a_contract_against_every_move(state: str, move: str) -> None:
    if state in MOVES[move]:
        assert CONTRACT.after(state, move) == MOVES[move][state]
    else:
        with pytest.raises(WrongState):
            CONTRACT.after(state, move)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角整"),
        ("10.00", "人民币壹拾元整"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("900000.00", "人民币玖拾万元整"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("20030005000.00", "人民币贰佰亿叁仟万伍仟元整"),
        ("1000000000000.01", "人民币壹万亿元零壹分"),
    ],
)
def test_amounts_in_capital_numerals(amount: str, words: str) -> None:
    assert in_capitals(D(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "0.001", "10000000000000000"])
def test_what_is_no_amount_has_no_words(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        in_capitals(D(amount))


class Awarded(Reviewed):
    """A signed award of 900,000.00 to the first bidder."""

    def __init__(self, frozen_clock: Any) -> None:
        super().__init__(frozen_clock)
        self.marked()
        self.award: Award = self.propose(self.challenge, self.first)
        self.award = award_actions.sign_award(actor=self.second, award_id=self.award.pk)

    def contract(self, **changes: Any) -> Contract:
        """Drafted by the issuer; with everything written that the award does not say, unless `changes` are given."""
        row = actions.draft_contract(actor=self.drafter, award_id=self.award.pk)
        return actions.edit_contract(actor=self.first_bidder, contract_id=row.pk, changes=changes or REST)


def test_a_contract_begins_with_what_the_award_says(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = actions.draft_contract(actor=scene.drafter, award_id=scene.award.pk)
    assert (row.client, row.developer, row.amount) == (scene.issuer, scene.first_bidder.organisation, D("900000.00"))
    assert row.code == f"H{scene.challenge.code[1:]}-1"
    assert "把能量密度提升 30%。" in row.subject
    assert "十八个月" in row.plan
    assert "270,000.00" in row.payment and "360,000.00" in row.payment
    assert "按贡献共享。" in row.ip
    assert (row.equipment, row.secrecy, row.risk, row.risk_client_percent) == ("", "", "", None)
    with pytest.raises(WrongState) as refused:
        actions.draft_contract(actor=scene.drafter, award_id=scene.award.pk)
    assert refused.value.code == "contract_exists"
    open_for = Task.objects.filter(kind="sign_contract", state="open").values_list("organisation__name", flat=True)
    assert set(open_for) == {"甲整车", "乙研究院"}


def test_only_a_signed_award_becomes_a_contract_and_only_through_its_issuer(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    with pytest.raises(WrongState) as refused:
        actions.draft_contract(actor=scene.drafter, award_id=award.pk)
    assert refused.value.code == "award_not_signed"
    assert "甲整车" in str(refused.value.missing[0].who)
    award_actions.sign_award(actor=scene.second, award_id=award.pk)
    with pytest.raises(NotAllowed):
        actions.draft_contract(actor=scene.first_bidder, award_id=award.pk)


@pytest.mark.req("R016")
@pytest.mark.parametrize("client_first", [True, False])
def test_both_sides_sign_the_same_words(db: str, frozen_clock: Any, client_first: bool) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    order = [scene.second, scene.first_bidder] if client_first else [scene.first_bidder, scene.second]
    row = actions.sign_contract(actor=order[0], contract_id=row.pk, version=row.version)
    assert (row.state, row.signed_at) == ("draft", None)
    with pytest.raises(WrongState) as refused:
        actions.sign_contract(actor=order[0], contract_id=row.pk)
    assert refused.value.code == "side_signed"
    row = actions.sign_contract(actor=order[1], contract_id=row.pk, version=row.version)
    assert row.state == "signed" and row.signed_at is not None
    assert len(set(row.signatures.values_list("content_hash", flat=True))) == 1
    assert not Task.objects.filter(kind="sign_contract", state="open").exists()
    booked = list(Body.objects.filter(object_id=row.pk).order_by("entry_id").values_list("operation", flat=True))
    assert booked == ["draft_contract", "edit_contract", "sign_contract", "sign_contract", "conclude_contract"]
    with pytest.raises(WrongState):
        actions.edit_contract(actor=scene.drafter, contract_id=row.pk, changes={"other": "补充"})


def test_a_change_voids_what_was_signed_and_nobody_overwrites_silently(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    signed = actions.sign_contract(actor=scene.first_bidder, contract_id=row.pk, version=row.version)
    same = actions.edit_contract(actor=scene.drafter, contract_id=row.pk, changes={"risk": REST["risk"]})
    assert same.version == signed.version and same.signatures.filter(voided_at__isnull=True).count() == 1
    changed = actions.edit_contract(
        actor=scene.drafter, contract_id=row.pk, changes={"risk_client_percent": D(50)}, version=row.version
    )
    assert changed.version == row.version + 1
    assert not changed.signatures.filter(voided_at__isnull=True).exists()
    asked = Task.objects.filter(kind="sign_contract", state="open").values_list("organisation__name", flat=True)
    assert set(asked) == {"甲整车", "乙研究院"}
    with pytest.raises(Stale):
        actions.edit_contract(actor=scene.first_bidder, contract_id=row.pk, changes={"other": "x"}, version=row.version)
    with pytest.raises(Stale):
        actions.sign_contract(actor=scene.second, contract_id=row.pk, version=row.version)
    for wrong in ({"amount": D(1)}, {"risk_client_percent": D(101)}):
        with pytest.raises(Invalid):
            actions.edit_contract(actor=scene.drafter, contract_id=row.pk, changes=wrong)


def test_a_signature_waits_for_every_article(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract(equipment="无", subject=" ")
    with pytest.raises(Blocked) as refused:
        actions.sign_contract(actor=scene.second, contract_id=row.pk)
    assert len(refused.value.missing) == 4  # subject, secrecy, risk, share of the risk
    assert all("甲整车" in str(one.who) and "乙研究院" in str(one.who) for one in refused.value.missing)


def test_one_person_does_not_sign_for_both_sides(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    actions.sign_contract(actor=scene.first_bidder, contract_id=row.pk)
    both = factories.actor(scene.issuer, person_=scene.first_bidder.person)
    with pytest.raises(WrongState) as refused:
        actions.sign_contract(actor=both, contract_id=row.pk)
    assert refused.value.code == "same_person"


def test_nobody_else_reads_a_draft_of_a_contract(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    for outsider in (scene.second_bidder, scene.chair, factories.actor(factories.organisation()), Actor.nobody()):
        assert not contracts_visible_to(outsider).exists()
        with pytest.raises((NotFound, NotAllowed)):
            actions.sign_contract(actor=outsider, contract_id=row.pk)
    for side in (scene.drafter, scene.first_bidder):
        assert contracts_visible_to(side).get() == row


@pytest.mark.req("R016")
@pytest.mark.parametrize("role", ["approver", "admin"])
def test_who_oversees_staged_money_reads_a_contract_once_it_is_concluded(
    db: str, frozen_clock: Any, client: Any, role: str
) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    operator = factories.organisation(kinds=["operator"])
    overseer, clerk = factories.actor(operator, roles=[role]), factories.actor(operator, roles=["member"])
    assert not contracts_visible_to(overseer).exists(), "a draft is between its two sides"
    for signer in (scene.second, scene.first_bidder):
        actions.sign_contract(actor=signer, contract_id=row.pk)
    assert contracts_visible_to(overseer).get() == row
    assert not contracts_visible_to(clerk).exists() and not contracts_visible_to(scene.chair).exists()
    with pytest.raises(NotAllowed):
        actions.edit_contract(actor=overseer, contract_id=row.pk, changes={"other": "x"})
    client.sign_in(overseer.person, operator)
    for address in ("", "sheet/"):
        assert REST["secrecy"] in client.get(f"/needs/contracts/{row.pk}/{address}").content.decode()
    assert row.code in client.get("/needs/contracts/").content.decode()
    factories.actor(scene.second_bidder.organisation, person_=overseer.person)
    assert not contracts_visible_to(overseer).exists(), "of a rival's people nobody oversees it"


@pytest.mark.req("R016")
def test_the_list_of_contracts_is_filtered_sorted_and_taken_away(
    db: str, frozen_clock: Any, client: Any, api: Any
) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    actions.sign_contract(actor=scene.second, contract_id=row.pk)

    def codes(who: Actor, query: str) -> int:
        client.sign_in(who.person, who.organisation)
        answer = client.get(f"/needs/contracts/?file=csv&{query}")
        return b"".join(answer).decode("utf-8-sig").count(row.code)

    issuer, winner = scene.drafter, scene.first_bidder
    for who, side, waits in ((issuer, "client", "theirs"), (winner, "developer", "ours")):
        other = {"client": "developer", "developer": "client", "ours": "theirs", "theirs": "ours"}
        assert (codes(who, f"side={side}"), codes(who, f"side={other[side]}")) == (1, 0)
        assert (codes(who, f"waits={waits}"), codes(who, f"waits={other[waits]}")) == (1, 0)
        assert (codes(who, "state=draft"), codes(who, "state=signed")) == (1, 0)
        assert (codes(who, f"challenge={scene.challenge.code}"), codes(who, "challenge=C-none")) == (1, 0)
        assert (codes(who, "amount_from=900000"), codes(who, "amount_to=899999.99")) == (1, 0)
        assert codes(who, "q=乙研究院&sort=-amount") == 1
        theirs = api.as_person(who.person, who.organisation)
        found = theirs.get("contracts/", {"client": str(scene.issuer.pk), "amount__gte": "900000", "search": row.code})
        assert [one["code"] for one in found.data["results"]] == [row.code]
    assert codes(scene.second_bidder, "") == 0


def test_a_signed_contract_counts_as_contracted_for_all_who_know_the_award(db: str, frozen_clock: Any) -> None:
    scene = Awarded(frozen_clock)
    row = scene.contract()
    found: Any = travelled(scene.drafter).get(pk=scene.need.pk)
    assert found.contracted_at is None
    actions.sign_contract(actor=scene.first_bidder, contract_id=row.pk)
    row = actions.sign_contract(actor=scene.second, contract_id=row.pk)
    for side in (scene.drafter, scene.first_bidder):
        found = travelled(side).get(pk=scene.need.pk)
        assert (found.contracted_at, found.reached) == (row.signed_at, 5)
    for other in (scene.second_bidder, factories.actor(factories.organisation())):
        found = travelled(other).get(pk=scene.need.pk)
        assert found.reached == 5 and not contracts_visible_to(other).exists(), "counted, and not read"
    scene.need.confidentiality = "restricted"
    scene.need.save()
    assert not contracts_counted_for(factories.actor(factories.organisation())).exists()


@pytest.mark.parametrize(("amount", "words"), [("900000.00", "玖拾万元整"), ("810000.50", "捌拾壹万元零伍角整")])
def test_the_pages_of_the_contract_and_its_sheets(
    db: str, frozen_clock: Any, client: Any, amount: str, words: str
) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first, amount=D(amount))
    award_actions.sign_award(actor=scene.second, award_id=award.pk)

    def enter(actor: Actor) -> None:
        client.force_login(actor.person)
        session = client.session
        session["organisation_id"] = str(actor.organisation_id)
        session.save()

    enter(scene.drafter)
    assert words in client.get(f"/needs/awards/{award.pk}/sheet/").content.decode()
    assert words in client.get(f"/needs/awards/{award.pk}/pledge/").content.decode()
    made = client.post(f"/needs/awards/{award.pk}/contract/")
    row = Contract.objects.get()
    assert made.url == f"/needs/contracts/{row.pk}/"
    first = {name: getattr(row, name) for name in ("subject", "plan", "payment", "ip", "acceptance")}
    saved = client.post(f"/needs/contracts/{row.pk}/edit/", first | REST | {"version": row.version, "other": ""})
    assert saved.status_code == 302
    row.refresh_from_db()
    assert client.post(f"/needs/contracts/{row.pk}/sign/", {"version": row.version}).status_code == 302
    enter(scene.first_bidder)
    assert "60" in client.get(f"/needs/contracts/{row.pk}/").content.decode()
    assert client.post(f"/needs/contracts/{row.pk}/sign/", {"version": row.version}).status_code == 302
    row.refresh_from_db()
    assert row.state == "signed"
    paper = client.get(f"/needs/contracts/{row.pk}/sheet/").content.decode()
    assert words in paper
    assert row.signatures.values_list("content_hash", flat=True)[0] in paper
    enter(scene.second_bidder)
    assert client.get(f"/needs/contracts/{row.pk}/").status_code == 404
    assert client.get(f"/needs/awards/{award.pk}/pledge/").status_code == 404
    assert "41.5" not in client.get(f"/needs/awards/{award.pk}/sheet/").content.decode()

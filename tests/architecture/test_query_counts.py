"""A list asks the database as often for one row as for three: every list page and every REST list."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.paginator import Paginator
from django.db import Error, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from tests.architecture import world as everything
from tests.support.kept_world import world_of

LITERAL = re.compile(r"IN \([^()]*\)|'[^']*'(::\w+)?|\b\d+\b")
# Who looks: of these, whoever sees most rows of a list.
EYES = ["leader", "party", "admin", "reviewer"]
# Addresses that do something when they are opened: reading a notice marks it as read, opening a confidential file is logged.
NO_LISTS = (
    "inbox:notification",
    "needs:details_file",
    "challenge-details-file",
    "islands",
)  # the last: one answer of four lists
# Lists of which the walk leaves too few rows, and which cannot be copied; the second test fills each of them.
FEW = {
    "acceptance-list", "agreement-version-list", "alerts:alert", "alerts:thresholds", "award-notice-list", "challenge-question-list",
    "client-list", "contract-list", "dispute-list", "files:list", "gate-condition-list", "match-dismissal-list", "need-merge-list", "needs:flow_map",
    "needs:contracts", "needs:questions", "needs:seats", "needs:similar", "portal:island_needs", "projects:approvals", "settlement-list", "similar-pair-list",
    "supplement-list", "open-challenge-list", "open:challenges",
}  # fmt: skip
# Whether it can be copied depends on the row that happens to be copied; the second test fills it in any case.
SOMETIMES = {
    "challenge-question-list", "needs:flow_map", "needs:questions", "needs:similar", "portal:island_needs", "similar-pair-list", "supplement-list",
}  # fmt: skip


@contextmanager
def pages_of(rows: int) -> Iterator[list[tuple[type, Any]]]:
    """Pages hold so many rows; gives what each table showed: its class and its rows."""
    from core.web.tables.table import Table

    shown: list[tuple[type, Any]] = []

    def page(self: Any) -> Any:
        if "page_of_test" not in self.__dict__:
            self.__dict__["page_of_test"] = Paginator(self.filtered, rows).get_page(1)
            shown.append((type(self), self.__dict__["page_of_test"].object_list))
        return self.__dict__["page_of_test"]

    with patch.object(Table, "page", property(page)):
        yield shown


class Asked:
    """One address, one pair of eyes, one number of rows: how many rows came and how many queries it took."""

    def __init__(self, client: Any, path: str, rows: int, is_api: bool) -> None:
        connection.queries_log.clear()  # it holds so many and no more, and the difference would be wrong
        with pages_of(rows) as shown, CaptureQueriesContext(connection) as queries:
            # As htmx asks: the navigation around every page is no list.
            answer = client.get(path, {"page_size": rows} if is_api else {}, headers={} if is_api else everything.PART)
        self.status, self.queries = answer.status_code, len(queries)
        self.shapes = Counter(LITERAL.sub("?", one["sql"]) for one in queries.captured_queries)
        self.model: type[models.Model] | None = None
        if is_api:
            is_json = answer.headers.get("Content-Type", "").startswith("application/json")
            data = answer.json() if answer.status_code == 200 and is_json else {}
            self.rows = len(data["results"]) if isinstance(data, dict) and "results" in data else 0
        else:
            self.rows = max((len(found) for _table, found in shown), default=0)
            if shown:
                self.model = shown[0][1].model if hasattr(shown[0][1], "model") else None


def copies(model: type[models.Model], wanted: int) -> None:
    """More rows of the model, copied from one with what must differ changed, until the database says no."""
    first = model._default_manager.order_by("pk").first()
    together = {
        name for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint) for name in rule.fields
    }
    while first is not None and model._default_manager.count() < wanted:
        row = model._default_manager.get(pk=first.pk)
        row.pk = uuid.uuid4() if isinstance(model._meta.pk, models.UUIDField) else None
        for field in model._meta.concrete_fields:
            if field.unique and field.is_relation and field.null:
                setattr(row, field.attname, None)
            elif field.is_relation and (field.unique or field.name in together):
                others = field.related_model._default_manager.exclude(pk=getattr(row, field.attname))
                taken = model._default_manager.values(field.attname)
                setattr(
                    row,
                    field.attname,
                    others.exclude(pk__in=taken).values_list("pk", flat=True).first() or getattr(row, field.attname),
                )
            elif (field.unique or field.name in together) and not field.primary_key and not field.is_relation:
                _change(row, field)
        row._state.adding = True
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                for field in model._meta.many_to_many:
                    getattr(row, field.name).set(getattr(first, field.name).all())
        except Error:
            return


def _change(row: Any, field: Any) -> None:
    value = getattr(row, field.attname)
    if isinstance(field, models.UUIDField):
        setattr(row, field.attname, uuid.uuid4())
    elif isinstance(value, str):
        setattr(row, field.attname, uuid.uuid4().hex[: field.max_length or 30])
    elif isinstance(value, int):
        setattr(row, field.attname, value + uuid.uuid4().int % 100_000)


@pytest.mark.timeout(600)
def test_every_list_asks_as_often_for_one_row_as_for_three(live_server: str, tmp_path: Path, settings: Any) -> None:
    settings.API_RATES = {}
    world = world_of(live_server, tmp_path)
    clients = {who: everything.client_of(world, who) for who in EYES}
    growing, few, seen = [], {}, 0
    for door in everything.doors():
        if door.is_api and (door.methods and "GET" not in door.methods):
            continue
        try:
            path = reverse(door.name, kwargs=world.arguments(door))
        except NoReverseMatch:
            continue
        if door.name in NO_LISTS:
            continue
        with transaction.atomic():
            found = _measured(clients, path, door)
            transaction.set_rollback(True)  # the copies would not stand other pages' scrutiny
        if found is None:
            continue
        seen += 1
        who, one, three = found
        if three.rows < 2:
            few[door.name] = three.rows
        growing += repeated(door.name, who, one, three)
    assert seen > 40
    assert not growing, "\n".join(growing)
    assert set(few) - SOMETIMES == FEW - SOMETIMES, "\n" + "\n".join(
        f"{name} {rows}" for name, rows in sorted(few.items())
    )


def repeated(name: str, who: str, one: Asked, many: Asked) -> list[str]:
    """What many rows ask more often than one: a prefetch of a row that has nothing to fetch asks once less, that is all."""
    if many.rows < 2:
        return []
    again = [shape for shape, count in many.shapes.items() if count > max(1, one.shapes[shape])]
    return [f"{name} as {who}, {one.queries} → {many.queries}: {shape[:300]}" for shape in again]


@pytest.mark.timeout(600)
def test_the_lists_that_the_walk_leaves_short(db: str, client: Any) -> None:
    from benefits.actions import agreement as agreements
    from benefits.actions import dispute
    from benefits.models import Statement
    from core import clock
    from core.accounts import actions
    from core.accounts.actor import Actor
    from core.checks import actions as check_actions
    from core.checks.models import Alert, AlertTold
    from core.files.models import StoredFile
    from needs.actions import question as questions
    from needs.models.eligibility import SupplementRequest
    from needs.models.matching import Dismissal
    from projects.actions import flow
    from projects.actions import project as project_actions
    from tests import factories
    from tests.factories import benefits, challenges, needs, offers, projects, results

    scenes = [projects.Scene().started() for _ in range(3)]
    for scene in scenes:
        scene.submit("rd", "300")
        scene.found("rd")
    approver, leader = scenes[0].approver, scenes[0].leader
    growing = compared(client, "projects:approvals", approver)
    day = clock.today() + dt.timedelta(days=30)
    for scene in scenes:
        rows = [{"text": "补充检测", "owner": str(scene.institute.organisation_id), "due_on": day}]
        scene.decide("rd", "conditional", conditions=rows)
    growing += compared(client, "gate-condition-list", approver)
    done = [projects.Scene() for _ in range(2)]
    for scene in done:
        need, _owner, _others = needs.published(scene.leader)
        project_actions.link_need(actor=scene.leader, project_id=scene.pk, need=need.pk)
        scene.started().passed("rd").passed("pilot").passed("mass_production")
    expert = factories.person(is_expert=True)
    for scene in done:
        flow.record_acceptance(actor=scene.leader, project_id=scene.pk, expert=expert.pk)
    growing += compared(client, "acceptance-list", Actor.for_person(expert), wanted=2)
    version, parties = benefits.in_force()
    for number in range(3):
        agreements.settle_income(actor=parties[0], income_id=benefits.income(version, parties[0], f"{number + 1}00").pk)
    growing += compared(client, "settlement-list", parties[0])
    for party, statement in zip(parties[:3], Statement.objects.order_by("pk")[:3], strict=True):
        dispute.raise_dispute(actor=party, statement_id=statement.pk, text="金额不对")
    growing += compared(client, "dispute-list", parties[0])
    for percents in (["40", "30", "15", "15"], ["10", "30", "30", "30"]):
        benefits.signed(version.agreement, parties, benefits.lines(parties, percents))
    growing += compared(client, "agreement-version-list", parties[0])
    for number in range(3):
        actions.create_client(
            actor=leader, organisation_id=leader.organisation_id, name=f"ERP {number}", scopes=["needs:read"], roles=[]
        )  # fmt: skip
    growing += compared(client, "client-list", leader)
    issuer = challenges.Scene()
    rows = [issuer.published() for _ in range(3)]
    judge = issuer.panelist(rows[0])
    for row in rows[1:]:
        row.panel.create(person=judge.person, state="cleared", declared_at=clock.now())
    growing += compared(client, "needs:seats", judge)
    type(issuer.need).objects.filter(pk=issuer.need.pk).update(confidentiality="public")
    type(rows[0]).objects.update(is_public=True)
    growing += compared(client, "open:challenges", judge)
    growing += compared(client, "open-challenge-list", judge)
    bidder = issuer.bidder()
    bid = issuer.submitted_bid(rows[0], bidder)
    for number in range(3):
        questions.ask_question(actor=bidder, challenge_id=rows[0].pk, text=f"问题 {number}")
        due = clock.now() + dt.timedelta(days=20)
        SupplementRequest.objects.create(bid=bid, number=number + 1, text="证书", due_at=due, asked_by=judge.person)
    growing += compared(client, "challenge-question-list", bidder)
    growing += compared(client, "needs:questions", bidder, pk=rows[0].pk)
    growing += compared(client, "supplement-list", bidder)
    for number, row in enumerate(rows):
        challenges.contracted(bid if number == 0 else issuer.submitted_bid(row, bidder), issuer.drafter)
    growing += compared(client, "contract-list", bidder)
    growing += compared(client, "needs:contracts", bidder)
    nodes = list(factories.chain().nodes.order_by("order"))
    led = factories.chain("1", leader=leader.organisation)
    for number in range(3):
        alone = challenges.published_need(leader.organisation, chain=led, specs=[], title=f"孤立的需求 {number}")
        result, _owner = results.published(bidder, title=f"成果 {number}")
        Dismissal.objects.create(
            organisation=leader.organisation, subject_type="needs.need", subject_id=alone.pk, object_type="needs.result",
            object_id=result.pk, reason="不合",
        )  # fmt: skip
    growing += compared(client, "portal:island_needs", leader)
    growing += compared(client, "match-dismissal-list", leader)
    giver, taker = factories.actor(factories.organisation()), factories.actor(factories.organisation())
    for _number in range(3):
        offers.recorded(giver, taker, nodes[0], nodes[1])
    growing += compared(client, "needs:flow_map", giver, pk=nodes[0].chain_id)
    StoredFile.objects.bulk_create(
        StoredFile(name=f"{number}.csv", size=1, sha256=f"{number:064}", path=str(number), scan_state="infected")
        for number in range(3)
    )
    growing += compared(client, "files:list", factories.operator())
    alert = Alert.objects.create(
        code="A12", check_name="x", object_type="projects.project", object_id=scenes[0].pk, object_label="x", rule="x",
        state="told",
    )  # fmt: skip
    alert.organisations.set([leader.organisation])
    for _number in range(3):
        told = factories.member(leader.organisation)
        AlertTold.objects.create(alert=alert, person=told, told_at=clock.now())
    growing += compared(client, "alerts:alert", leader, pk=alert.pk)
    chain = factories.chain("0", leader=leader.organisation)  # the first of all, so the one that is shown
    for value in (10, 20, 40):
        changed = {"code": "A12", "name": "handover_days", "value": Decimal(value), "reason": "x"}
        check_actions.change_threshold(actor=leader, chain_id=chain.pk, **changed)
    growing += compared(client, "alerts:thresholds", leader)
    assert not growing, "\n".join(growing)


def compared(client: Any, name: str, actor: Any, *, wanted: int = 3, **where: Any) -> list[str]:
    """What this actor's list asks more often for several rows than for one."""
    client.sign_out()
    client.sign_in(actor.person, actor.organisation)
    path, is_api = reverse(name, kwargs=where), ":" not in name
    client.get(path)
    one, many = Asked(client, path, 1, is_api), Asked(client, path, 3, is_api)
    assert (one.rows, many.rows) == (1, wanted), (name, one.rows, many.rows)
    return repeated(name, str(actor.person), one, many)


def _measured(clients: dict[str, Any], path: str, door: Any) -> tuple[str, Asked, Asked] | None:
    """Who sees most, and what one row and three cost them; None where the address is no list."""
    found = _best(clients, path, door)
    if found is None:
        return None
    if found[1].rows < 3 and (model := door.model or found[1].model) is not None:
        copies(model, 8)
        found = _best(clients, path, door) or found
    who, three = found
    return who, Asked(clients[who], path, 1, door.is_api), three


def _best(clients: dict[str, Any], path: str, door: Any) -> tuple[str, Asked] | None:
    """The eyes that see most rows, with the second of two looks (the first one warms what is kept in memory)."""
    best: tuple[str, Asked] | None = None
    for who, client in clients.items():
        answer = Asked(client, path, 3, door.is_api)
        is_list = answer.rows or answer.model is not None or (door.is_api and door.name.endswith("-list"))
        if answer.status == 200 and not is_list:
            break  # what is no list for one of them is none for the others
        if answer.status == 200 and (best is None or answer.rows > best[1].rows):
            best = (who, answer)
        if best is not None and best[1].rows >= 3:
            break
    return (best[0], Asked(clients[best[0]], path, 3, door.is_api)) if best else None

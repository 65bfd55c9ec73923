"""The walk itself: one case after the other, each step through somebody's own door, its figure read back and printed."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from core import clock
from portal.walk import cast, flow, money, shown
from portal.walk.cases import CASES, DOMAIN, EXPERTS, OTHERS, PASSWORD, Case
from portal.walk.client import Refused, Visitor

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


class Walk:
    """Plays all cases; what was decided by the clock (deadlines) is kept in a file, so that a stopped walk goes on."""

    def __init__(self, url: str, say: Callable[[str], Any], visitor: type[Visitor] = Visitor) -> None:
        self.url, self._say, self._visitor = url, say, visitor
        self.memory = Path(settings.STATE_DIR) / "walk.json"
        self.kept: dict[str, Any] = json.loads(self.memory.read_text()) if self.memory.exists() else {}
        self._visitors: dict[str, Visitor] = {}
        self.organisations: dict[str, str] = {}

    # What every part of the walk uses.

    def say(self, words: str, figure: str = "", link: str = "") -> None:
        """One line: the step, its figure, where to look."""
        self._say("  ✓ " + words + (f"  {figure}" if figure else "") + (f"  {self.url}{link}" if link else ""))

    def keep(self, name: str, make: Callable[[], Any]) -> Any:
        """A value decided once and kept."""
        if name not in self.kept:
            self.kept[name] = make()
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            self.memory.write_text(json.dumps(self.kept, ensure_ascii=False, indent=1))
        return self.kept[name]

    def as_(self, local: str) -> Visitor:
        """The session of a person of the demonstration."""
        if local not in self._visitors:
            self._visitors[local] = self._visitor(
                self.url, f"{local}@{DOMAIN}", PASSWORD, self.keep("salt", lambda: f"{time.time():.0f}")
            )
        return self._visitors[local]

    def day(self, days: int) -> str:
        """A day from today, in China, decided once."""
        first = self.keep("first_day", lambda: clock.today().isoformat())
        return (dt.date.fromisoformat(first) + dt.timedelta(days=days)).isoformat()

    def check(self, truth: bool, words: str) -> None:
        """Stop when a figure is not what it must be."""
        if not truth:
            raise Refused(words)

    # The parts.

    def play(self) -> None:
        """Everything, from an empty database to the last figure."""
        self._say("参考案例 · 示例数据 / Reference cases with sample data")
        cast.operator()
        for name, field in EXPERTS:
            cast.person(
                name, f"expert{EXPERTS.index((name, field)) + 1}", title="外部专家", is_expert=True, expertise=field
            )
        call_command("load_public_calls", stdout=_Silent())
        self._organisations()
        for case in CASES:
            self._say(f"{case.chain[0]} · {case.title}")
            play = Play(self, case)
            play.all()
            shown.to_everyone(play)
        if self.kept.get("shown"):
            shown.read_by_a_stranger(self)
        self._last()

    def _organisations(self) -> None:
        """Organisations of every kind register, and the operator verifies them (R027)."""
        self._say("机构 / Organisations")
        for number, (name, kinds, title) in enumerate(OTHERS, start=1):
            self.register(name, kinds, f"other{number}", title)
        self.say(
            "one organisation of every kind has its own home",
            f"{len(self.organisations)} + {len(CASES) * 7}",
            "/accounts/organisations/",
        )

    def register(self, name: str, kinds: list[str], local: str, title: str) -> str:
        """A person registers the organisation, the operator's admin verifies it; gives its id."""
        cast.person(title, local, title=title)
        visitor = self.as_(local)
        body = {"name": name, "uscc": cast.code_for(name), "kinds": kinds}
        row = visitor.post("organisations/", body, key=f"register:{local}")
        self.as_("admin").post(f"organisations/{row['id']}/verify/", key=f"verify:{local}")
        visitor.organisation = str(row["id"])
        self.organisations[local] = str(row["id"])
        self.check("data-home=" in visitor.page("/"), f"{name} has no home")
        return str(row["id"])

    def _last(self) -> None:
        """The books of everything that happened are sound."""
        from core.book import services as book
        from core.book import verifying
        from core.ledger import services as ledger

        while book.sequence():
            pass
        log, money_report = verifying.verify(), ledger.verify()
        self.check(log.is_sound, f"the book is broken at {log.broken_index}: {log.reason}")
        self.check(money_report.is_sound, f"the ledger differs: {money_report.faults}")
        self.say("the book is whole", f"{log.entries} entries, root {log.root[:16]}…", "/book/")
        self.say("the ledger balances", f"{money_report.transactions} transactions", "/benefits/agreements/")
        self.keep("whole", lambda: True)

    def verify(self) -> None:
        """Read the played walk again: the figures still stand."""
        self.check(bool(self.kept.get("whole")), "the walk was never played to its end")
        for case in CASES:
            found = self.kept.get(f"{case.key}:project")
            self.check(bool(found), f"{case.key} has no project")
            row = self.as_(f"{case.key}-leader").get(f"projects/{found}/")
            self.say(
                f"{case.chain[0]}: {row['title']}",
                f"{row['state']}, released {row['money']['captured']}",
                f"/projects/{found}/",
            )
        if self.kept.get("shown"):
            shown.read_by_a_stranger(self)
        self._last()


class Play:
    """One case."""

    def __init__(self, walk: Walk, case: Case) -> None:
        self.walk, self.case = walk, case
        self.ids: dict[str, str] = {}

    def who(self, part: str) -> Visitor:
        """A person of this case: leader, second, institute, university, supplier1, supplier2, investor, user."""
        return self.walk.as_(f"{self.case.key}-{part}")

    def key(self, step: str) -> str:
        return f"{self.case.key}:{step}"

    @property
    def bid_seconds(self) -> float:
        """How long the challenge takes bids."""
        return flow.DEADLINE_SECONDS

    def post_need(self, body: dict[str, Any]) -> Any:
        """The leader's draft of a need."""
        return self.who("leader").post("needs/", body, key=self.key("need"))

    def all(self) -> None:
        """The steps of the walk in their order."""
        self.parties()
        self.chain()
        flow.survey(self)
        flow.need(self)
        flow.challenge(self)
        flow.bids(self)
        flow.review(self)
        flow.award(self)
        flow.project(self)
        done = flow.stages(self)
        if done:
            flow.acceptance(self)
        money.revenue(self)
        money.fund(self, failed=not done)

    def parties(self) -> None:
        """Leader, institute, university, two suppliers, investor and user of the chain."""
        case, key = self.case, self.case.key
        rows = [
            ("leader", case.leader, ["large_firm"], "研发总监"), ("institute", case.institute, ["research_institute"], "课题负责人"),
            ("university", case.university, ["university"], "教授"), ("supplier1", case.suppliers[0], ["supporting_firm", "sme"], "工艺经理"),
            ("supplier2", case.suppliers[1], ["supporting_firm", "sme"], "质量经理"), ("investor", case.investor, ["investor"], "投资经理"),
            ("user", case.user, ["end_user"], "用户代表"),
        ]  # fmt: skip
        for part, name, kinds, title in rows:
            self.ids[part] = self.walk.register(name, kinds, f"{key}-{part}", title)
        cast.second_seat(self.ids["leader"], "复核人", f"{key}-second", "法务复核")
        self.who("second").organisation = self.ids["leader"]

    def chain(self) -> None:
        """The operator draws the chain and designates its leader."""
        admin = self.walk.as_("admin")
        name, name_en = self.case.chain
        chain = admin.post("chains/", {"name": name, "name_en": name_en, "code": self.case.key}, key=self.key("chain"))
        self.ids["chain"] = chain["id"]
        for node, node_en, tier in self.case.nodes:
            row = admin.post(
                f"chains/{chain['id']}/add_node/",
                {"name": node, "name_en": node_en, "tier": tier},
                key=self.key(f"node:{tier}"),
            )
            self.ids[f"node:{tier}"] = row["id"]
        admin.post(
            f"chains/{chain['id']}/designate_leader/", {"organisation_id": self.ids["leader"], "reason": "产业链规模与带动作用（示例）"},
            key=self.key("designate"),
        )  # fmt: skip
        for part, tier in (
            ("supplier1", "upstream"),
            ("supplier2", "upstream"),
            ("leader", "midstream"),
            ("user", "downstream"),
        ):
            self.who(part).post(f"chain-nodes/{self.ids[f'node:{tier}']}/join/", key=self.key(f"join:{part}"))
        shown = admin.get(f"chains/{chain['id']}/")
        self.walk.check(shown["leader"]["id"] == self.ids["leader"], "the leader is not designated")
        self.walk.say(
            "chain map with up-, mid- and downstream nodes and its leader",
            f"{len(shown['nodes'])} nodes",
            f"/chains/{chain['id']}/",
        )

    def amount(self, percent: str) -> Decimal:
        """A part of the budget."""
        return (Decimal(self.case.budget) * Decimal(percent) / 100).quantize(Decimal("0.01"))


class _Silent:
    """Takes a command's words."""

    def write(self, _words: str) -> None:
        return

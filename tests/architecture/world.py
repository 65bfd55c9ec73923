"""A world with one of everything, made by the reference walk itself, and eight kinds of people who try every door."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support import headers

# Numbers that are drawn: hashes, ids in text, social credit codes, receipts.
SECRET = re.compile(r"[0-9a-f-]{16,}|^91[0-9A-Z]{16}$|\$")

# The order of the letters in the table.
# What htmx says: it is answered without the navigation around every page.
PART = {"HX-Request": "true"}
PEOPLE = ["stranger", "machine", "other", "conflicted", "reviewer", "party", "leader", "admin"]


@dataclass
class Door:
    """One address: its name, its route, and the model of its REST door if it is one."""

    name: str
    route: str
    model: Any
    names: list[str]
    methods: set[str] = field(default_factory=set)

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")


def doors(patterns: list[Any] | None = None, prefix: str = "", namespace: str = "") -> list[Door]:
    """All addresses."""
    found: list[Door] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += doors(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            model = getattr(getattr(view, "cls", None), "model", None)
            actions = getattr(view, "actions", None)
            methods = {one.upper() for one in actions} if actions else set()
            name = f"{namespace}{pattern.name}" if pattern.name else route
            found.append(Door(name, route, model, list(pattern.pattern.regex.groupindex), methods))
    return found


class World:
    """The walk's first case, and what it leaves out."""

    def __init__(self, url: str, state_dir: Any) -> None:
        from portal.walk.cases import CASES, EXPERTS
        from portal.walk.play import Play, Walk
        from tests.support import python_client

        self.faults: list[str] = []  # of the headers of every answer so far
        self._picked: dict[Any, Any] = {}
        # The walk by REST: every request goes through the generated Python client.
        self.walk = Walk(url, say=lambda _words: None, visitor=python_client.ClientVisitor)
        self.walk.memory = state_dir / "walk.json"
        from portal.walk import cast

        cast.operator()
        for number, (name, words) in enumerate(EXPERTS, start=1):
            cast.person(name, f"expert{number}", is_expert=True, expertise=words)
        self.walk.register("某渠道商", ["channel_firm"], "other1", "经理")
        self.play = Play(self.walk, CASES[0])
        self.play.all()
        self.ids = self.play.ids | self.walk.organisations
        self.walked = set(python_client.asked)
        self._more()

    def _more(self) -> None:
        """A survey, a claim, an alert, an invitation, a spare organisation, a conflicted expert, a machine."""
        import datetime as dt
        from decimal import Decimal

        from django.core.management import call_command

        from benefits.actions import fund as fund_actions
        from benefits.models import RiskFund
        from chains.actions import add_machine, link_terms
        from chains.models import Chain
        from core import checks, clock
        from core.accounts import actions, changes, services
        from core.accounts.actor import Actor
        from core.accounts.models import Membership, Organisation, Person
        from core.checks.models import Alert
        from core.inbox.actions import name_cover
        from core.webhooks import actions as hooks
        from needs.actions import complaint, openness, survey
        from needs.actions import offer as flows
        from needs.actions.contract import draft_contract
        from needs.actions.merge import propose_merge
        from needs.actions.pairing import propose_pairing
        from needs.models import Award, Campaign, Challenge, Complaint, Need, PanelMember, SavedSearch
        from needs.models.library import SavedSearchHit
        from projects.models import DirectionChange, Gate, GatePanelMember, Project
        from tests import factories
        from tests.factories import chains as joint
        from tests.factories import challenges, duplicates, entry, matches, offers, results, rounds, webhooks

        mail = f"@{'demo.xielian.test'}"
        people = {one.email.removesuffix(mail): one for one in Person.objects.filter(email__endswith=mail)}
        orgs = {name: Organisation.objects.get(pk=pk) for name, pk in self.walk.organisations.items()}
        self.leader = Actor.for_person(people["battery-leader"], orgs["battery-leader"])
        self.party = Actor.for_person(people["battery-institute"], orgs["battery-institute"])
        self.other = Actor.for_person(people["other1"], orgs["other1"])
        self.admin = Actor.for_person(people["admin"])
        self.reviewer = Actor.for_person(people["expert1"])
        self.conflicted = Actor.for_person(factories.person("有冲突的专家", is_expert=True))
        challenge, gate = Challenge.objects.get(), Gate.objects.order_by("position").first()
        now = clock.now()
        PanelMember.objects.create(
            challenge=challenge, person=self.conflicted.person, state="conflicted", declared_at=now
        )
        entry.taking_part(challenge, self.leader, self.party)
        rounds.conferred(challenge, self.leader, self.party)
        draft_contract(actor=self.leader, award_id=Award.objects.get(challenge=challenge, state="signed").pk)
        GatePanelMember.objects.create(gate=gate, person=self.conflicted.person, state="conflicted")
        chain = Chain.objects.get()
        survey.create_campaign(
            actor=self.leader, chain=chain.pk, title="调研", questions=["瓶颈？"], nodes=list(chain.nodes.values_list("pk", flat=True)),
            cycle="quarterly", starts_on=clock.today(),
        )  # fmt: skip
        asked = Campaign.objects.get(title="调研")
        for name in ("外部甲厂", "外部乙厂", "外部丙厂"):
            survey.add_contact(
                actor=self.leader, campaign_id=asked.pk, node=asked.nodes.first().pk, organisation_name=name
            )
            survey.keep_question_set(actor=self.leader, title=f"题组{name[-2]}", form=[{"text": "瓶颈？"}])
        for text in ("芯片功耗过高", "散热性能不足", "交货一拖再拖") * 2:  # whoever takes one back leaves another
            complaint.file_complaint(actor=self.leader, chain=chain.pk, text=text)
        fund = RiskFund.objects.get()
        claim = fund_actions.open_claim(actor=self.party, fund_id=fund.pk, kind="market", loss=Decimal(10), reason="x")
        fund_actions.add_claim_evidence(actor=self.party, claim_id=claim.pk, kind="other", file=_pdf())
        fund_actions.submit_claim(actor=self.party, claim_id=claim.pk)
        add_machine(actor=self.party, name="涂布机")
        second = Chain.objects.create(name="麻纺产业链", code="flax", name_en="Flax chain")
        link_terms(actor=self.leader, chain_id=chain.pk, words="涂布", other_chain=second.pk, other_words="上浆")
        actions.invite_member(
            actor=self.party, organisation_id=self.party.organisation_id, email="new@example.test", roles=["member"]
        )
        changes.edit_organisation(
            actor=self.party, organisation_id=self.party.organisation_id, changes={"name_en": "Battery Institute"}
        )
        self.machine = actions.create_client(
            actor=self.party, organisation_id=self.party.organisation_id, name="ERP", scopes=["accounts:read"], roles=[]
        )
        self.spare = factories.organisation("备用机构", verified=False)
        self.spare_seat = services.seat(factories.person("备用成员"), self.party.organisation, ["member"])
        keeper = Actor.for_person(self.party.person, self.party.organisation)
        endpoints = [
            webhooks.endpoint("http://127.0.0.1:1/", keeper=keeper, name=f"ERP {number}") for number in range(5)
        ]
        self.spare_endpoints = [endpoints.pop(), endpoints.pop()]
        for _number in range(3):
            hooks.ping_endpoint(actor=keeper, endpoint_id=endpoints[0].pk)
        for weeks in range(3):
            day = clock.today() + dt.timedelta(weeks=weeks)
            name_cover(actor=self.party, cover=self.spare_seat.person_id, starts_on=day, ends_on=day)
        checks.watch()
        if not Alert.objects.exists():
            alert = Alert.objects.create(
                code="A12",
                check_name="x",
                object_type="x",
                object_id=uuid.uuid4(),
                object_label="x",
                rule="x",
                state="told",
            )
            alert.organisations.set([self.leader.organisation])
        nodes = list(chain.nodes.order_by("order"))
        given, _owner = offers.offer(self.party, node=nodes[0])
        asked, _owner = offers.offer(self.leader, node=nodes[-1], direction="request")
        flows.propose_flow(actor=self.leader, offer_id=asked.pk, counterpart=given.pk, agreement="数据使用协议")
        offers.recorded(self.party, self.leader, nodes[0], nodes[-1], title="工艺", kind="technology")
        result, _owner = results.published(
            self.party, title="高镍三元电池", node=chain.nodes.first().pk, confidentiality="public"
        )
        use = results.followed(self.party, result, self.leader)
        openness.show_application(actor=self.party, application_id=use.pk, is_public=True)
        openness.show_need(actor=self.leader, need_id=challenge.need_id, is_public=True)
        openness.show_challenge(actor=self.leader, challenge_id=challenge.pk, is_public=True)
        results.capability(self.party, nodes=[chain.nodes.first().pk])
        twice = challenges.published_need(self.leader.organisation, chain=chain, title="低温电解质")
        same = challenges.published_need(factories.organisation("辛材料"), chain=chain, title="电解质低温性能")
        alone = challenges.published_need(self.leader.organisation, chain=chain, title="低温电解液")
        propose_pairing(actor=self.leader, need=alone.pk, organisation=self.party.organisation_id)
        cited = Complaint.objects.earliest("created_at").cluster
        for number in range(3):  # one waits; the project has ended, so nobody proposes another
            DirectionChange.objects.create(
                project=Project.objects.earliest("created_at"), before="常温", after=f"低温 {number}", reason="x", cluster=cited,
                organisation=self.leader.organisation, proposed_by=self.leader.person, state="refused" if number else "proposed",
                **({"decided_by": self.leader.person, "decided_at": clock.now()} if number else {}),
            )  # fmt: skip
        duplicates.proposed(
            self.leader, self.party, Need.objects.filter(owner=self.leader.organisation).first(), result
        )
        duplicates.bids_alike(challenge, result)
        matches.demanded(self.leader, chain, self.party)
        matches.decided(self.leader, self.party, Need.objects.filter(owner=self.leader.organisation).first(), result)
        matches.proposed(
            self.party, second, challenges.published_need(self.leader.organisation, chain=chain, title="粘结剂开裂")
        )
        propose_merge(actor=self.leader, need_id=twice.pk, into=same.code, reason="两项需求相同")
        for name in ("充电", "隔膜", "快充"):
            kept = SavedSearch.objects.create(
                person=self.party.person, organisation=self.party.organisation, name=name, query={"q": name}
            )
            for row in Need.objects.filter(state="published", confidentiality="members")[:3]:
                SavedSearchHit.objects.create(search=kept, need=row)
        own = Need.objects.filter(owner=self.leader.organisation, state="published")
        joint.shared(self.leader, self.party, chain, second, own[:3])
        call_command("load_public_calls", verbosity=0, stdout=_Quiet())
        assert Membership.objects.exists() and dt

    def __getstate__(self) -> dict[str, Any]:
        """Without those who played it: their sessions are over."""
        return {name: value for name, value in self.__dict__.items() if name not in ("walk", "play")}

    def actor_of(self, who: str) -> Any:
        return getattr(self, who)

    def arguments(self, door: Door) -> dict[str, Any] | None:
        """Real ids for the address."""
        return {name: self._value(door, name) for name in door.names if name != "format"}

    def _value(self, door: Door, name: str) -> Any:
        from core.accounts.models import Invitation, MachineClient

        if name == "entry_id" or (name == "pk" and door.route.replace("^", "").startswith("api/v1/book/")):
            from core.book.models import Body

            return Body.objects.filter(organisation=self.party.organisation).earliest("entry_id").pk
        if name == "section":
            return "results"
        if name == "thing":
            return "needs"
        if name == "number":
            return 2
        if name in ("uidb64", "token"):
            return "none"
        route = door.route.replace("^", "")
        if name == "pk" and route.startswith(("accounts/organisations/", "api/v1/organisations/")):
            return self.spare.pk
        if name == "pk" and ("members/" in route and "panel" not in route):
            return self.spare_seat.pk
        if name == "pk" and "clients/" in route:
            return MachineClient.objects.earliest("created_at").pk
        if name == "pk" and "invitations/" in route and not route.startswith(("needs/", "api/v1/solver-")):
            return Invitation.objects.earliest("created_at").pk
        if "webhook" in route and "delete" in route:
            return self.spare_endpoints[door.is_api].pk
        if name == "pk" and door.name in FORGOTTEN:
            from needs.models import SavedSearch

            return SavedSearch.objects.filter(name=FORGOTTEN[door.name]).values_list("pk", flat=True).first()
        if name == "pk" and door.name in PARTED:
            from chains.models import JointRoom

            return JointRoom.objects.filter(title=PARTED[door.name]).values_list("pk", flat=True).first()
        if name == "pk" and door.name == "needs:take_off_table":
            from chains.models import JointRoom
            from needs.models import TableNeed

            others = TableNeed.objects.exclude(pk=self._chosen(TableNeed))
            return others.filter(room=self._chosen(JointRoom)).order_by("need__code").first().pk
        model = door.model if name == "pk" and door.model is not None else self._model(route, name)
        return self._chosen(model) if model is not None else uuid.UUID(int=0)

    def _chosen(self, model: Any) -> Any:
        """The party's own row where it has one, then by what the rows say: ids and moments differ at every run."""
        if model not in self._picked:
            rows = sorted(model.objects.all(), key=lambda row: (not self._is_the_partys(row), said(row)))
            self._picked[model] = rows[0].pk if rows else uuid.UUID(int=0)
        return self._picked[model]

    def _is_the_partys(self, row: Any) -> bool:
        mine = {self.party.person.pk, self.party.organisation.pk}
        return any(getattr(row, one.attname, None) in mine for one in row._meta.concrete_fields if one.is_relation)

    def _model(self, route: str, name: str) -> Any:
        from django.apps import apps

        if name != "pk":
            label = NAMED.get(name)
            return apps.get_model(label) if label else None
        best = max((prefix for prefix in ROUTES if route.startswith(prefix)), key=len, default="")
        return apps.get_model(ROUTES[best]) if best else None


# What a door deletes is not what the others open.
FORGOTTEN = {"saved-search-forget_search": "隔膜", "needs:forget_search": "快充"}

# Whoever leaves a joint room sees it no more.
PARTED = {"joint-room-leave_joint_room": "共用材料", "chains:leave_joint_room": "共用试验方法"}

NAMED = {
    "details_file_id": "needs.DetailsFile", "paper_id": "needs.SupplementFile",
    "link_id": "chains.TermLink", "room_id": "chains.JointRoom", "template_version": "chains.BenefitTemplateVersion", "member_id": "chains.JointRoomMember",
    "spec": "indicators.Specification", "chain": "chains.Chain", "need_id": "needs.Need", "need": "needs.Need",
    "organisation": "accounts.Organisation", "file_id": "needs.BidFile",
    "found": "needs.Result",
    "submission_id": "needs.BidSubmission", "project_id": "projects.Project", "gate_id": "projects.Gate",
}  # fmt: skip

ROUTES = {
    "accounts/changes/": "accounts.OrganisationChange",
    "inbox/notifications/": "inbox.Notification", "inbox/tasks/": "inbox.Task", "inbox/absences/": "inbox.Absence",
    "alerts/": "checks.Alert", "chains/": "chains.Chain", "needs/": "needs.Need", "open/challenges/": "needs.Challenge",
    "open/results/": "needs.Result", "open/outcomes/": "needs.Application",
    "needs/questions/": "needs.Question", "needs/supplements/": "needs.SupplementRequest",
    "needs/evidence/": "needs.NeedEvidence", "needs/challenges/": "needs.Challenge", "needs/bids/": "needs.Bid",
    "needs/seats/": "needs.PanelMember", "needs/awards/": "needs.Award", "needs/contracts/": "needs.Contract", "needs/consensus/": "needs.Consensus",
    "needs/notices/": "needs.AwardNotice", "needs/objections/": "needs.Objection", "needs/public-calls/": "needs.PublicCall",
    "needs/offers/": "needs.Offer", "needs/offers/flows/": "needs.Flow", "needs/offers/map/": "chains.Chain",
    "needs/results/": "needs.Result", "needs/results/capabilities/": "needs.Capability",
    "needs/results/applications/": "needs.Application", "needs/results/outcomes/": "needs.Outcome", "needs/results/loops/": "needs.FollowUp",
    "needs/results/demands/": "needs.ResultRequirement",
    "chains/benefit-templates/": "chains.BenefitTemplate",
    "chains/joint-rooms/": "chains.JointRoom", "needs/on-table/": "needs.TableNeed",
    "needs/pairings/": "needs.Pairing", "needs/merges/": "needs.NeedMerge", "islands/needs/": "needs.Need", "islands/organisations/": "accounts.Organisation",
    "needs/surveys/": "needs.Campaign", "needs/surveys/answers/": "needs.SurveyAnswer",
    "needs/complaints/": "needs.Complaint", "needs/clusters/": "needs.Cluster",
    "needs/surveys/contacts/": "needs.SurveyContact", "needs/surveys/rounds/": "needs.SurveyRound",
    "needs/surveys/questions/": "needs.QuestionSet", "benefits/agreements/": "benefits.ShareAgreement",
    "needs/similar/": "needs.SimilarPair", "needs/similar/proposals/": "needs.JointProposal",
    "needs/qualifications/": "needs.Qualification", "needs/qualifications/evidence/": "needs.QualificationEvidence",
    "needs/opportunities/": "needs.Opportunity", "needs/searches/": "needs.SavedSearch",
    "needs/dismissals/": "needs.Dismissal", "needs/invitations/": "needs.SolverInvitation",
    "benefits/versions/": "benefits.AgreementVersion", "benefits/incomes/": "benefits.Income", "benefits/settlements/": "benefits.Settlement",
    "benefits/statements/": "benefits.Statement", "benefits/funds/": "benefits.RiskFund", "benefits/calls/": "benefits.FundCallLine",
    "benefits/claims/": "benefits.Claim", "benefits/evidence/": "benefits.ClaimEvidence", "benefits/fund-parties/": "benefits.FundParty",
    "projects/": "projects.Project", "projects/gates/": "projects.Gate", "projects/conditions/": "projects.GateCondition",
    "projects/seats/": "projects.GatePanelMember", "projects/handovers/": "projects.Handover", "projects/packages/": "projects.WorkPackage",
    "projects/directions/": "projects.DirectionChange",
    "projects/indicators/": "projects.ProjectIndicator", "projects/files/": "projects.GateFile", "projects/acceptances/": "projects.Acceptance",
    "projects/parties/": "projects.Party", "webhooks/": "webhooks.Endpoint", "webhooks/messages/": "webhooks.Delivery",
}  # fmt: skip


def said(row: Any, depth: int = 2) -> str:
    """What a row says in words and numbers, without ids, moments and hashes."""
    words = []
    for one in row._meta.concrete_fields:
        value = getattr(row, one.name if depth or not one.is_relation else one.attname)
        if one.is_relation:
            words.append(said(value, depth - 1) if depth and value is not None else "")
        elif isinstance(value, int | str) and not isinstance(one, models.UUIDField) and not SECRET.search(str(value)):
            words.append(str(value))
    return "|".join(words)


def letter(status: int, location: str) -> str:
    """What an answer means: i sign in first, h hidden, n not allowed, y let in (whatever the form then says), ! broken."""
    if status == 401 or (status == 302 and "/accounts/sign-in/" in location):
        return "i"
    return {404: "h", 403: "n", 429: "!"}.get(status, "y" if status < 500 else "!")


def ask(world: World, door: Door, path: str, who: str, client: Any) -> str:
    """GET the address; where it only takes POST, POST nothing. The stronger answer counts."""
    if door.is_api and door.methods and "GET" not in door.methods:
        answer = client.post(path, data="{}", content_type="application/json")
    else:
        # Whoever is signed in is answered alike as by htmx, without the navigation around every page.
        part = PART if who not in ("stranger", "machine") and not door.is_api else {}
        answer = client.get(path, headers=part)
        if answer.status_code == 405 and not door.is_api:
            answer = client.post(path)
    world.faults += [f"{path} as {who}: {fault}" for fault in headers.faults(answer)]
    return letter(answer.status_code, answer.headers.get("Location", ""))


def client_of(world: World, who: str) -> Any:
    """A browser or a machine at the door."""
    import datetime as dt

    from oauth2_provider.models import AccessToken

    from core import clock
    from core.accounts.middleware import SESSION_ORGANISATION

    if who == "machine":
        token, _made = AccessToken.objects.get_or_create(
            application=world.machine.application, token="token-of-the-permission-table",
            defaults={"scope": "accounts:read", "expires": clock.now() + dt.timedelta(hours=1)},
        )  # fmt: skip
        return Client(headers={"Authorization": f"Bearer {token.token}"})
    client = Client()
    if who != "stranger":
        actor = world.actor_of(who)
        client.force_login(actor.person, backend="django.contrib.auth.backends.ModelBackend")
        if actor.organisation is not None:
            session = client.session
            session[SESSION_ORGANISATION] = str(actor.organisation.pk)
            session.save()
    return client


def _pdf() -> Any:
    from tests.factories.needs import pdf

    return pdf()


class _Quiet:
    def write(self, _words: str) -> None:
        return

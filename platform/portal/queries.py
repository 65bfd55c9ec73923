"""What the home page shows each role: three figures, each opening its list (R027)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from benefits.queries import agreements_visible_to, funds_visible_to, statements_visible_to, tranches_visible_to
from chains.queries import chains_led_by
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.states import OrganisationKind, Role
from core.checks.queries import open_alerts
from core.errors import Text
from core.inbox.queries import tasks_for
from needs.queries.challenge import challenges_visible_to
from needs.queries.need import needs_visible_to
from needs.queries.review import panel_visible_to
from projects.queries import gates_visible_to, packages_of, projects_visible_to
from projects.queries.gate import seats_visible_to


@dataclass(frozen=True)
class Figure:
    """One number of a role, and the list behind it."""

    label: Text
    count: Callable[[Actor], int]
    url: str

    def shown(self, actor: Actor) -> dict[str, Any]:
        """As the figures component takes it."""
        return {"label": self.label, "value": self.count(actor), "url": self.url}


@dataclass(frozen=True)
class Home:
    """A role's home: what it is called, what it is for, its figures and its first step."""

    key: str
    title: Text
    purpose: Text
    figures: tuple[Figure, ...]
    first_step: Text
    first_url: str


def _url(name: str) -> str:
    return reverse(name)


def home_of(actor: Actor) -> Home:
    """The home that belongs to the seat one acts from."""
    needs = Figure(
        _("Published needs"),
        lambda one: needs_visible_to(one).filter(state="published").count(),
        _url("needs:needs") + "?state=published",
    )
    open_challenges = Figure(
        _("Open challenges"),
        lambda one: challenges_visible_to(one).filter(state="published").count(),
        _url("needs:challenges") + "?state=published",
    )
    projects = Figure(_("Our projects"), lambda one: projects_visible_to(one).count(), _url("projects:projects"))
    alerts = Figure(_("Open alerts"), lambda one: open_alerts(one).count(), _url("alerts:list"))
    statements = Figure(
        _("Statements to settle"), lambda one: statements_visible_to(one).filter(organisation=one.organisation, state__in=["payable", "instructed"]).count(),
        _url("benefits:statements"),
    )  # fmt: skip
    funds = Figure(_("Risk funds"), lambda one: funds_visible_to(one).count(), _url("benefits:funds"))
    packages = Figure(_("Our work packages"), lambda one: packages_of(one).count(), _url("projects:projects"))
    tasks = Figure(_("Tasks that wait"), lambda one: tasks_for(one).count(), _url("inbox:list"))
    library, challenges = _url("needs:needs"), _url("needs:challenges")
    if actor.organisation is None and actor.person is not None and actor.person.is_expert:
        me = actor.person.pk
        reviews = Figure(
            _("Reviews of challenges"), lambda one: panel_visible_to(one).filter(person_id=me).count(), _url("needs:seats")
        )  # fmt: skip
        gates = Figure(
            _("Gate reviews"), lambda one: seats_visible_to(one).filter(person_id=me).count(), _url("projects:projects")
        )  # fmt: skip
        return Home(
            "expert", _("Expert"), _("Reviews you are asked for: declare, mark, and sign what you find."), (tasks, reviews, gates),
            _("Review desk"), _url("needs:seats"),
        )  # fmt: skip
    if actor.organisation is None:
        return Home(
            "person", _("Welcome"), _("Register your organisation, or ask its admin to invite you; experts find their reviews in the inbox."),
            (tasks,), _("Register an organisation"), _url("accounts:register_organisation"),
        )  # fmt: skip
    if actor.is_operator and Role.APPROVER in actor.roles:
        gates = Figure(
            _("Gates to decide"),
            lambda one: gates_visible_to(one).filter(state="found").count(),
            _url("projects:approvals"),
        )
        held = Figure(
            _("Tranches held"),
            lambda one: tranches_visible_to(one).filter(state="held").count(),
            _url("benefits:tranches") + "?state=held",
        )
        return Home(
            "approver", _("Stage-fund approval"), _("Decide gates on one screen: target, measured, evidence, money at risk."), (gates, held, alerts),
            _("Gates to decide"), _url("projects:approvals"),
        )  # fmt: skip
    if actor.is_operator:
        waiting = Figure(
            _("Organisations to verify"), lambda _one: Organisation.objects.filter(state="registered").count(),
            _url("accounts:organisations") + "?state=registered",
        )  # fmt: skip
        return Home(
            "operator", _("Platform operation"), _("Verify organisations, designate chain leaders, watch what is overdue or blocked."),
            (waiting, alerts, projects), _("Organisations to verify"), _url("accounts:organisations") + "?state=registered",
        )  # fmt: skip
    if chains_led_by(actor.organisation).exists():
        own = Figure(_("Our needs"), lambda one: needs_visible_to(one).filter(owner=one.organisation).count(), library)
        return Home(
            "leader", _("Chain leader"), _("Turn a pain point into indicators with partners, and let the best team solve it."),
            (own, open_challenges, alerts), _("Post a need"), _url("needs:post_need"),
        )  # fmt: skip
    kind = actor.kind or (actor.organisation.kinds[0] if actor.organisation.kinds else "")
    return _by_kind(kind, needs, open_challenges, projects, statements, funds, packages, tasks, library, challenges)


def _by_kind(
    kind: str, needs: Figure, open_challenges: Figure, projects: Figure, statements: Figure, funds: Figure, packages: Figure,
    tasks: Figure, library: str, challenges: str,
) -> Home:  # fmt: skip
    K = OrganisationKind  # noqa: N806 - a table reads better short
    agreements = Figure(
        _("Share agreements"), lambda one: agreements_visible_to(one).count(), reverse("benefits:agreements")
    )
    tranches = Figure(_("Staged money"), lambda one: tranches_visible_to(one).count(), reverse("benefits:tranches"))
    post, machines = reverse("needs:post_need"), reverse("chains:machines")
    table: dict[str, Home] = {
        K.UNIVERSITY: Home("university", _("University"), _("Needs that fit, and challenges to take up."), (open_challenges, needs, packages),
                           _("Open challenges"), challenges),
        K.RESEARCH_INSTITUTE: Home("research_institute", _("Research institute"), _("Break core technology that the chain has asked for."),
                                   (open_challenges, needs, packages), _("Open challenges"), challenges),
        K.LARGE_FIRM: Home("large_firm", _("Firm"), _("Post what hurts, take part in projects, share what they earn."),
                           (needs, projects, statements), _("Post a need"), post),
        K.SME: Home("sme", _("SME"), _("What we can supply, what we can use, and what we are owed."), (packages, needs, statements),
                    _("Need library"), library),
        K.SUPPORTING_FIRM: Home("supporting_firm", _("Supporting supplier"), _("Sign indicators we can keep, and deliver our packages."),
                                (packages, tasks, statements), _("Inbox"), reverse("inbox:list")),
        K.CHANNEL_FIRM: Home("channel_firm", _("Channel firm"), _("Tell the chain what the market asks for."), (needs, projects, statements),
                             _("Post a need"), post),
        K.END_USER: Home("end_user", _("End user"), _("Say what does not work, and see what becomes of it."), (needs, projects, tasks),
                         _("Post a need"), post),
        K.PILOT_BASE: Home("pilot_base", _("Pilot base"), _("Pilots that are handed over to us, and our machines."), (packages, projects, tasks),
                           _("Machine park"), machines),
        K.INVESTOR: Home("investor", _("Investor"), _("Money at risk by stage, and what is shared."), (tranches, agreements, funds),
                         _("Staged money"), reverse("benefits:tranches")),
        K.TEST_LABORATORY: Home("test_laboratory", _("Test laboratory"), _("Measurements that others rely on."), (packages, projects, tasks),
                                _("Inbox"), reverse("inbox:list")),
        K.SERVICE_PROVIDER: Home("service_provider", _("Service provider"), _("Projects that need our services."), (projects, needs, tasks),
                                 _("Need library"), library),
        K.AUTHORITY: Home("authority", _("Authority"), _("How the region's chains get on."), (needs, open_challenges, projects),
                          _("Chain map"), reverse("chains:chains")),
    }  # fmt: skip
    return table.get(kind) or table[K.LARGE_FIRM]

"""Which home belongs to the seat one acts from: what it is for, its first step and its three figures (R027)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.queries import chains_led_by
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import OrganisationKind, Role
from core.errors import Text
from portal.queries import figures as f
from portal.queries.figures import Figure


@dataclass(frozen=True)
class Step:
    """What somebody with this home most likely comes to do; with a rule, only for those who may."""

    label: Text
    name: str
    asked: str = ""
    rule: str = ""
    icon: str = ""

    def is_open_to(self, actor: Actor) -> bool:
        return not self.rule or policy.can(actor, self.rule, actor.organisation)

    @property
    def url(self) -> str:
        return reverse(self.name) + self.asked


@dataclass(frozen=True)
class Home:
    """A role's home: what it is called, what it is for, its first step and its figures."""

    key: str
    title: Text
    purpose: Text
    first_step: Step
    figures: tuple[Figure, ...]


_POST = Step(_("Post a need"), "needs:post_need", rule="needs.post_need", icon="plus")
_LIBRARY = Step(_("Need library"), "needs:needs", "?state=published", icon="list-search")
_CHALLENGES = Step(_("Open challenges"), "needs:challenges", "?state=published", icon="target")
_PROJECTS = Step(_("Our projects"), "projects:projects", icon="route")

PERSON = Home(
    "person", _("Welcome"), _("Register your organisation, or ask its admin to invite you; meanwhile look around."),
    Step(_("Register an organisation"), "accounts:register_organisation", icon="building-plus"),
    (f.CHAINS, f.PUBLISHED_NEEDS, f.OPEN_CHALLENGES),
)  # fmt: skip
EXPERT = Home(
    "expert", _("Expert"), _("Reviews you are asked for: declare, mark, and sign what you find."),
    Step(_("Review desk"), "needs:seats", icon="gavel"), (f.REVIEWS, f.GATE_REVIEWS, f.OPEN_CHALLENGES),
)  # fmt: skip
OPERATOR = Home(
    "operator", _("Platform operation"), _("Verify organisations, designate chain leaders, watch what is overdue or blocked."),
    Step(_("Organisations to verify"), "accounts:organisations", "?state=registered", icon="building"),
    (f.TO_VERIFY, f.ALERTS, f.ALL_PROJECTS),
)  # fmt: skip
APPROVING_OPERATOR = replace(OPERATOR, figures=(f.TO_VERIFY, f.GATES, f.ALERTS))  # one person with both seats
APPROVER = Home(
    "approver", _("Stage-fund approval"), _("Decide gates on one screen: target, measured, evidence, money at risk."),
    Step(_("Gates to decide"), "projects:approvals", icon="gavel"), (f.GATES, f.HELD, f.ALERTS),
)  # fmt: skip
LEADER = Home(
    "leader", _("Chain leader"), _("Turn a pain point into indicators with partners, and let the best team solve it."),
    _POST, (f.OUR_NEEDS, f.OPEN_CHALLENGES, f.ALERTS),
)  # fmt: skip
OF_KIND: dict[str, Home] = {
    home.key: home
    for home in (
        Home("large_firm", _("Large firm"), _("Post what hurts, take part in projects, share what they earn."),
             _POST, (f.OUR_NEEDS, f.PROJECTS, f.STATEMENTS)),
        Home("sme", _("SME"), _("What we can supply, what we can use, and what we are owed."),
             _LIBRARY, (f.PUBLISHED_NEEDS, f.MACHINES, f.STATEMENTS)),
        Home("university", _("University"), _("Challenges to take up, and what became of our bids."),
             _CHALLENGES, (f.OPEN_CHALLENGES, f.BIDS, f.PROJECTS)),
        Home("research_institute", _("Research institute"), _("Break core technology that the chain has asked for."),
             _LIBRARY, (f.PUBLISHED_NEEDS, f.OPEN_CHALLENGES, f.PACKAGES)),
        Home("pilot_base", _("Pilot base"), _("Pilots that are handed over to us, and our machines."),
             Step(_("Add a machine"), "chains:add_machine", rule="chains.add_machine", icon="plus"),
             (f.PACKAGES, f.OUR_MACHINES, f.STATEMENTS)),
        Home("investor", _("Investor"), _("Money at risk by stage, and what is shared."),
             Step(_("Staged money"), "benefits:tranches", icon="coins"), (f.TRANCHES, f.AGREEMENTS, f.FUNDS)),
        Home("channel_firm", _("Channel firm"), _("Tell the chain what the market asks for."),
             _POST, (f.OUR_NEEDS, f.PUBLISHED_NEEDS, f.STATEMENTS)),
        Home("end_user", _("End user"), _("Say what does not work, and see what becomes of it."),
             _POST, (f.OUR_NEEDS, f.PUBLISHED_NEEDS, f.PROJECTS)),
        Home("supporting_firm", _("Supporting supplier"), _("Sign indicators we can keep, and deliver our packages."),
             _PROJECTS, (f.PACKAGES, f.AGREEMENTS, f.STATEMENTS)),
        Home("test_laboratory", _("Test laboratory"), _("Measurements that others rely on."),
             _PROJECTS, (f.PACKAGES, f.OUR_MACHINES, f.PROJECTS)),
        Home("service_provider", _("Service provider"), _("Projects that need our services."),
             _LIBRARY, (f.PUBLISHED_NEEDS, f.PROJECTS, f.AGREEMENTS)),
        Home("authority", _("Authority"), _("How the region's chains get on."),
             Step(_("Chain map"), "chains:chains", icon="sitemap"), (f.CHAINS, f.PUBLISHED_NEEDS, f.OPEN_CHALLENGES)),
    )
}  # fmt: skip


def home_of(actor: Actor) -> Home:
    """The home that belongs to the seat one acts from.

    Running the platform and leading a chain take the place of the organisation's main kind; chosen by name, its other
    kinds keep the homes they have.
    """
    organisation = actor.organisation
    if organisation is None:
        return EXPERT if actor.person is not None and actor.person.is_expert else PERSON
    kind = actor.kind or organisation.main_kind
    if kind == organisation.main_kind and actor.is_operator:
        if Role.APPROVER in actor.roles:
            return APPROVING_OPERATOR if Role.ADMIN in actor.roles else APPROVER
        return OPERATOR
    if kind == organisation.main_kind and chains_led_by(organisation).exists():
        return LEADER
    return OF_KIND.get(kind, OF_KIND[OrganisationKind.LARGE_FIRM])

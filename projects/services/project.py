"""Making a project and its gates, money and agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits import services as benefits
from benefits.queries import tranches_of
from chains.models import Chain
from core import book, clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from core.search import services as search
from core.ties import services as ties
from needs.models.award import Award
from needs.models.need import Need
from needs.services.award import AwardFacts, award_facts
from projects.models import Gate, OriginChange, Party, Project, ProjectIndicator, ProjectNeed
from projects.states import STAGES, Origin, PartyRole, ProjectState

MUST_MEET: dict[str, list[str]] = {
    "rd": [
        gettext_noop("The principle works, shown by tests"),
        gettext_noop("Safety, environment and law are respected"),
        gettext_noop("No high patent risk is left unhandled"),
    ],
    "pilot": [
        gettext_noop("A company took part in the joint pilot"),
        gettext_noop("The stability test is passed"),
        gettext_noop("No high patent risk is left unhandled"),
    ],
    "mass_production": [
        gettext_noop("The supply chain can deliver the planned volume"),
        gettext_noop("A first customer accepts the product"),
        gettext_noop("Safety, environment and law are respected"),
    ],
}


def link(project: Project | Any) -> str:
    return reverse("projects:project", args=[project.pk if isinstance(project, Project) else project])


def next_code() -> str:
    """P, the year, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('projects_project_number')")
        number = cursor.fetchone()[0]
    return f"P-{clock.today().year}-{number:04d}"


def create(
    *, lead: Organisation, actor: Actor, title: str, origin: str, summary: str = "", chain: Chain | None = None, award: Award | None = None
) -> Project:  # fmt: skip
    """A draft project with its lead as party, three gates and an agreement to sign."""
    wrong: dict[str, list[Any]] = {}
    if not title.strip():
        wrong["title"] = [_("Give the project a title.")]
    if origin not in Origin.values:
        wrong["origin"] = [_("Say where the project comes from.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    project = Project.objects.create(
        code=next_code(), title=title.strip(), summary=summary.strip(), origin=origin, lead=lead, chain=chain, award=award,
        created_by=actor.person,
    )  # fmt: skip
    remember_origin(project, "", actor)
    Party.objects.create(project=project, organisation=lead, role=PartyRole.LEADER, contact=actor.person)
    for position, stage in enumerate(STAGES):
        Gate.objects.create(
            project=project, stage=stage, position=position,
            must_meet=[{"text": text} for text in MUST_MEET[str(stage.value)]],
        )  # fmt: skip
    benefits.open_agreement(
        subject_id=project.pk, subject_title=str(project), subject_link=link(project),
        organisations=[(lead, str(PartyRole.LEADER.label))], actor=actor,
    )  # fmt: skip
    return project


def remember_origin(project: Project, before: str, actor: Actor, need: Need | None = None) -> None:
    """Keep when the origin changed, by whom, and through which need (R007)."""
    OriginChange.objects.create(
        project=project, before=before, after=project.origin, need=need, changed_by=actor.person, changed_at=clock.now()
    )


def from_award(award: Award, *, actor: Actor) -> Project:
    """The project of a signed award: parties, need, indicators, gates and held money; made once per award."""
    known = Project.objects.filter(award=award).first()
    if known is not None:
        return known
    if award.state != "signed":
        raise WrongState(_("The award is not signed by two people yet."))
    facts = award_facts(award)
    project = create(
        lead=facts.owner, actor=actor, title=_title(facts), origin=Origin.NEED_PULLED, summary=facts.challenge.summary,
        chain=facts.need.chain, award=award,
    )  # fmt: skip
    ProjectNeed.objects.create(project=project, need=facts.need, linked_by=actor.person)
    add_party(project, facts.bidder, PartyRole.INNOVATOR, actor=actor)
    if facts.issuer.pk not in (facts.owner.pk, facts.bidder.pk):
        add_party(project, facts.issuer, PartyRole.MAKER, actor=actor)
    rows = {
        pk: ProjectIndicator.objects.create(project=project, specification_id=pk, is_shared=True, position=at)
        for at, pk in enumerate(facts.specification_ids)
    }
    for fact in facts.gates:
        gate = Gate.objects.get(project=project, stage=fact.stage)
        gate.planned_on = fact.planned_on
        gate.save(update_fields=["planned_on"])
        gate.indicators.set([rows[pk] for pk in fact.specification_ids if pk in rows])
    for payer, stages in facts.tranches():
        hold_plan(project, [(stage, amount) for stage, amount in stages if amount > 0], payer, facts.bidder, actor)
    finish(project)
    inbox.notify(
        kind="project_created", title=gettext_noop("The project %(project)s is prepared: duties, shares and contacts are next"),
        params={"project": str(project)}, to=[one.organisation for one in project.parties.all()], obj=project, link=link(project),
        key=f"project_created:{project.pk}",
    )  # fmt: skip
    book.record(actor, "create_project", project, after={"award": str(award.pk), "title": project.title})
    return project


def _title(facts: AwardFacts) -> str:
    """The need's; in a race, where several projects answer one need, with the racing bidder's name."""
    return f"{facts.need.title} · {facts.bidder.name}" if facts.challenge.race_mode else facts.need.title


def hold_plan(
    project: Project, stages: Sequence[tuple[str, Decimal]], payer: Organisation, payee: Organisation, actor: Actor
) -> None:
    """Plan one payer's tranches and hold them."""
    made = benefits.plan_tranches(
        subject_id=project.pk, subject_title=str(project), subject_link=link(project), stages=stages, payer=payer, payee=payee,
        actor=actor,
    )  # fmt: skip
    for tranche in made:
        benefits.hold_tranche(tranche, actor=actor)


def add_party(project: Project, organisation: Organisation, role: str, *, actor: Actor, contact: Any = None) -> Party:
    """A party once per organisation, in the agreement as well."""
    if role not in PartyRole.values:
        raise Invalid(_("Choose the part of the organisation."), field="role")
    if project.parties.filter(organisation=organisation).exists():
        raise Invalid(_("This organisation is a party already."), field="organisation")
    party = Party.objects.create(project=project, organisation=organisation, role=role, contact=contact)
    agreement = benefits.open_agreement(
        subject_id=project.pk, subject_title=str(project), subject_link=link(project), organisations=[], actor=actor
    )
    benefits.add_agreement_party(agreement, organisation, str(PartyRole(role).label))
    return party


def in_draft(project: Project) -> None:
    if project.state != ProjectState.DRAFT:
        raise WrongState(_("This is fixed since the project was started."))


def not_over(project: Project) -> None:
    if project.state in (ProjectState.ACCEPTED, ProjectState.KILLED):
        raise WrongState(_("The project has ended."))


def need_of(actor: Actor, need: Any) -> Need:
    from core.access import policy

    row = policy.visible_to(actor, Need).filter(pk=need).first()
    if row is None or row.state in ("draft", "withdrawn"):
        raise Invalid(_("Choose a need that is published or being defined."), field="need")
    return row


def party_in(project: Project, value: Any, field: str) -> Party:
    """The party named by its own id or by its organisation's."""
    for one in project.parties.select_related("organisation"):
        if str(value) in (str(one.pk), str(one.organisation_id)):
            return one
    raise Invalid(_("Choose a party of the project."), field=field)


def indicator_in(project: Project, value: Any, field: str = "indicators") -> ProjectIndicator:
    """The indicator named by its own id or by its specification's."""
    for one in project.indicators.select_related("specification"):
        if str(value) in (str(one.pk), str(one.specification_id)):
            return one
    raise Invalid(_("Choose an indicator of the project."), field=field)


def share(row: ProjectIndicator, contributions: Sequence[Mapping[str, Any]]) -> None:
    """Write who contributes what; parties without words stay as they are."""
    for at, one in enumerate(contributions):
        text = str(one.get("text", "")).strip()
        if not text:
            raise Invalid(_("Say what the party contributes."), field=f"contributions.{at}.text")
        party = party_in(row.project, one.get("party"), f"contributions.{at}.party")
        row.contributions.update_or_create(party=party, defaults={"text": text[:300]})
    row.is_shared = True
    row.save(update_fields=["is_shared"])


def definition_of(gate: Gate) -> dict[str, Any]:
    """What is frozen at the start: stage, day, indicators with their targets, must-meet list, money moved by a go."""
    amount = sum((one.amount for one in tranches_of(gate.project_id) if one.position == gate.position + 1), Decimal(0))
    return {
        "stage": gate.stage, "planned_on": str(gate.planned_on or ""), "must_meet": gate.must_meet, "releases": format(amount, "f"),
        "indicators": [
            {"specification": str(one.specification_id), "name": one.specification.name, "target": one.specification.target_text,
             "is_must": one.specification.is_must}
            for one in gate.indicators.select_related("specification")
        ],
    }  # fmt: skip


def remember_ties(project: Project) -> None:
    """Parties that share a project are tied: their people do not judge each other afterwards."""
    parties = list(project.parties.select_related("organisation"))
    ties.add_shared_project([one.organisation for one in parties], source_id=project.pk)


def finish(project: Project) -> Project:
    """Save the project and refresh its search document."""
    project.touch()
    project.save()
    parties = [one.organisation for one in project.parties.select_related("organisation")]
    names = " ".join(str(one) for one in project.indicators.select_related("specification"))
    search.index(
        project, title=str(project), text=f"{project.summary} {names}", room="projects", kind="project", link=link(project),
        organisation=project.lead, visibility="restricted", parties=parties,
        facets={"state": project.state, "stage": project.current_stage, "chain": str(project.chain_id or "")},
    )  # fmt: skip
    return project

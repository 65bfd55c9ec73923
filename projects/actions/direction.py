"""Changing where a project goes because industry asks for something else (R024)."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.inbox import services as inbox
from needs.models.complaint import Cluster
from needs.models.need import Need
from needs.queries.complaint import organisations_heard
from needs.states.complaint import ClusterState
from needs.states.need import NeedState
from projects.models import DirectionChange, Project
from projects.services import project as projects
from projects.states import DIRECTION, DirectionState

LONGEST = 2000


@command
def propose_direction(
    *, actor: Actor, project_id: UUID, before: str, after: str, reason: str, cluster: UUID | str | None = None,
    need: UUID | str | None = None, is_shown: bool = True,
) -> DirectionChange:  # fmt: skip
    """Propose another direction, citing a cluster of complaints, a need or both; somebody else decides on it (R024)."""
    project = policy.fetch_for_update(actor, "projects.propose_direction", Project, project_id)
    projects.not_over(project)
    wrong = {
        name: [_("Write it down, in %(n)s characters at most.") % {"n": LONGEST}]
        for name, text in (("before", before), ("after", after), ("reason", reason))
        if not text.strip() or len(text) > LONGEST
    }
    cited = policy.visible_to(actor, Cluster).filter(pk=cluster).first() if cluster else None
    if cluster and (cited is None or cited.state == ClusterState.DISSOLVED):
        wrong["cluster"] = [_("Choose a cluster that you may see.")]
    asked = policy.visible_to(actor, Need).filter(pk=need).first() if need else None
    if need and (asked is None or asked.state in (NeedState.DRAFT, NeedState.WITHDRAWN)):
        wrong["need"] = [_("Choose a need that is published.")]
    if not cluster and not need:
        wrong["cluster"] = [_("Cite the cluster or the need because of which the direction changes.")]
    if " ".join(before.split()) == " ".join(after.split()) and "after" not in wrong:
        wrong["after"] = [_("This is the direction that it has already.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    if project.direction_changes.filter(state=DirectionState.PROPOSED).exists():
        raise WrongState(_("A change of direction waits for approval already; it is decided first."))
    assert actor.organisation is not None
    row = DirectionChange.objects.create(
        project=project, before=before.strip(), after=after.strip(), reason=reason.strip(), cluster=cited, need=asked, is_shown=is_shown,
        organisation=actor.organisation, proposed_by=actor.person,
    )  # fmt: skip
    inbox.open_task(
        kind="decide_direction", title=gettext_noop("Decide on the new direction of %(project)s"), params={"project": str(project)},
        organisation=project.lead, role="signatory", obj=row, link=reverse("projects:decide_direction", args=[row.pk]),
        why=gettext_noop("You sign for the leading party"), key=f"decide_direction:{row.pk}",
    )  # fmt: skip
    book.record(actor, "propose_direction", project, after=_facts(row), reason=row.reason)
    return row


@command
def decide_direction(
    *, actor: Actor, direction_id: UUID, outcome: str, note: str = "", version: int | None = None
) -> DirectionChange:
    """Approve or refuse a proposed direction, as a signatory of the lead who did not propose it, or as an approver (R024)."""
    row = policy.fetch_for_update(actor, "projects.decide_direction", DirectionChange, direction_id)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed this meanwhile; look again."))
    moves = {DirectionState.APPROVED: "approve_direction", DirectionState.REFUSED: "refuse_direction"}
    wrong = {}
    if outcome not in moves:
        wrong["outcome"] = [_("Approve it or not.")]
    if len(note) > LONGEST or (outcome == DirectionState.REFUSED and not note.strip()):
        wrong["note"] = [_("Say why, in %(n)s characters at most.") % {"n": LONGEST}]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    state = DIRECTION.after(DirectionState(row.state), moves[DirectionState(outcome)])
    if state == DirectionState.APPROVED:
        projects.not_over(row.project)
    row.state, row.note, row.decided_by, row.decided_at = state, note.strip(), actor.person, clock.now()
    row.touch()
    row.save()
    inbox.close_tasks(key=f"decide_direction:{row.pk}")
    if row.state == DirectionState.APPROVED:
        _tell(row)
    book.record(
        actor, "decide_direction", row.project, before={"from": row.before}, after={**_facts(row), "outcome": row.state},
        reason=row.note or row.reason,
    )  # fmt: skip
    return row


def _facts(row: DirectionChange) -> dict[str, str]:
    # A cluster's name and a need's title may be for fewer eyes than the project's history.
    cited = {"cluster": str(row.cluster_id or ""), "need": row.need.code if row.need else ""}
    return {"from": row.before, "to": row.after, **{name: value for name, value in cited.items() if value}}


def _tell(row: DirectionChange) -> None:
    project = row.project
    parties = [one.organisation for one in project.parties.select_related("organisation")]
    inbox.notify(
        kind="direction_changed", title=gettext_noop("%(project)s goes another way: %(after)s"),
        params={"project": str(project), "after": row.after[:120]}, to=parties, obj=row, link=projects.link(project),
        key=f"direction_changed:{row.pk}",
    )  # fmt: skip
    if not row.is_shown:
        return
    told = {one.pk for one in parties}
    if row.cluster is not None:
        heard = [one for one in organisations_heard(row.cluster) if one.pk not in told]
        inbox.notify(
            kind="direction_responds", title=gettext_noop("A project of %(lead)s responds to what you complained of"),
            params={"lead": project.lead.name}, to=heard, obj=row, link=reverse("needs:complaints"), key=f"direction_responds:{row.pk}",
        )  # fmt: skip
        told |= {one.pk for one in heard}
    if row.need is not None and row.need.owner_id not in told:
        inbox.notify(
            kind="direction_responds", title=gettext_noop("A project of %(lead)s turns to your need %(code)s"),
            params={"lead": project.lead.name, "code": row.need.code}, to=row.need.owner, obj=row,
            link=reverse("needs:need", args=[row.need_id]), key=f"direction_responds_need:{row.pk}",
        )  # fmt: skip

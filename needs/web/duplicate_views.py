"""Research that is done twice: the pairs one may know of, and the way to a joint one (R106)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import duplicate as actions
from needs.models.duplicate import JointProposal, SimilarPair
from needs.queries.duplicate import (
    documents_seen,
    group_of,
    of_object,
    pairs_visible_to,
    parties_shown,
    percent_told,
    proposals_visible_to,
    saving_shown,
    told,
)
from needs.states.duplicate import JOINT, JointKind, JointState
from needs.web import duplicate_forms as forms
from needs.web.doors import actor_of
from needs.web.need_forms import ReasonForm

# So many undertakings are offered as a filter.
OFFERED = 200


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


def _hidden(title: str | None) -> Any:
    return title or _("A project of another, confidential")


class Pairs(tables.Table):
    columns = [
        tables.Column("this", _("Project"), value=lambda row: _hidden(row.this_title), is_primary=True, sort="this_title",
                      link=lambda row: row.this_link or "", note=lambda row: row.this_owner or ""),
        tables.Column("that", _("Is like"), value=lambda row: _hidden(row.that_title), sort="that_title",
                      link=lambda row: row.that_link or "", note=lambda row: row.that_owner or ""),
        tables.Column("this_owner", _("Owner"), value=lambda row: row.this_owner or "", in_page=False),
        tables.Column("that_owner", _("Other owner"), value=lambda row: row.that_owner or "", in_page=False),
        tables.Column("percent", _("Likeness"), kind="number", value=percent_told),
        tables.Column("found_at", _("Found on"), kind="date", sort="found_at"),
        tables.Column(
            "act", "", value=lambda row: _("Propose a joint way"), link=lambda row: reverse("needs:propose_joint", args=[row.pk]), in_file=False
        ),
    ]  # fmt: skip
    search = ["this_title", "that_title"]
    default_sort = "-found_at"
    file_name = "similar"
    empty = tables.Empty(
        _("Nothing is done twice, as far as you may know"),
        _("What is submitted is compared with all that is pursued by others, at once and every night."), icon="copy",
    )  # fmt: skip

    def get_filters(self) -> Sequence[tables.Filter]:
        ids = {pk for pair in self.rows.values_list("one_id", "other_id")[:OFFERED] for pk in pair}
        seen = documents_seen(self.context["actor"], ids)
        offered = sorted(((str(pk), row.title) for pk, row in seen.items()), key=lambda one: one[1])
        return [
            tables.Choice("object", _("Project"), choices=offered, apply=lambda value: of_object(value)),
            tables.Choice("chain", _("Chain"), choices=_chains, apply=lambda value: Q(chains__contains=[value])),
            tables.DateRange("found", _("Found on"), lookup="found_at"),
        ]


class Proposals(tables.Table):
    columns = [
        tables.Column("kind", _("Proposal"), sort="kind", is_primary=True, link=lambda row: actions.link(row)),
        tables.Column("proposer", _("Proposed by"), value="proposer.name", sort="proposer__name"),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("text", _("How it would work")),
        tables.Column("created_at", _("Proposed"), kind="date", sort="created_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]
    filters = [
        tables.Choice("kind", _("Proposal"), choices=JointKind.choices, facet=True),
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=_chains),
        tables.Choice("state", _("State"), choices=JointState.choices, facet=True),
    ]
    search = ["text", "proposer__name"]
    default_sort = "-created_at"
    file_name = "joint-proposals"
    empty = tables.Empty(
        _("No proposal yet"), _("Those who research the same may merge, split the work, or race, when all agree."), icon="copy"
    )  # fmt: skip


def list_similar(request: HttpRequest) -> HttpResponse:
    """The pairs one may know of; what one may not read stands there without a name."""
    actor = actor_of(request)
    return tables.render(
        request, Pairs(told(actor, pairs_visible_to(actor)), actor=actor), title=_("Research done twice"), template="needs/offers.html",
        crumbs=_crumbs(), context={"tabs": parts()},
        intro=_("Needs, results and projects of different organisations that pursue the same goal. Confidential ones are compared, not shown."),
    )  # fmt: skip


def list_proposals(request: HttpRequest) -> HttpResponse:
    """The proposals that one made, is asked by, or leads the chain of."""
    actor = actor_of(request)
    rows = proposals_visible_to(actor).select_related("proposer", "chain")
    return tables.render(
        request, Proposals(rows), title=_("Joint ways"), template="needs/offers.html", context={"tabs": parts()},
        crumbs=[*_crumbs(), crumb(_("Joint ways"))],
    )  # fmt: skip


def propose_joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose to merge, split or race to all who hang together with the pair."""
    actor = actor_of(request)
    pair = policy.fetch(actor, "needs.propose_joint", SimilarPair, pk)
    group = group_of(pair)
    seen = documents_seen(actor, [one for _kind, one, _owner in group])
    is_party = any(actor.belongs_to(owner) for _kind, _one, owner in group)
    names = [row.title for row in seen.values()]
    if hidden := len(group) - len(seen):
        names.append(_now("%(count)d confidential ones of others") % {"count": hidden})
    return form_page(
        request, "components/form_page.html", forms.ProposalForm if is_party else forms.LeaderProposalForm,
        action=partial(actions.propose_joint, pair_id=pk), title=_("Propose a joint way"), submit=_("Propose"),
        crumbs=[*_crumbs(), crumb(_("Propose a joint way"))], context={"intro": "；".join(names)}, success=actions.link,
        message=_("Proposed. Every owner is asked."),
    )  # fmt: skip


def proposal_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is asked, who agreed, what it would save, and what is asked of the reader."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_joint_proposal", JointProposal, pk)
    parties = parties_shown(actor, row)
    waits = any(one.is_own and one.row.consent == "waiting" for one in parties)
    moves = [
        move for move in JOINT.open_moves(row.state)
        if policy.can(actor, f"needs.{move}", row) and (waits or move not in ("agree_joint", "decline_joint"))
    ] if actor.person else []  # fmt: skip
    is_known = row.state in (JointState.AGREED, JointState.CARRIED_OUT)
    shown = {
        "proposal": row, "parties": parties, "moves": moves, "saving": saving_shown(actor, row, parties), "stated": row,
        # Until all have agreed, the book would tell who answered.
        "timeline": book.timeline(row) if is_known and (any(one.is_own for one in parties) or actor.belongs_to(row.proposer_id)) else [],
    }  # fmt: skip
    facts: list[tuple[Any, Any]] = [(_("Proposed by"), row.proposer.name), (_("Chain"), str(row.chain))]
    crumbs = [*_crumbs(), crumb(_("Joint ways"), reverse("needs:joint_proposals")), crumb(str(row))]
    return render_page(request, "needs/joint_proposal.html", shown, title=str(row), crumbs=crumbs, facts=facts)


def agree_joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.agree_joint, forms.ConsentForm, _("Agree"), _("Agreed."))


def decline_joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.decline_joint, ReasonForm, _("Decline"), _("Declined."))


def withdraw_joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.withdraw_joint, ReasonForm, _("Withdraw"), _("Taken back."))


def carry_out_joint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.carry_out_joint, forms.DoneForm, _("Say what was done"), _("Saved."))


def _answer(
    request: HttpRequest, pk: UUID, action: Callable[..., Any], form: Any, title: Any, message: Any
) -> HttpResponse:
    actor = actor_of(request)
    row = policy.fetch(actor, f"needs.{action.__name__}", JointProposal, pk)
    crumbs = [*_crumbs(), crumb(str(row), actions.link(row)), crumb(title)]
    return form_page(
        request, "components/form_page.html", form, action=partial(action, proposal_id=pk), title=title, submit=title, crumbs=crumbs,
        context={"intro": row.text}, success=actions.link(row), message=message,
    )  # fmt: skip


def parts() -> list[Mapping[str, Any]]:
    """The pages that belong together."""
    return [
        {"label": _("Similar projects"), "url": reverse("needs:similar")},
        {"label": _("Joint ways"), "url": reverse("needs:joint_proposals")},
    ]


def may_propose(actor: Actor, pair: SimilarPair) -> bool:
    """Whether the reader may propose a joint way for the pair."""
    return actor.person is not None and policy.can(actor, "needs.propose_joint", pair)


def _crumbs() -> list[Any]:
    return [crumb(_("Need library"), reverse("needs:needs")), crumb(_("Research done twice"), reverse("needs:similar"))]

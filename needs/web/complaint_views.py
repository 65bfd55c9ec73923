"""Complaints and the clusters they form (R023)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.models import Chain, ChainNode
from chains.queries import chains_led_by, chains_named
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import crumb, render_page
from needs.actions import complaint as actions
from needs.models import Need
from needs.models.complaint import Cluster, Complaint
from needs.models.survey import SurveyAnswer
from needs.queries.complaint import clusters_visible_to, complaints_visible_to, open_clusters
from needs.states.complaint import ClusterState, ComplaintState, Reach
from needs.states.need import DemandSide, NeedState
from needs.web.doors import act, actor_of

LIST = "needs/complaint_list.html"


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


def tabs() -> list[dict[str, Any]]:
    """Surveys, complaints and clusters lie side by side."""
    return [
        {"label": _("Surveys"), "url": reverse("needs:campaigns")},
        {"label": _("Complaints"), "url": reverse("needs:complaints")},
        {"label": _("Clusters"), "url": reverse("needs:clusters")},
    ]


class Complaints(tables.Table):
    columns = [
        tables.Column("text", _("Complaint"), is_primary=True, note=lambda row: row.behalf and _now("on behalf of %(name)s") % {"name": row.behalf}),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node) if row.node else ""),
        tables.Column("organisation", _("Organisation"), value="organisation.name", sort="organisation__name"),
        tables.Column("cluster", _("Cluster"), value=lambda row: row.cluster.label if row.sees_cluster else "",
                      link=lambda row: reverse("needs:cluster", args=[row.cluster_id]) if row.sees_cluster else None),
        tables.Column("placed_at", _("Placed by hand"), kind="yes_no", value=lambda row: row.placed_at is not None),
        tables.Column("reach", _("Who reads the words")),
        tables.Column("created_at", _("Filed"), kind="datetime", sort="created_at"),
        tables.Column("act", "", template="needs/_complaint_act.html", in_file=False),
    ]  # fmt: skip
    search = ["text", "organisation__name"]
    filters = [
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=_chains),
        tables.Choice("reach", _("Who reads the words"), choices=Reach.choices, facet=True),
        tables.DateRange("filed", _("Filed"), lookup="created_at", is_moment=True),
    ]
    default_sort = "-created_at"
    file_name = "complaints"
    empty = tables.Empty(
        _("No complaint yet"), _("Say in plain words what hurts; those who say the same are counted together."), _("Complain"),
        "/needs/complaints/new/", icon="message-report",
    )  # fmt: skip

    def get_filters(self) -> Any:
        return [*tables.ours(self.context["actor"].organisation_id, "organisation_id"), *self.filters]


class Clusters(tables.Table):
    columns = [
        tables.Column("label", _("Cluster"), sort="label", is_primary=True, link=lambda row: reverse("needs:cluster", args=[row.pk])),
        tables.Column("size", _("Complaints"), kind="number", sort="size"),
        tables.Column("firms", _("Organisations"), kind="number", sort="firms"),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("updated_at", _("Changed"), kind="datetime", sort="updated_at"),
    ]  # fmt: skip
    search = ["label"]
    filters = [
        tables.Choice(
            "state", _("State"), choices=[one for one in ClusterState.choices if one[0] != "dissolved"], facet=True
        ),
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=_chains),
    ]
    default_sort = "-size"
    file_name = "clusters"
    empty = tables.Empty(
        _("No cluster yet"), _("Complaints that mean the same are counted together here."), icon="circles-relation"
    )


class ComplaintForm(forms.Form):
    chain = forms.SelectField(label=_("Chain"))
    node = forms.SelectField(label=_("Node"), required=False, blank=_("not said"))
    text = forms.LongTextField(
        label=_("What hurts?"),
        rows=4,
        max_length=actions.LONGEST,
        help_text=_("In your own words, one thing at a time."),
    )
    reach = forms.RadioField(label=_("Who reads the words"), choices=Reach.choices, initial=Reach.MEMBERS)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].choices = [(str(pk), name) for pk, name in chains_named(actor)]  # type: ignore[attr-defined]
        nodes = ChainNode.objects.select_related("chain").order_by("chain__name", "order")
        self.fields["node"].choices = [(str(one.pk), f"{one.chain} · {one}") for one in nodes]  # type: ignore[attr-defined]


class ReachForm(forms.Form):
    reach = forms.RadioField(label=_("Who reads the words"), choices=Reach.choices, initial=Reach.LEADER)


class MoveForm(forms.Form):
    cluster = forms.SelectField(label=_("Into the cluster"), required=False, blank=_("one of its own"))

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cluster"].choices = [(str(one.pk), one.label) for one in rows]  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    into = forms.SelectField(label=_("Into the cluster"))

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [(str(one.pk), one.label) for one in rows]  # type: ignore[attr-defined]


class NameForm(forms.Form):
    label = forms.TextField(label=_("What it is about"), max_length=120)


class NeedOfClusterForm(forms.Form):
    title = forms.TextField(label=_("Title"), max_length=200)
    node = forms.SelectField(label=_("Node"))
    demand_side = forms.RadioField(label=_("Demand side"), choices=DemandSide.choices)
    pain_point = forms.LongTextField(
        label=_("Pain point"),
        rows=6,
        help_text=_("Begins with the words that all members may read; the others stay with you."),
    )

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].choices = [(str(one.pk), str(one)) for one in chain.nodes.all()]  # type: ignore[attr-defined]


class NeedForm(forms.Form):
    need = forms.SelectField(label=_("Need"))

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [(str(one.pk), str(one)) for one in rows]  # type: ignore[attr-defined]


def shown_complaints(actor: Actor) -> QuerySet[Complaint]:
    """The complaints one may see, with what their rows show."""
    seen = clusters_visible_to(actor).filter(pk=OuterRef("cluster"))
    led = chains_led_by(actor.organisation).filter(pk=OuterRef("chain"))
    rows = complaints_visible_to(actor).annotate(sees_cluster=Exists(seen), may_move=Exists(led))
    return rows.select_related("chain", "node", "organisation", "cluster")


def list_complaints(request: HttpRequest) -> HttpResponse:
    """What hurts, in the words of those it hurts."""
    actor = actor_of(request)
    buttons = []
    if actor.organisation and policy.can(actor, "needs.file_complaint", actor.organisation):
        url = reverse("needs:file_complaint")
        buttons.append({"label": _("Complain"), "url": url, "icon": "message-report", "primary": True})
    rows = shown_complaints(actor).filter(state=ComplaintState.OPEN)
    table = Complaints(rows, actor=actor)
    return tables.render(
        request, table, title=_("Complaints"), template=LIST, actions=buttons, context={"tabs": tabs()}
    )


def file_complaint(request: HttpRequest) -> HttpResponse:
    """Say what hurts."""
    actor = actor_of(request)
    policy.acting_for(actor, "needs.file_complaint")
    here = reverse("needs:complaints")
    return form_page(
        request, "components/form_page.html", ComplaintForm, action=actions.file_complaint, title=_("Complain"), form_kwargs={"actor": actor},
        success=here, crumbs=[crumb(_("Complaints"), here), crumb(_("Complain"))], draft="complaint", submit=_("Send"),
        message=_("Your complaint is counted with those that mean the same."), initial={"chain": request.GET.get("chain", "")},
    )  # fmt: skip


def complain_by_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From a survey's answer to a complaint."""
    row = policy.fetch(actor_of(request), "needs.complain_by_answer", SurveyAnswer, pk)
    campaign = row.round.campaign
    return form_page(
        request, "components/form_page.html", ReachForm, action=partial(actions.complain_by_answer, answer_id=pk), submit=_("Complain"),
        title=_("Count this answer as a complaint"), success=reverse("needs:complaints"),
        crumbs=[crumb(_("Surveys"), reverse("needs:campaigns")), crumb(campaign.title, reverse("needs:campaign", args=[campaign.pk])),
                crumb(_("Complain"))],
    )  # fmt: skip


@require_POST
def withdraw_complaint(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(request, actions.withdraw_complaint, complaint_id=pk, success=reverse("needs:complaints"))


def move_complaint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a complaint where it belongs, by hand."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.move_complaint", Complaint, pk)
    others = open_clusters(actor).filter(chain=row.chain).exclude(pk=row.cluster_id).order_by("-size", "label")[:300]
    first = _cluster_crumbs(row.cluster) if row.cluster else [crumb(_("Complaints"), reverse("needs:complaints"))]
    return form_page(
        request, "needs/complaint_move.html", MoveForm, action=partial(actions.move_complaint, complaint_id=pk), title=_("Move by hand"),
        form_kwargs={"rows": others}, submit=_("Move"), success=lambda moved: reverse("needs:cluster", args=[moved.cluster_id]),
        crumbs=[*first, crumb(_("Move by hand"))], context={"complaint": row},
    )  # fmt: skip


def list_clusters(request: HttpRequest) -> HttpResponse:
    """What many complain of, counted."""
    actor = actor_of(request)
    led = chains_led_by(actor.organisation) if actor.organisation else []
    buttons = [
        {"label": _("Group %(chain)s anew") % {"chain": chain}, "url": reverse("needs:regroup_complaints", args=[chain.pk]), "icon": "refresh"}
        for chain in led
    ]  # fmt: skip
    rows = open_clusters(actor).filter(size__gt=0).select_related("chain")
    return tables.render(
        request, Clusters(rows), title=_("Clusters"), template=LIST, actions=buttons, context={"tabs": tabs()}
    )


def regroup_complaints(request: HttpRequest, chain: UUID) -> HttpResponse:
    """Group a chain's complaints anew at once."""
    row = policy.fetch(actor_of(request), "chains.view_chain", Chain, chain)
    policy.require(request.actor, "needs.regroup_complaints", row)  # type: ignore[attr-defined]
    return form_page(
        request, "components/form_page.html", forms.Form, action=partial(actions.regroup_complaints, chain_id=chain), submit=_("Group anew"),
        title=_("Group %(chain)s anew") % {"chain": row}, success=reverse("needs:clusters") + f"?chain={row.pk}",
        crumbs=[crumb(_("Clusters"), reverse("needs:clusters")), crumb(_("Group anew"))],
        context={"intro": _("By meaning, as every night. What was placed by hand and what became a need stays where it is.")},
    )  # fmt: skip


def _cluster_crumbs(row: Cluster) -> list[Any]:
    return [crumb(_("Clusters"), reverse("needs:clusters")), crumb(row.label, reverse("needs:cluster", args=[row.pk]))]


def cluster_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One cluster: its complaints, the need it became, and the projects that respond."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_cluster", Cluster, pk)
    rows = shown_complaints(actor).filter(cluster=row, state=ComplaintState.OPEN)
    table = Complaints(rows, actor=actor)
    if answer := tables.respond(request, table):
        return answer
    counted = open_clusters(actor).filter(pk=pk).first()
    can = {
        name: policy.can(actor, f"needs.{name}", row)
        for name in ("rename_cluster", "merge_clusters", "turn_cluster_into_need", "answer_cluster")
    }
    need = policy.visible_to(actor, Need).filter(pk=row.need_id).first() if row.need_id else None
    shown = {
        "cluster": row, "stated": row, "table": table, "can": can, "need": need, "is_open": row.state == ClusterState.OPEN,
        "timeline": book.timeline(row) if can["rename_cluster"] else [],
    }  # fmt: skip
    facts = [
        (_("Chain"), row.chain), (_("Complaints"), counted.size if counted else 0), (_("Organisations"), counted.firms if counted else 0),
    ]  # fmt: skip
    return render_page(
        request, "needs/cluster.html", shown, title=row.label, facts=facts,
        crumbs=[crumb(_("Clusters"), reverse("needs:clusters")), crumb(row.label)],
    )  # fmt: skip


def _act_on(
    request: HttpRequest, pk: UUID, name: str, form: Any, title: Any, *, success: Any = None, **more: Any
) -> HttpResponse:
    row = policy.fetch(actor_of(request), f"needs.{name}", Cluster, pk)
    more = {
        key: value(row) if callable(value) and key in ("form_kwargs", "initial") else value
        for key, value in more.items()
    }
    return form_page(
        request, "components/form_page.html", form, action=partial(getattr(actions, name), cluster_id=pk), title=title,
        success=success or reverse("needs:cluster", args=[pk]), crumbs=[*_cluster_crumbs(row), crumb(title)], **more,
    )  # fmt: skip


def rename_cluster(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act_on(request, pk, "rename_cluster", NameForm, _("Name it"), initial=lambda row: {"label": row.label})


def merge_clusters(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything in a cluster goes into another one."""

    def others(row: Cluster) -> dict[str, Any]:
        rows = open_clusters(actor_of(request)).filter(chain=row.chain).exclude(pk=row.pk)
        return {"rows": rows.order_by("-size", "label")[:300]}

    return _act_on(
        request, pk, "merge_clusters", MergeForm, _("Merge into another"), form_kwargs=others, submit=_("Merge"),
        success=lambda target: reverse("needs:cluster", args=[target.pk]),
    )  # fmt: skip


def turn_cluster_into_need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft need of what many complain of."""

    def first(row: Cluster) -> dict[str, Any]:
        told = row.complaints.filter(state=ComplaintState.OPEN, reach=Reach.MEMBERS).order_by("created_at")[:20]
        node = next((one.node_id for one in told if one.node_id), None)
        return {"title": row.label, "pain_point": "\n".join(one.text for one in told), "node": str(node or "")}

    return _act_on(
        request, pk, "turn_cluster_into_need", NeedOfClusterForm, _("Make a need of it"), form_kwargs=lambda row: {"chain": row.chain},
        initial=first, submit=_("Make a draft need"), success=lambda need: reverse("needs:need", args=[need.pk]),
    )  # fmt: skip


def answer_cluster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Link the cluster to a need that stands already."""

    def ours(row: Cluster) -> dict[str, Any]:
        actor = actor_of(request)
        rows = policy.visible_to(actor, Need).filter(chain=row.chain, owner=actor.organisation)
        return {"rows": rows.exclude(state=NeedState.WITHDRAWN)[:300]}

    return _act_on(request, pk, "answer_cluster", NeedForm, _("Link a need"), form_kwargs=ours, submit=_("Link"))

"""What chains demand of whatever is delivered to them, and the evidence for it (R127)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.models import Chain
from chains.queries import chains_led_by
from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound
from core.files.values import list_of_words
from core.files.web import respond
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import crumb, sent_version
from needs.actions import qualification as actions
from needs.models.qualification import Qualification, QualificationEvidence
from needs.models.result import Capability, Result
from needs.queries.qualification import evidence_visible_to, is_of_readable, qualifications_visible_to
from needs.states.qualification import EvidenceState
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


class QualificationForm(forms.Form):
    name = forms.TextField(label=_("Qualification"), max_length=60, help_text=_("Such as: automotive grade."))
    note = forms.TextField(
        label=_("What it asks for"), max_length=500, required=False, help_text=_("Standards, tests, certificates.")
    )
    tags = forms.TextField(
        label=_("Concerns only"), required=False, max_length=900,
        help_text=_("Tags separated by commas; it then concerns only what speaks of one of them. Empty: whatever is delivered."),
    )  # fmt: skip
    name_en = forms.TextField(label=_("English name"), max_length=80, required=False)

    def clean_tags(self) -> list[str]:
        return list_of_words(self.cleaned_data.get("tags") or "")


class EvidenceForm(forms.Form):
    qualification = forms.SelectField(label=_("Qualification"))
    certificate = forms.TextField(
        label=_("Certificate or report"), max_length=200, help_text=_("Its name, number and who issued it.")
    )
    valid_until = forms.DateField(label=_("Valid until"), required=False)
    file = forms.FileField(label=_("File"), required=False, help_text=_("Read by whoever confirms it alone."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            Qualification.objects.filter(retired_at__isnull=True)
            .select_related("chain")
            .order_by("chain__name", "name")
        )
        self.fields["qualification"].choices = [(str(row.pk), f"{row.chain} · {row}") for row in rows]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    note = forms.LongTextField(label=_("Note"), rows=3, required=False, max_length=500)


class Qualifications(tables.Table):
    columns = [
        tables.Column("name", _("Qualification"), value=str, sort="name", is_primary=True, export=lambda row: row.name),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("note", _("What it asks for")),
        tables.Column("tags", _("Concerns only")),
        tables.Column("shown", _("Confirmed for"), kind="number", sort="shown", link=lambda row: _evidence_of(row)),
        tables.Column("name_en", _("English name"), in_page=False),
        tables.Column("retired_at", _("No longer demanded since"), kind="date", sort="retired_at"),
    ]
    filters = [
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=_chains, facet=True),
        tables.Choice(
            "live", _("In force"), choices=[("yes", _("In force")), ("no", _("Taken back"))],
            apply=lambda value: Q(retired_at__isnull=value == "yes"),
        ),
    ]  # fmt: skip
    search = ["name", "name_en", "note"]
    default_sort = "name"
    file_name = "qualifications"
    empty = tables.Empty(
        _("No qualification yet"),
        _("What a chain demands of whatever is delivered to it stands here; its leader writes it on the chain's page."),
        icon="certificate",
    )

    def get_columns(self) -> Sequence[tables.Column]:
        kept: set[Any] | None = self.context["kept"]
        if kept is not None and not kept:
            return self.columns
        change = tables.Column(
            "act", "", in_file=False, link=lambda row: reverse("needs:edit_qualification", args=[row.pk]),
            value=lambda row: _("Change") if row.retired_at is None and (kept is None or row.chain_id in kept) else "",
        )  # fmt: skip
        return [*self.columns, change]


class Evidence(tables.Table):
    columns = [
        tables.Column("qualification", _("Qualification"), value=lambda row: str(row.qualification), sort="qualification__name",
                      is_primary=True, note=lambda row: str(row.qualification.chain)),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.qualification.chain), in_page=False),
        tables.Column("of", _("Of"), value=lambda row: str(row.of), note=lambda row: row.organisation.name),
        tables.Column("organisation", _("Owner"), value="organisation.name", sort="organisation__name", in_page=False),
        tables.Column("certificate", _("Certificate or report"), sort="certificate", note=lambda row: row.reason),
        tables.Column("valid_until", _("Valid until"), kind="date", sort="valid_until"),
        tables.Column("created_at", _("Shown on"), kind="date", sort="created_at"),
        tables.Column("answered_at", _("Answered on"), kind="date", sort="answered_at",
                      note=lambda row: row.answered_for.name if row.answered_for else ""),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), lookup="qualification__chain_id", choices=_chains, facet=True),
        tables.Choice("qualification", _("Qualification"), lookup="qualification_id",
                      choices=lambda: [(row.pk, str(row)) for row in Qualification.objects.select_related("chain")]),
        tables.Choice("state", _("State"), choices=EvidenceState.choices, facet=True),
        tables.DateRange("valid_until", _("Valid until")),
    ]  # fmt: skip
    search = ["qualification__name", "certificate", "organisation__name", "result__title", "capability__title"]
    default_sort = "-created_at"
    file_name = "qualification-evidence"
    empty = tables.Empty(
        _("No evidence yet"), _("Owners of results and capabilities show there what they have been certified for."), icon="certificate"
    )  # fmt: skip

    def get_columns(self) -> Sequence[tables.Column]:
        actor: Actor = self.context["actor"]
        led: set[Any] = self.context["led"]

        def judged(row: QualificationEvidence) -> bool:
            mine = not actor.belongs_to(row.organisation_id) and row.state == EvidenceState.SUBMITTED
            return mine and (actor.is_platform_admin or row.qualification.chain_id in led)

        of = tables.Column(
            "of", _("Of"), value=lambda row: str(row.of), note=lambda row: row.organisation.name,
            link=lambda row: actions.evidence_link(row) if is_of_readable(actor, row) else "",
        )  # fmt: skip
        columns = [of if one.name == "of" else one for one in self.columns]
        if not (led or actor.is_platform_admin):
            return columns
        answer = tables.Column(
            "act", "", in_file=False, value=lambda row: _("Confirm or refuse") if judged(row) else "",
            link=lambda row: reverse("needs:confirm_qualification", args=[row.pk]),
        )  # fmt: skip
        return [*columns, answer]

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "organisation_id"), *self.filters]


def list_qualifications(request: HttpRequest) -> HttpResponse:
    """What every chain demands, and for how many results and capabilities it was confirmed."""
    actor = actor_of(request)
    confirmed = Count("evidence", filter=Q(evidence__state=EvidenceState.CONFIRMED))
    rows = qualifications_visible_to(actor).select_related("chain").annotate(shown=confirmed)
    kept = None if actor.is_platform_admin else _kept(actor)
    chain = _chain_asked(request)
    buttons: list[dict[str, Any]] = []
    if chain is not None and policy.can(actor, "needs.demand_qualification", chain):
        url = reverse("needs:demand_qualification", args=[chain.pk])
        buttons.append({"label": _("Demand a qualification"), "url": url, "icon": "plus", "primary": True})
    return tables.render(
        request, Qualifications(rows, kept=kept), title=_("Qualifications"), crumbs=[crumb(_("Qualifications"))], actions=buttons,
        template="needs/results_list.html", context={"list_tabs": _tabs("qualifications")},
        intro=_("What a chain demands of whatever is delivered to it. What is matched without evidence shows what it must be adapted to."),
    )  # fmt: skip


def list_evidence(request: HttpRequest) -> HttpResponse:
    """Evidence of one's own, of the chains one leads, and what was confirmed."""
    actor = actor_of(request)
    rows = evidence_visible_to(actor).select_related(
        "qualification__chain", "result", "capability", "organisation", "answered_for"
    )
    return tables.render(
        request, Evidence(rows, actor=actor, led=_kept(actor)), title=_("Evidence"), template="needs/results_list.html",
        crumbs=[crumb(_("Qualifications"), reverse("needs:qualifications")), crumb(_("Evidence"))],
        context={"list_tabs": _tabs("qualification_evidence")},
    )  # fmt: skip


def demand_qualification(request: HttpRequest, chain: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.demand_qualification", Chain, chain)
    return form_page(
        request, "components/form_page.html", QualificationForm, action=partial(actions.demand_qualification, chain=chain),
        title=_("Demand a qualification"), crumbs=_crumbs(row, _("Demand a qualification")), success=_list_of(chain), message=_("Saved."),
    )  # fmt: skip


def edit_qualification(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.edit_qualification", Qualification, pk)
    version = sent_version(request)

    def change(actor: Any, **values: Any) -> Qualification:
        return actions.edit_qualification(actor=actor, qualification_id=pk, changes=values, version=version)

    first = {name: getattr(row, name) for name in ("name", "name_en", "note")} | {"tags": ", ".join(row.tags)}
    buttons = [{"label": _("No longer demand it"), "url": reverse("needs:retire_qualification", args=[pk])}]
    return form_page(
        request, "components/form_page.html", QualificationForm, action=change, title=_("Change a qualification"), initial=first,
        crumbs=_crumbs(row.chain, _("Change")), success=_list_of(row.chain_id), message=_("Saved."),
        context={"row_version": row.version, "actions": buttons},
    )  # fmt: skip


def retire_qualification(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.retire_qualification", Qualification, pk)
    title = _("No longer demand it")
    return form_page(
        request, "components/form_page.html", ReasonForm, action=partial(actions.retire_qualification, qualification_id=pk), title=title,
        crumbs=_crumbs(row.chain, title), context={"intro": str(row)}, success=_list_of(row.chain_id), message=_("Taken back."),
    )  # fmt: skip


def qualify_result(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.qualify_result", Result, pk)
    return _qualify(request, row, partial(actions.qualify_result, result_id=pk))


def qualify_capability(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.qualify_capability", Capability, pk)
    return _qualify(request, row, partial(actions.qualify_capability, capability_id=pk))


def confirm_qualification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was shown, with its file; confirm it, or go on to refuse it."""
    buttons = [{"label": _("Refuse"), "url": reverse("needs:refuse_qualification", args=[pk])}]
    return _answer(request, pk, actions.confirm_qualification, ConfirmForm, _("Confirm"), buttons)


def refuse_qualification(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, actions.refuse_qualification, ReasonForm, _("Refuse"), [])


@require_POST
def withdraw_qualification(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.view_qualification_evidence", QualificationEvidence, pk)
    back = actions.evidence_link(row)
    return act(request, actions.withdraw_qualification, evidence_id=pk, success=back, message=_("Taken back."))


def qualification_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file itself, for whoever showed it and for whoever confirms it."""
    row = policy.fetch(actor_of(request), "needs.open_qualification_file", QualificationEvidence, pk)
    if row.file is None:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    return respond(row.file, request)  # type: ignore[return-value]


def _qualify(request: HttpRequest, row: Result | Capability, action: Any) -> HttpResponse:
    name = "result" if isinstance(row, Result) else "capability"
    back, title = reverse(f"needs:{name}", args=[row.pk]), _("Show a qualification")
    return form_page(
        request, "components/form_page.html", EvidenceForm, action=action, title=title, success=f"{back}#qualifications",
        crumbs=[crumb(_("Results"), reverse("needs:results")), crumb(str(row), back), crumb(title)], submit=_("Hand to the chain's leader"),
        message=_("Handed over; the chain's leader confirms it."),
    )  # fmt: skip


def _answer(request: HttpRequest, pk: UUID, action: Any, form: Any, title: Any, buttons: list[Any]) -> HttpResponse:
    row = policy.fetch(actor_of(request), f"needs.{action.__name__}", QualificationEvidence, pk)
    if row.file is not None:
        buttons = [
            {"label": _("Open the file"), "url": reverse("needs:qualification_file", args=[pk]), "icon": "file"},
            *buttons,
        ]
    facts = [
        (_("Qualification"), str(row.qualification)), (_("What it asks for"), row.qualification.note or "–"), (_("Of"), str(row.of)),
        (_("Owner"), row.organisation.name), (_("Certificate or report"), row.certificate),
    ]  # fmt: skip
    return form_page(
        request, "components/form_page.html", form, action=partial(action, evidence_id=pk), title=title, submit=title,
        crumbs=[*_crumbs(row.qualification.chain), crumb(_("Evidence"), reverse("needs:qualification_evidence")), crumb(title)],
        context={"facts": facts, "actions": buttons}, success=reverse("needs:qualification_evidence"), message=_("Answered."),
    )  # fmt: skip


def _kept(actor: Actor) -> set[Any]:
    """The chains whose demands the actor keeps as an admin of their leader."""
    if actor.organisation is None or not actor.has_role("admin"):
        return set()
    return set(chains_led_by(actor.organisation).values_list("pk", flat=True))


def _tabs(here: str) -> list[dict[str, Any]]:
    names = [("qualifications", _("Demanded")), ("qualification_evidence", _("Evidence"))]
    return [{"label": label, "url": reverse(f"needs:{name}"), "is_current": name == here} for name, label in names]


def _evidence_of(row: Any) -> str:
    return reverse("needs:qualification_evidence") + f"?qualification={row.pk}&state=confirmed"


def _list_of(chain_id: Any) -> str:
    return reverse("needs:qualifications") + f"?chain={chain_id}&live=yes"


def _chain_asked(request: HttpRequest) -> Chain | None:
    """The chain that the list is narrowed to."""
    try:
        return Chain.objects.filter(pk=UUID(request.GET.get("chain", ""))).first()
    except ValueError:
        return None


def _crumbs(chain: Chain, last: Any = "") -> list[Any]:
    steps = [
        crumb(_("Industry chains"), reverse("chains:chains")), crumb(str(chain), reverse("chains:chain", args=[chain.pk])),
        crumb(_("Qualifications"), _list_of(chain.pk)),
    ]  # fmt: skip
    return [*steps, crumb(last)] if last else steps

"""The term bridge of a chain: its words and those of other chains for the same thing (R130)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains import actions
from chains.models import Chain, TermLink
from chains.queries import term_links_of
from chains.web import forms
from core.access import policy
from core.errors import NotAllowed
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb


class Terms(tables.Table):
    columns = [
        tables.Column("words", _("Term"), sort="words", is_primary=True),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("other_words", _("The same there"), sort="other_words"),
        tables.Column(
            "other_chain", _("Other chain"), value=lambda row: str(row.other_chain), sort="other_chain__name"
        ),
        tables.Column("note", _("Note")),
        tables.Column("retired_at", _("Taken back"), kind="date", sort="retired_at"),
    ]
    filters = [
        tables.Choice(
            "live", _("In force"), choices=[("yes", _("In force")), ("no", _("Taken back"))],
            apply=lambda value: Q(retired_at__isnull=value == "yes"),
        ),
    ]  # fmt: skip
    search = ["words", "other_words", "note"]
    default_sort = "words"
    file_name = "terms"
    empty = tables.Empty(
        _("No term linked yet"),
        _("Where two chains have different words for the same thing, link them: each is then found by both."),
    )


class KeptTerms(Terms):
    """For those who keep the bridge: each link in force leads to where it is changed."""

    columns = [
        *Terms.columns,
        tables.Column(
            "act", "", value=lambda row: _("Change") if row.retired_at is None else "", link=lambda row: _edit(row), in_file=False
        ),
    ]  # fmt: skip


def list_terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The links of a chain, from whichever side they were written."""
    actor = _actor(request)
    chain = policy.fetch(actor, "chains.view_chain", Chain, pk)
    rows = term_links_of(actor, chain).select_related("chain", "other_chain")
    table = Terms(rows)
    buttons: list[dict[str, Any]] = []
    if policy.can(actor, "chains.link_terms", chain):
        url = reverse("chains:link_terms", args=[pk])
        buttons.append({"label": _("Link two terms"), "url": url, "icon": "plus", "primary": True})
        table = KeptTerms(rows)
    return tables.render(
        request, table, title=_("Term bridge"), crumbs=_crumbs(chain), actions=buttons,
        intro=_("The same thing in the words of two chains; what either chain writes is found by both."),
    )  # fmt: skip


def link_terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    chain = policy.fetch(_actor(request), "chains.link_terms", Chain, pk)
    return form_page(
        request, "components/form_page.html", forms.TermForm, action=partial(actions.link_terms, chain_id=pk),
        title=_("Link two terms"), crumbs=[*_crumbs(chain), crumb(_("Link two terms"))], form_kwargs={"chain": chain},
        success=reverse("chains:terms", args=[pk]), message=_("Saved; what says either word is weighed anew within a minute."),
    )  # fmt: skip


def edit_term_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    link = policy.fetch(_actor(request), "chains.edit_term_link", TermLink, link_id)

    def act(actor: Any, **values: Any) -> TermLink:
        return actions.edit_term_link(actor=actor, link_id=link_id, changes=values)

    first = {
        "words": link.words,
        "other_chain": str(link.other_chain_id),
        "other_words": link.other_words,
        "note": link.note,
    }
    return form_page(
        request, "components/form_page.html", forms.TermForm, action=act, title=_("Change a link of terms"),
        crumbs=[*_crumbs(link.chain), crumb(_("Change"))], form_kwargs={"chain": link.chain}, initial=first,
        success=reverse("chains:terms", args=[link.chain_id]), message=_("Saved; what says either word is weighed anew within a minute."),
        context={"actions": [{"label": _("Take back"), "url": reverse("chains:retire_term_link", args=[link_id])}]},
    )  # fmt: skip


def retire_term_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    link = policy.fetch(_actor(request), "chains.retire_term_link", TermLink, link_id)
    return form_page(
        request, "components/form_page.html", forms.RetireTermForm, action=partial(actions.retire_term_link, link_id=link_id),
        title=_("Take back a link of terms"), crumbs=[*_crumbs(link.chain), crumb(_("Take back"))], context={"intro": str(link)},
        success=reverse("chains:terms", args=[link.chain_id]), message=_("Taken back."),
    )  # fmt: skip


def _edit(row: TermLink) -> str:
    return reverse("chains:edit_term_link", args=[row.pk]) if row.retired_at is None else ""


def _crumbs(chain: Chain) -> list[Any]:
    return [
        crumb(_("Industry chains"), reverse("chains:chains")),
        crumb(str(chain), reverse("chains:chain", args=[chain.pk])),
        crumb(_("Term bridge"), reverse("chains:terms", args=[chain.pk])),
    ]


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor

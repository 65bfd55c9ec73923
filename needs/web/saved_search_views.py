"""Saved searches: kept from the library, listed, and what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb
from needs.actions import saved_search as actions
from needs.models.library import SavedSearch
from needs.queries import library
from needs.queries.saved_search import hits_of, saved_searches_visible_to
from needs.states.library import Pace
from needs.web.doors import act, actor_of
from needs.web.need_list_views import Needs, library_tabs


class SearchForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=120)
    pace = forms.RadioField(label=_("Tell me"), choices=Pace.choices, initial=Pace.DAILY)


class SavedSearches(tables.Table):
    columns = [
        tables.Column("name", _("Saved search"), sort="name", is_primary=True, link=lambda row: reverse("needs:saved_search", args=[row.pk])),
        tables.Column("query", _("What is looked for")),
        tables.Column("pace", _("Tell me"), sort="pace"),
        tables.Column("found", _("Told so far"), kind="number", sort="found"),
        tables.Column("looked_at", _("Last looked"), kind="datetime", sort="looked_at"),
        tables.Column("actions", "", template="needs/_search_actions.html", in_file=False),
    ]  # fmt: skip
    filters = [tables.Choice("pace", _("Tell me"), choices=Pace.choices, facet=True)]
    search = ["name"]
    default_sort = "name"
    file_name = "saved-searches"

    @cached_property
    def names(self) -> dict[str, dict[str, Any]]:
        return names_in_filters()

    def get_columns(self) -> Sequence[tables.Column]:
        said = replace(self.columns[1], value=lambda row: words_of(row.query, self.names))
        return [self.columns[0], said, *self.columns[2:]]

    empty = tables.Empty(
        _("No saved search yet"), _("Search or filter the library, then keep it: new needs that fit are told to you."), icon="bookmark"
    )  # fmt: skip


def names_in_filters() -> dict[str, dict[str, Any]]:
    """What the values of those filters are called whose choices lie in the database; one query each."""
    stored = [one for one in Needs.filters if isinstance(one, tables.Choice) and callable(one.choices)]
    return {one.name: dict(one.listed()) for one in stored}


def words_of(query: Mapping[str, str], names: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """A kept question in words: each filter's label with what was chosen; for many questions look `names` up once."""
    asked = QueryDict(urlencode(query))
    said = [f"“{query['q']}”"] if query.get("q") else []
    if query.get("whose"):
        said.append(str(_("Only ours")))
    for one in Needs.filters:
        if names is not None and one.name in names:
            if chosen := query.get(one.name):
                said.append(f"{one.label}: {names[one.name].get(chosen, chosen)}")
            continue
        shown = one.shown(asked, "")
        if shown.chosen:
            said.append(f"{one.label}: {shown.words}")
    return " · ".join(said)


def list_saved_searches(request: HttpRequest) -> HttpResponse:
    """The searches one keeps."""
    rows = saved_searches_visible_to(actor_of(request))
    return tables.render(
        request, SavedSearches(rows), title=_("Saved searches"), template="needs/library.html", crumbs=_crumbs(_("Saved searches")),
        context={"tabs": library_tabs()},
    )  # fmt: skip


def save_search(request: HttpRequest) -> HttpResponse:
    """Keep what the address asks."""
    actor = actor_of(request)
    policy.require(actor, "needs.save_search")
    sent = {name: str(value).strip() for name, value in request.GET.items() if name in library.ASKED}
    query = {name: value for name, value in sent.items() if value}

    def act_on(actor: Any, **values: Any) -> SavedSearch:
        return actions.save_search(actor=actor, query=query, **values)

    return form_page(
        request, "components/form_page.html", SearchForm, action=act_on, title=_("Save this search"), submit=_("Save"),
        success=reverse("needs:saved_searches"), message=_("Saved. You are told of new needs that fit."),
        crumbs=_crumbs(_("Save this search")), initial={"name": words_of(query)[:120]} if not library.wrong_in(actor, query) else None,
        context={"intro": words_of(query)},
    )  # fmt: skip


def saved_search_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a saved search found, newest first."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_saved_search", SavedSearch, pk)
    found = (
        hits_of(actor, row)
        .select_related("chain", "node", "owner")
        .prefetch_related("more_chains__chain", "more_chains__node")
    )
    buttons = [
        {
            "label": _("Show everything that fits"),
            "url": f"{reverse('needs:needs')}?{urlencode(row.query)}",
            "icon": "search",
        },
        {"label": _("Change"), "url": reverse("needs:change_search", args=[pk])},
        {
            "label": _("Forget it"),
            "url": reverse("needs:forget_search", args=[pk]),
            "post": True,
            "confirm": _("Nothing more is told."),
        },
    ]
    empty = tables.Empty(
        _("Nothing new yet"),
        _("As soon as a need is published that fits, it stands here and you are told."),
        icon="bookmark",
    )
    return tables.render(
        request, Needs(found, actor=actor, empty=empty), title=row.name, intro=format_html("{}", words_of(row.query)), actions=buttons,
        crumbs=[*_crumbs(_("Saved searches"), reverse("needs:saved_searches")), crumb(row.name)],
    )  # fmt: skip


def change_search(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.change_search", SavedSearch, pk)

    def act_on(actor: Any, **values: Any) -> SavedSearch:
        return actions.change_search(actor=actor, search_id=pk, **values)

    return form_page(
        request, "components/form_page.html", SearchForm, action=act_on, title=_("Change the search"), submit=_("Save"),
        success=reverse("needs:saved_searches"), message=_("Saved."), initial={"name": row.name, "pace": row.pace},
        crumbs=[*_crumbs(_("Saved searches"), reverse("needs:saved_searches")), crumb(row.name)],
    )  # fmt: skip


@require_POST
def forget_search(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.forget_search, search_id=pk, success=reverse("needs:saved_searches"), message=_("Forgotten.")
    )


def _crumbs(last: Any, url: str = "") -> list[Crumb]:
    return [crumb(_("Need library"), reverse("needs:needs")), crumb(last, url)]

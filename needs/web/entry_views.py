"""Pages of taking part: what the draft says of it, the confidential details, and who opened them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound
from core.files.web import respond
from core.web import tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page
from needs.actions import challenge as challenge_actions
from needs.actions import details as actions
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails, DetailsOpening
from needs.queries.anonymity import names_withheld
from needs.queries.details import acceptance_of, acceptances_visible_to, details_of, openings_visible_to
from needs.services.entry import agreement_hash
from needs.states.challenge import CHALLENGE
from needs.web import entry_forms as forms
from needs.web.doors import act, actor_of


def withheld(row: Any, value: Any) -> str:
    """A party's name, or that it is withheld from this reader."""
    return _now("withheld until the award is proposed") if row.is_nameless else str(value or "")


class Openings(tables.Table):
    """Who opened a challenge's details, and when."""

    columns = [
        tables.Column("opened_at", _("Opened at"), kind="deadline", sort="opened_at", is_primary=True),
        tables.Column("organisation", _("Organisation"), value=lambda row: withheld(row, row.organisation)),
        tables.Column("person", _("Person"), value=lambda row: withheld(row, row.person or row.client)),
        tables.Column("what", _("What"), value=lambda row: _opened(row)),
    ]
    filters = [tables.DateRange("opened", _("Opened at"), lookup="opened_at", is_moment=True)]
    default_sort = "-opened_at"
    file_name = "openings"
    empty = tables.Empty(_("Nobody has opened them yet"), _("Every opening stands here, with its moment."), icon="eye")


def edit_entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Questions, openness, names, conditions and the confidential part of a draft."""
    challenge = policy.fetch(actor_of(request), "needs.edit_challenge", Challenge, pk)
    CHALLENGE.after(challenge.state, "edit_challenge")
    details = details_of(challenge)
    return form_page(
        request,
        "needs/entry_edit.html",
        forms.EntryForm,
        action=partial(_save_entry, pk),
        success=reverse("needs:challenge", args=[pk]),
        title=_("Taking part and secrecy"),
        crumbs=_crumbs(challenge, _("Taking part and secrecy")),
        initial=forms.entry_initial(challenge),
        form_kwargs={"challenge": challenge},
        context={
            "challenge": challenge,
            "details": details,
            "files": list(details.files.select_related("file")) if details else [],
            "file_form": forms.DetailsFileForm(),
            "cancel_url": reverse("needs:challenge", args=[pk]),
        },
        message=_("Draft saved."),
    )


def _save_entry(pk: UUID, *, actor: Actor, version: int | None, **changes: Any) -> Challenge:
    return challenge_actions.edit_challenge(actor=actor, challenge_id=pk, changes=changes, version=version)


@require_POST
def add_details_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(actor_of(request), "needs.edit_challenge", Challenge, pk)
    checked = forms.DetailsFileForm(request.POST, request.FILES).checked()
    return act(request, actions.add_details_file, challenge_id=pk, success=_edit(pk) + "#files", **checked)


@require_POST
def remove_details_file(request: HttpRequest, pk: UUID, details_file_id: UUID) -> HttpResponse:
    return act(
        request,
        actions.remove_details_file,
        challenge_id=pk,
        file_id=details_file_id,
        success=_edit(pk) + "#files",
    )


def details_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agreement, and what opens behind it. The text itself comes only as the answer to "open"."""
    actor = actor_of(request)
    challenge, details = _seen(actor, pk)
    return _details_page(request, challenge, details)


@require_POST
def open_details(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The confidential text; this opening is kept in the log."""
    actor = actor_of(request)
    challenge, _details = _seen(actor, pk)
    opened = actions.open_details(actor=actor, challenge_id=pk)
    return _details_page(request, challenge, opened, text=opened.text)


@require_POST
def accept_details(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept the agreement that was shown."""
    actor = actor_of(request)
    _seen(actor, pk)
    forms.AcceptForm(request.POST).checked()
    return act(
        request,
        actions.accept_details,
        challenge_id=pk,
        nda_sha256=request.POST.get("nda_sha256", ""),
        success=reverse("needs:details", args=[pk]),
        message=_("Accepted. The details can be opened now."),
    )


def details_file(request: HttpRequest, pk: UUID, details_file_id: UUID) -> HttpResponse:
    """A confidential file; its reading is kept in the log."""
    row = actions.open_details_file(actor=actor_of(request), challenge_id=pk, file_id=details_file_id)
    return respond(row.file, request)  # type: ignore[return-value]  # a streaming answer


def list_openings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The issuer's log: who accepted, who opened what, and when."""
    actor = actor_of(request)
    challenge = policy.fetch(actor, "needs.view_openings", Challenge, pk)
    rows = openings_visible_to(actor).filter(details__challenge=challenge)
    table = Openings(rows.select_related("organisation", "person", "client", "file__file"))
    given = acceptances_visible_to(actor).filter(details__challenge=challenge)
    accepted = [
        {"who": withheld(one, one.organisation or one.person), "at": one.accepted_at}
        for one in given.select_related("organisation", "person")
    ]
    return tables.render(
        request,
        table,
        title=_("Who opened the confidential details"),
        template="needs/openings.html",
        crumbs=_crumbs(challenge, _("Openings")),
        context={"accepted": accepted, "is_withheld": names_withheld(challenge)},
    )


def _details_page(
    request: HttpRequest, challenge: Challenge, details: ChallengeDetails, *, text: str | None = None
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    may_open = policy.can(actor, "needs.open_details", details)
    own = acceptance_of(actor, details)
    shown = {
        "challenge": challenge,
        "details": details,
        "nda_sha256": agreement_hash(details),
        "acceptance": own,
        "may_open": may_open,
        "may_accept": own is None and not may_open and policy.can(actor, "needs.accept_details", details),
        "form": forms.AcceptForm(),
        "text": text,
        "is_open": text is not None,
        "files": list(details.files.select_related("file")) if text is not None else [],
        "is_issuer": actor.belongs_to(challenge.issuer_id),
        "own_openings": list(
            openings_visible_to(actor)
            .filter(details=details, organisation=actor.organisation)
            .select_related("person")[:20]
        )
        if own
        else [],
    }
    return render_page(
        request,
        "needs/details_page.html",
        shown,
        title=_("Confidential details"),
        crumbs=_crumbs(challenge, _("Confidential details")),
    )


def _seen(actor: Actor, pk: UUID) -> tuple[Challenge, ChallengeDetails]:
    challenge = policy.fetch(actor, "needs.view_challenge", Challenge, pk)
    details = details_of(challenge)
    if details is None:
        raise NotFound(_now("This challenge has no confidential details."))
    return challenge, details


def _opened(row: DetailsOpening) -> str:
    return row.file.file.name if row.file else _now("the text")


def _edit(pk: UUID) -> str:
    return reverse("needs:edit_entry", args=[pk])


def _crumbs(challenge: Challenge, here: Any) -> list[Crumb]:
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        crumb(here),
    ]

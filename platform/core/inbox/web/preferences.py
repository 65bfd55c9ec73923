"""The page on which a person says what they want to be told, how, and when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.accounts.actor import Actor
from core.inbox import actions
from core.inbox.models import Choice, Preferences
from core.inbox.queries import preferences_of
from core.inbox.web import forms
from core.inbox.web.views import a_person
from core.web.forms import form_page
from core.web.page import crumb


def edit_preferences(request: HttpRequest) -> HttpResponse:
    """Quiet hours, digest, and for each kind whether it shows and how it comes by e-mail."""
    actor = a_person(request)
    assert actor.person is not None
    wishes = preferences_of(actor.person)
    choices = {row.kind: row for row in Choice.objects.filter(preferences=wishes.pk)}

    def act(actor: Actor, **cleaned: Any) -> Preferences:
        return actions.edit_preferences(actor=actor, changes=forms.Wishes.changes(cleaned))

    return form_page(
        request, "inbox/preferences.html", forms.Wishes, action=act, initial=forms.initial_of(wishes, choices),
        success=reverse("inbox:preferences"), title=_("What I am told, and how"), message=_("Saved."),
        crumbs=[crumb(_("Inbox"), reverse("inbox:list")), crumb(_("Preferences"))],
    )  # fmt: skip

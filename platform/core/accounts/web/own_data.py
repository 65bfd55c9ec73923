"""What is kept about people: the page that says so, and the file of all that is kept about oneself, by page and by REST alike."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock, limits
from core.access import policy
from core.accounts import lifecycle, own_data, privacy
from core.accounts.actor import Actor
from core.accounts.queries import operators
from core.web.forms import do
from core.web.page import render_page

KIND = "application/octet-stream"  # as the description has it; a generated client knows no zip
LIMIT = "own-data"  # the limit of such files for one person: each reads through everything


def answer(request: HttpRequest, actor: Actor) -> FileResponse:
    """The zip as a download, counted and booked; refused without a fresh sign-in."""
    policy.require(actor, "accounts.take_own_data", actor.person)
    limits.ask(request, LIMIT)
    person = lifecycle.take_own_data(actor=actor)
    name = f"xielian-own-data-{clock.today().isoformat()}.zip"
    return FileResponse(own_data.packed(person), as_attachment=True, filename=name, content_type=KIND)


@require_POST
@never_cache
def take_own_data(request: HttpRequest) -> FileResponse:
    """Everything that is kept about the person who asks."""
    return answer(request, request.actor.with_key(None))  # type: ignore[attr-defined]


def privacy_page(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why and for how long; for everybody. Who is signed in sees whether they agreed."""
    person = request.actor.person  # type: ignore[attr-defined]
    shown = {
        "kept": privacy.kept(),
        "version": privacy.VERSION,
        "operators": list(operators()[:5]),
        "person": person,
        "agreement": privacy.agreement_of(person) if person else None,
    }
    return render_page(request, "accounts/privacy.html", shown, title=_("What is kept about people"))


@require_POST
def agree_to_privacy(request: HttpRequest) -> HttpResponse:
    """The words that stood on the page are agreed to."""
    return do(
        request, lifecycle.agree_to_privacy, agreed_to=request.POST.get("agreed_to", "")[:20],
        success=reverse("accounts:privacy"), message=_("Saved."),
    )  # fmt: skip

"""The file of all that is kept about oneself, by page and by REST alike."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock, limits
from core.access import policy
from core.accounts import lifecycle, own_data
from core.accounts.actor import Actor

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

"""Tells PostgreSQL for whom this connection works, in one place, so that row security can rely on it once it is switched on."""

from __future__ import annotations

from uuid import UUID

from django.db import Error, connection

from core.accounts.actor import Actor

_SET = (
    "SELECT set_config('xielian.organisation', %s, %s), set_config('xielian.actor', %s, %s), "
    "set_config('xielian.operator', %s, %s)"
)


def _apply(actor: Actor, *, local: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            [
                str(actor.organisation_id or ""),
                local,
                "system" if actor.is_system else str(actor.id or ""),
                local,
                "yes" if actor.is_operator else "",
                local,
            ],
        )


def enter(actor: Actor) -> None:
    """Everything read on this connection from now on is read for the actor. Called by the actor's middleware."""
    _apply(actor, local=False)


def leave() -> None:
    """The connection works for nobody any more; one that cannot be told so is closed: others would come after us on it."""
    try:
        _apply(Actor.nobody(), local=False)
    except Error:
        connection.close()


def local(actor: Actor) -> None:
    """Within the present transaction the connection works for the actor. Called by `core.command`."""
    _apply(actor, local=True)


def acting_id() -> UUID | None:
    """The person or client for whom the connection works; None for the system and for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('xielian.actor', true)")
        said = cursor.fetchone()[0] or ""
    try:
        return UUID(said)
    except ValueError:
        return None

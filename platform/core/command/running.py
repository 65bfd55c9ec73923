"""Running an action as a command."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.apps import apps
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, models, transaction
from django.utils.translation import gettext as _

from core import context, metrics
from core.accounts.actor import Actor
from core.command.models import CommandRecord
from core.errors import Conflict, NotFresh, Refusal, from_dict

TRIES = 4
TANGLED = {"40P01", "40001"}  # deadlock, serialisation failure

P = ParamSpec("P")
R = TypeVar("R")


def command(action: Callable[P, R]) -> Callable[P, R]:
    """Make a function with keyword arguments, `actor` among them, the one durable transaction of an operation.

    A refusal undoes everything the action did; with an idempotency key (`actor.key`) the result or the refusal is
    kept, and the same key again gives the same answer without doing anything. Another content under the same key
    raises Conflict. Results that can be replayed: a saved model instance, a list of them, None or plain JSON values.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args:
            raise TypeError(f"{action.__name__} takes keyword arguments only")
        actor = kwargs["actor"]
        assert isinstance(actor, Actor)
        with _counted(action):
            return _untangled(action, actor, kwargs)  # type: ignore[no-any-return]

    run.is_command = True  # type: ignore[attr-defined]
    return run


def _untangled(action: Callable[..., Any], actor: Actor, kwargs: dict[str, Any]) -> Any:
    """Two commands that wait for each other's rows: the database ends one, and it simply goes again.

    Not where a row was handed in: the first try may have changed it.
    """
    tries = 1 if any(isinstance(value, models.Model) for value in kwargs.values()) else TRIES
    while True:
        tries -= 1
        try:
            return _once(action, actor, kwargs)
        except OperationalError as error:
            if tries == 0 or getattr(error.__cause__, "pgcode", None) not in TANGLED:
                raise


def _once(action: Callable[..., Any], actor: Actor, kwargs: dict[str, Any]) -> Any:
    refusal: Refusal | None = None
    with transaction.atomic(durable=True):
        context.local(actor)
        record = _claim(actor, actor.id, action, kwargs) if actor.key and actor.id else None
        if record is not None and record.outcome is not None:
            return _replayed(record.outcome)
        try:
            with transaction.atomic():
                result = action(**kwargs)
        except Refusal as error:
            refusal = error
            # Who confirms who they are may send the very same again.
            if record is not None and not isinstance(error, NotFresh):
                _keep(record, {"refusal": error.as_dict()})
        else:
            if record is not None:
                _keep(record, {"result": _stored(result)})
            return result
    raise refusal


@contextmanager
def _counted(action: Callable[..., Any]) -> Iterator[None]:
    """Counts how the operation ended, under its room and name."""
    name = f"{action.__module__.partition('.actions')[0]}.{action.__name__}"
    result = "failed"
    try:
        yield
        result = "done"
    except Refusal:
        result = "refused"
        raise
    finally:
        metrics.COMMANDS.labels(name, result).inc()


@contextmanager
def system_command(name: str) -> Iterator[Actor]:
    """One transaction in which the platform's clock acts; yields the system as actor, for the book and the context."""
    actor = Actor(is_system=True, request_id=name)
    with transaction.atomic():
        context.local(actor)
        yield actor


def _claim(actor: Actor, actor_id: UUID, action: Callable[..., Any], kwargs: dict[str, Any]) -> CommandRecord:
    """The record of this key, claimed by the insert itself; a second request with the key waits here for the first."""
    name = f"{action.__module__}.{action.__name__}"
    print_ = _fingerprint(name, kwargs)
    fresh = CommandRecord(
        actor_id=actor_id,
        organisation_id=actor.organisation_id,
        key=str(actor.key)[:255],
        name=name[:100],
        fingerprint=print_,
    )
    CommandRecord.objects.bulk_create([fresh], ignore_conflicts=True)
    record = CommandRecord.objects.select_for_update().get(actor_id=actor_id, key=fresh.key)
    # Who had no organisation may have got one by this very command: registering it.
    moved = record.organisation_id is not None and record.organisation_id != actor.organisation_id
    if record.fingerprint != print_ or moved:
        raise Conflict(
            _("This idempotency key was used before with another content; please use a new key."),
            code="idempotency_key_reused",
        )
    return record


def _fingerprint(name: str, kwargs: dict[str, Any]) -> str:
    plain = {key: _for_print(value) for key, value in kwargs.items() if key != "actor"}
    plain["__name__"] = name
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def _for_print(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        digest = hashlib.sha256(value.read()).hexdigest()
        value.seek(0)
        return digest
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, dict):
        return {str(key): _for_print(one) for key, one in value.items()}
    if isinstance(value, list | tuple | models.QuerySet):
        return [_for_print(one) for one in value]
    return str(value)


def _keep(record: CommandRecord, outcome: dict[str, Any]) -> None:
    record.outcome = outcome
    record.save(update_fields=["outcome"])


def _stored(result: Any) -> Any:
    if isinstance(result, models.Model):
        return {"model": result._meta.label, "pk": str(result.pk)}
    if isinstance(result, list | tuple):
        return {"many": [_stored(one) for one in result]}
    return {"plain": json.loads(json.dumps(result, default=str))}


def _replayed(outcome: dict[str, Any]) -> Any:
    if "refusal" in outcome:
        raise from_dict(outcome["refusal"])
    return _rebuilt(outcome["result"])


def _rebuilt(stored: dict[str, Any]) -> Any:
    if "model" in stored:
        return apps.get_model(stored["model"])._default_manager.get(pk=stored["pk"])
    if "many" in stored:
        return [_rebuilt(one) for one in stored["many"]]
    return stored["plain"]

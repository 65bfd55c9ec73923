"""The database's signing functions; nothing else writes a start or a decision."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.accounts.models import Person
from core.errors import NotAllowed, Refusal, WrongState
from projects.models import Gate, GateDecision, GatePackage, Project, ProjectStart

_SENTENCES: dict[str, Callable[[], Refusal]] = {
    "not_to_be_started": lambda: WrongState(_("The project is started already.")),
    "not_a_signatory": lambda: NotAllowed(_("Only a signatory of the leading party starts the project.")),
    "not_in_review": lambda: WrongState(_("The gate has no package in review.")),
    "not_an_approver": lambda: NotAllowed(_("Only a stage-fund approver of the operator decides.")),
    "conflict_of_interest": lambda: NotAllowed(
        _("You have a part in this project or gate, so you cannot decide it."), code="conflict_of_interest"
    ),
    "old_package": lambda: WrongState(_("A newer package was handed in meanwhile; read it first."), code="old_package"),
    "no_finding": lambda: WrongState(_("No reviewer has recorded a finding on this package yet")),
    "conditions_open": lambda: WrongState(_("A condition is still open.")),
    "earlier_gate_open": lambda: WrongState(_("An earlier gate is not passed yet.")),
    "decided_already": lambda: WrongState(_("Somebody has decided this gate already."), code="decided_already"),
}


def fingerprint(content: Any) -> str:
    """The hash of what is frozen."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(plain.encode()).hexdigest()


def sign_start(project: Project, definition_hash: str, person: Person) -> ProjectStart:
    """The signed start of the project."""
    pk = uuid.uuid4()
    _run("SELECT projects_sign_start(%s, %s, %s, %s, %s)", [pk, project.pk, definition_hash, person.pk, clock.now()])
    return ProjectStart.objects.get(pk=pk)


def sign_decision(
    *, gate: Gate, package: GatePackage, outcome: str, reason: str, person: Person, review_on: dt.date | None = None,
    follows: GateDecision | None = None,
) -> GateDecision:  # fmt: skip
    """The signed decision on the gate."""
    pk = uuid.uuid4()
    _run(
        "SELECT projects_sign(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [pk, gate.pk, package.pk, outcome, reason, review_on, follows.pk if follows else None, person.pk, clock.now()],
    )
    return GateDecision.objects.get(pk=pk)


def _run(sql: str, arguments: list[Any]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, arguments)
    except DatabaseError as error:
        make = _SENTENCES.get(str(error).split("\n", 1)[0].strip())
        if make is None:
            raise
        raise make() from None

"""The one place that answers "may this actor?".

A room registers predicates by name and, for each model, the query of what an actor may see. An id from outside is
looked up only by `fetch` and `fetch_for_update`: what is not in the visible query does not exist for the actor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Missing, NotAllowed, NotFound, NotFresh

M = TypeVar("M", bound=Model)
Rule = Callable[[Actor, Any], bool]
VisibleTo = Callable[[Actor], QuerySet[Any]]

log = logging.getLogger("xielian.access")

_rules: dict[str, Rule] = {}
_refusals: dict[str, str] = {}
_fresh: set[str] = set()
_begins: set[str] = set()
_visible: dict[type[Model], tuple[str, VisibleTo]] = {}
# The rules that ask their model's own query for the row: of a row that this query gave there is nothing left to ask.
_twins: set[str] = set()


def register(
    rules: Mapping[str, Rule],
    *,
    told: Mapping[str, Any] | None = None,
    fresh: Iterable[str] = (),
    begins: Iterable[str] = (),
) -> None:
    """Add a room's table of rules.

    `begins` names the rules by which an organisation takes on something new: one that goes on in another only ends
    what it began. `told` may hold, by rule, the sentence that says who could do it instead; `fresh` names the rules, those of money
    and of access, for which a person must have proved lately who they are.
    """
    _fresh.update(fresh)
    _begins.update(begins)
    for name, rule in rules.items():
        if _rules.get(name, rule) is not rule:
            raise ValueError(f"the rule {name} is registered twice")
        _rules[name] = rule
    _refusals.update(told or {})


def visible(model: type[M], view_rule: str, query: Callable[[Actor], QuerySet[M]]) -> None:
    """Say which rows of `model` an actor may see; `view_rule` is registered as the query's twin if it has none."""
    _visible[model] = (view_rule, query)
    if view_rule not in _rules:
        _rules[view_rule] = lambda actor, row: query(actor).filter(pk=row.pk).exists()
        _twins.add(view_rule)


def visible_to(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The rows of `model` that the actor may see."""
    view_rule, query = _visible[model]
    return query(actor) if scope_allows(actor, view_rule) else model._default_manager.none()


def names() -> list[str]:
    """All registered rules."""
    return sorted(_rules)


def scope_allows(actor: Actor, rule: str) -> bool:
    """Whether a machine client's token covers the rule's room; people are not limited by scopes."""
    if actor.scopes is None:
        return True
    room, _dot, operation = rule.partition(".")
    return f"{room}:read" in actor.scopes if operation.startswith("view_") else f"{room}:write" in actor.scopes


def can(actor: Actor, rule: str, obj: Any = None) -> bool:
    """Whether the rule lets the actor do this with the object. States are not asked."""
    predicate = _rules.get(rule)
    if predicate is None:
        raise LookupError(f"no rule is registered under {rule}")
    if actor.is_system:
        return True
    return scope_allows(actor, rule) and not _is_over(actor, rule) and bool(predicate(actor, obj))


def require(actor: Actor, rule: str, obj: Any = None) -> None:
    """Nothing, or NotAllowed with a sentence; the refusal is logged."""
    if not can(actor, rule, obj):
        log.info("refused %s to %s for %s", rule, actor.id, actor.organisation_id)
        raise _refusal(actor, rule)
    if rule in _fresh and actor.person is not None and not actor.is_fresh:
        raise NotFresh(
            _("Please confirm that it is you: money and access ask for it."),
            missing=[Missing(_("Your password once more"), _("you"), "/accounts/confirm/")],
        )


def acting_for(actor: Actor, rule: str) -> Organisation:
    """The organisation that the actor acts for, when the rule lets it do this for itself; else NotAllowed."""
    if actor.organisation is None:
        raise _refusal(actor, rule)
    require(actor, rule, actor.organisation)
    return actor.organisation


def fetch(actor: Actor, rule: str, model: type[M], pk: UUID | str, *joined: str) -> M:
    """The row, if the actor may see it and the rule agrees; else NotFound or NotAllowed. `joined` names what comes along with it."""
    rows = visible_to(actor, model)
    row = _row(actor, rows.select_related(*joined) if joined else rows, model, pk)
    if rule not in _twins or rule != _visible[model][0] or rule in _fresh:
        require(actor, rule, row)
    return row


def fetch_for_update(actor: Actor, rule: str, model: type[M], pk: UUID | str) -> M:
    """Like `fetch`, with the row locked until the transaction ends."""
    seen = visible_to(actor, model).filter(pk=_as_key(model, pk)).values("pk")[:1]
    locked = model._default_manager.filter(pk__in=list(seen.values_list("pk", flat=True))).select_for_update(
        of=("self",)
    )
    row = _row(actor, locked, model, pk)
    require(actor, rule, row)
    return row


def _row(actor: Actor, rows: QuerySet[M], model: type[M], pk: UUID | str) -> M:
    row = rows.filter(pk=_as_key(model, pk)).first()
    if row is None:
        log.info("hidden %s %s from %s for %s", model._meta.label, pk, actor.id, actor.organisation_id)
        raise NotFound(_("There is nothing here, or you have no access to it."))
    return row


def _as_key(model: type[Model], pk: UUID | str) -> Any:
    try:
        return model._meta.pk.to_python(pk)
    except Exception:
        raise NotFound(_("There is nothing here, or you have no access to it.")) from None


def _is_over(actor: Actor, rule: str) -> bool:
    return rule in _begins and actor.organisation is not None and actor.organisation.is_merged


def _refusal(actor: Actor, rule: str) -> NotAllowed:
    if not actor.is_signed_in:
        return NotAllowed(_("Please sign in first."), code="not_signed_in")
    if not scope_allows(actor, rule):
        return NotAllowed(_("The access token does not cover this operation."), code="insufficient_scope")
    if actor.organisation is None:
        return NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    if _is_over(actor, rule):
        return NotAllowed(_("This organisation goes on in another: it ends what it began, and begins nothing new."))
    told = _refusals.get(rule)
    return NotAllowed(str(told) if told else _("Your organisation or role does not allow this."), code="not_allowed")

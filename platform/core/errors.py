"""Refusals: every "no" a person or a machine can meet, with what is missing and who can mend it.

An action raises one of these; one middleware turns it into a page, one handler into a problem document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way: what it is, who can mend it, and the link that mends it."""

    what: Text
    who: Text = ""
    link: str = ""
    rule: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"what": str(self.what), "who": str(self.who), "link": self.link, "rule": self.rule}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Base of all refusals. `code` is stable for machines, `message` is a sentence for people."""

    status = 400
    code = "refused"

    def __init__(
        self,
        message: Text,
        *,
        code: str | None = None,
        field: str | None = None,
        fields: Mapping[str, Sequence[Text]] | None = None,
        missing: Iterable[Missing] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.missing = list(missing)
        self._fields = dict(fields or {})

    @property
    def fields(self) -> dict[str, list[str]]:
        """Sentences by field name; empty when the refusal belongs to no field."""
        told = {name: [str(text) for text in texts] for name, texts in self._fields.items()}
        if self.field and self.field not in told:
            told[self.field] = [str(self.message)]
        return told

    def as_dict(self) -> dict[str, object]:
        """A plain form that can be stored with an idempotency key and rebuilt by `from_dict`."""
        return {
            "kind": type(self).__name__,
            "message": str(self.message),
            "code": self.code,
            "field": self.field,
            "fields": self.fields,
            "missing": [one.as_dict() for one in self.missing],
        }


class Invalid(Refusal):
    """What was sent has the right shape but not a possible meaning (422)."""

    status = 422
    code = "invalid"


class NotAllowed(Refusal):
    """The actor may see the thing but not do this with it (403, 无权限)."""

    status = 403
    code = "not_allowed"


class NotFresh(NotAllowed):
    """The person must prove again who they are before money moves or access is given (403); the same again then works."""

    code = "sign_in_again"


class NotFound(Refusal):
    """There is no such thing, or its very existence is hidden from the actor (404)."""

    status = 404
    code = "not_found"


class WrongState(Refusal):
    """The thing is not in a state in which this is possible (409)."""

    status = 409
    code = "wrong_state"


class Conflict(Refusal):
    """Somebody was faster, or a key was used again with other content (409)."""

    status = 409
    code = "conflict"


class Stale(Conflict):
    """The row changed since it was read (412 for machines; people see both versions)."""

    status = 412
    code = "stale"


class Blocked(Refusal):
    """A check stands in the way; `missing` lists exactly what is missing (409)."""

    status = 409
    code = "blocked"


class TooMany(Refusal):
    """Asked more often than the limit allows (429); the answer's Retry-After says when there is room again."""

    status = 429
    code = "too_many_requests"


KINDS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (Refusal, Invalid, NotAllowed, NotFresh, NotFound, WrongState, Conflict, Stale, Blocked)
}


def from_dict(stored: Mapping[str, object]) -> Refusal:
    """The refusal that `as_dict` stored, so that a retry gets the same answer."""
    kind = KINDS[str(stored["kind"])]
    fields = stored.get("fields")
    missing = stored.get("missing")
    field = stored.get("field")
    return kind(
        str(stored["message"]),
        code=str(stored["code"]),
        field=str(field) if field else None,
        fields=fields if isinstance(fields, dict) else {},
        missing=[Missing(**one) for one in missing] if isinstance(missing, list) else [],
    )

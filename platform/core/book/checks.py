"""What must be noticed about the book itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_lazy

from core.book.models import SelfCheck, Verdict
from core.book.queries import standing_fault
from core.checks import registry


def unsound() -> list[SelfCheck]:
    """The reading that first found the fault that stands."""
    fault = standing_fault()
    return [fault] if fault else []


@registry.check("BOOK", title=gettext_lazy("The book is not sound"), watches=unsound)
def book_is_not_sound(fault: SelfCheck) -> Iterable[registry.Hit]:
    """A broken entry, a rewritten history or a restored backup; told to the operators until a reading is sound again."""
    yield registry.Hit(
        fault,
        rule=gettext(fault.reason),
        numbers={"first": fault.first_index, "last": fault.last_index, "entries": fault.entries},
        tell_operator=True,
        clears=gettext_lazy("A later reading of the whole book finds no fault"),
        link="/book/verify/",
        key=fault.verdict if fault.verdict == Verdict.FORK else "broken",
    )

"""The left navigation: rooms register entries, the shell shows each actor the ones meant for them (R027)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.web.addresses import address_of

if TYPE_CHECKING:
    from core.accounts.actor import Actor

Text = str | Promise

# Sections in the order they stand; a room may also name a section of its own, which then follows these.
HOME = ""
CHAIN = "chain"
COLLABORATION = "collaboration"
REVIEW = "review"
BENEFIT = "benefit"
DATA = "data"
OVERSIGHT = "oversight"
ORGANISATION = "organisation"
SECTIONS: dict[str, Text] = {
    HOME: "",
    CHAIN: _("Industry chain"),
    COLLABORATION: _("Collaboration"),
    REVIEW: _("Review and approval"),
    BENEFIT: _("Benefit and risk"),
    DATA: _("Data"),
    OVERSIGHT: _("Oversight"),
    ORGANISATION: _("Organisation"),
}


def signed_in(actor: Actor) -> bool:
    """Entries are for everyone signed in unless they say otherwise."""
    return actor.is_signed_in


@dataclass(frozen=True)
class Entry:
    """One registered line of the navigation."""

    section: str
    label: Text
    icon: str
    url_name: str
    shows: Callable[[Actor], bool]
    count: Callable[[Actor], int | None] | None
    order: int


@dataclass
class Item:
    """One line as shown: its address is resolved, its count taken, and `is_current` set for the page one is on."""

    label: Text
    icon: str
    url: str
    count: int | None = None
    is_current: bool = False


@dataclass
class Section:
    """A titled group of lines."""

    key: str
    label: Text
    items: list[Item] = field(default_factory=list)


_entries: dict[tuple[str, str], Entry] = {}


def register(
    *,
    section: str,
    label: Text,
    icon: str,
    url_name: str,
    shows: Callable[[Actor], bool] = signed_in,
    count: Callable[[Actor], int | None] | None = None,
    order: int = 100,
    section_label: Text | None = None,
) -> None:
    """Put a line into the navigation. `section_label` names a section that is not among `SECTIONS`."""
    if section_label is not None:
        SECTIONS.setdefault(section, section_label)
    _entries[(section, url_name)] = Entry(section, label, icon, url_name, shows, count, order)


def sections(actor: Actor, path: str, counted: Callable[[Callable[[Actor], int | None]], int | None]) -> list[Section]:
    """What this actor's navigation shows; the entry whose address is the longest beginning of `path` is current.

    `counted` takes an entry's count; the shell's takes each once a page, wherever it is shown.
    """
    groups = {key: Section(key, label) for key, label in SECTIONS.items()}
    for entry in sorted(_entries.values(), key=lambda one: one.order):
        if not entry.shows(actor):
            continue
        url = address_of(entry.url_name)
        if not url:
            # The room is not mounted (yet); a dead link would be worse than none.
            continue
        count = counted(entry.count) if entry.count else None
        group = groups.setdefault(entry.section, Section(entry.section, entry.section))
        group.items.append(Item(entry.label, entry.icon, url, count))
    shown = [group for group in groups.values() if group.items]
    _mark_current([item for group in shown for item in group.items], path)
    return shown


def _mark_current(items: list[Item], path: str) -> None:
    holding = [item for item in items if path == item.url or (item.url != "/" and path.startswith(item.url))]
    if holding:
        max(holding, key=lambda item: len(item.url)).is_current = True

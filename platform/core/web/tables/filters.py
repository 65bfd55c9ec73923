"""Filters: what a reader may ask of a list, kept in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core import clock
from core.tally import Counts, Facet, Spread, UpTo
from core.web.tables import counting

Text_ = str | Promise
Choices = Iterable[tuple[Any, Text_]] | Callable[[], Iterable[tuple[Any, Text_]]]


class WrongFilterError(Exception):
    """What was asked makes no sense; the sentence stands beside the filter and the filter is left out."""


@dataclass
class Option:
    """One thing a choice filter offers, with how many rows it would leave."""

    value: str
    label: Text_
    is_chosen: bool
    count: int | None = None
    has_more: bool = False  # there are more than `count`

    @property
    def counted(self) -> str:
        """The count as people read it; empty where nothing was counted."""
        return "" if self.count is None else f"{self.count}{'+' if self.has_more else ''}"

    def lined(self) -> SafeString:
        """A line of a list to choose one from."""
        mark = SafeString(" selected" if self.is_chosen else "")
        counted = f" ({self.counted})" if self.counted else ""
        return format_html('<option value="{}"{}>{}{}</option>', self.value, mark, self.label, counted)

    def ticked(self, name: str) -> SafeString:
        """A box to tick, of several."""
        mark = SafeString(" checked" if self.is_chosen else "")
        counted = format_html("<i>{}</i>", self.counted) if self.counted else ""
        box = format_html('<input type="checkbox" name="{}" value="{}"{}>', name, self.value, mark)
        return format_html('<label class="opt">{}<span>{}</span>{}</label>', box, self.label, counted)


@dataclass
class Shown:
    """A filter as the page shows it."""

    kind: str
    name: str
    label: Text_
    value: str = ""
    low: str = ""
    high: str = ""
    options: list[Option] = field(default_factory=list)
    error: str = ""
    chosen: list[tuple[str, str]] = field(default_factory=list)  # (name in the address, value) of what is set
    words: str = ""

    @property
    def choices(self) -> SafeString:
        """What there is to choose from, with counts. Joined here, as the cells of a row are: some lists offer hundreds."""
        is_multi = self.kind == "multi"
        return SafeString("".join(one.ticked(self.name) if is_multi else one.lined() for one in self.options))


@dataclass(frozen=True)
class Filter:
    """Base of all filters. `lookup` is the field path; the name when left out."""

    name: str
    label: Text_
    lookup: str = ""
    kind = "text"

    @property
    def path(self) -> str:
        return self.lookup or self.name

    def names(self) -> list[str]:
        """The names this filter uses in the address."""
        return [self.name]

    def once(self) -> Filter:
        """The filter for one answer: what it must look up, it looks up once."""
        return self

    def condition(self, asked: QueryDict, prefix: str) -> Q | None:
        """What the query must hold, or None when nothing is asked. Raises WrongFilterError."""
        raise NotImplementedError

    def shown(self, asked: QueryDict, prefix: str) -> Shown:
        value = asked.get(prefix + self.name, "").strip()
        chosen = [(prefix + self.name, value)] if value else []
        return Shown(self.kind, prefix + self.name, self.label, value=value, chosen=chosen, words=value)


@dataclass(frozen=True)
class Text(Filter):
    """Rows whose field contains the words."""

    def condition(self, asked: QueryDict, prefix: str) -> Q | None:
        value = asked.get(prefix + self.name, "").replace("\x00", "").strip()
        return Q(**{f"{self.path}__icontains": value}) if value else None


@dataclass(frozen=True)
class Choice(Filter):
    """One of a list. With `facet` each choice shows how many rows it would leave.

    Where `apply` says what rows of a choice hold, `by` says what they are counted by, so that all facets are counted in one pass;
    `sums` names the choices that are several others together.
    """

    choices: Choices = ()
    facet: bool = False
    apply: Callable[[str], Q] | None = None
    by: Callable[[], Facet] | None = None
    sums: Mapping[str, Collection[str]] = field(default_factory=dict)
    kind = "choice"

    def once(self) -> Filter:
        return replace(self, choices=cache(self.choices)) if callable(self.choices) else self

    def listed(self) -> list[tuple[str, Text_]]:
        source = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in source]

    def wanted(self, asked: QueryDict, prefix: str) -> list[str]:
        known = {value for value, _label in self.listed()}
        return [value for value in asked.getlist(prefix + self.name)[-1:] if value in known]

    def condition(self, asked: QueryDict, prefix: str) -> Q | None:
        sent = [value for value in asked.getlist(prefix + self.name) if value]
        wanted = self.wanted(asked, prefix)
        if sent and not wanted:
            raise WrongFilterError(gettext("There is no such choice."))
        if not wanted:
            return None
        either = Q()
        for value in wanted:
            either |= self.of(value)
        return either

    def of(self, value: str) -> Q:
        """What rows of this choice hold."""
        return self.apply(value) if self.apply else Q(**{self.path: value})

    def shown(self, asked: QueryDict, prefix: str) -> Shown:
        wanted = self.wanted(asked, prefix)
        options = [Option(value, label, value in wanted) for value, label in self.listed()]
        chosen = [(prefix + self.name, value) for value in wanted]
        words = "、".join(str(one.label) for one in options if one.is_chosen)
        return Shown(
            self.kind,
            prefix + self.name,
            self.label,
            value=wanted[0] if wanted else "",
            options=options,
            chosen=chosen,
            words=words,
        )

    def counted_by(self) -> Facet | None:
        """What rows are counted by; None where each choice must be counted by itself."""
        if self.by is not None:
            return self.by()
        return Facet(F(self.path)) if self.apply is None else None

    def part(self, rows: QuerySet[Any]) -> Spread | UpTo:
        """The count of these rows up to a bound for each choice, for lists of any length."""
        return UpTo(rows, self.name, {value: self.of(value) for value, _label in self.listed()}, counting.CHOSEN + 1)

    def fill(self, counts: Counts, options: list[Option], *, is_whole: bool) -> None:
        """Tell each option how many rows were counted for it; only up to a bound where not all were."""
        for option in options:
            parts = self.sums.get(option.value, [option.value]) if is_whole else [option.value]
            option.count = sum(counts.get(str(one), 0) for one in parts)
            if not is_whole and option.count > counting.CHOSEN:
                option.count, option.has_more = counting.CHOSEN, True


@dataclass(frozen=True)
class Multi(Choice):
    """Any number of a list."""

    kind = "multi"

    def wanted(self, asked: QueryDict, prefix: str) -> list[str]:
        known = {value for value, _label in self.listed()}
        return [value for value in asked.getlist(prefix + self.name) if value in known]


@dataclass(frozen=True)
class Values(Choice):
    """Exactly one of the values that the rows hold; the most frequent are offered with their counts (one query)."""

    facet: bool = True
    most: int = 30

    def listed(self) -> list[tuple[str, Text_]]:
        return []

    def wanted(self, asked: QueryDict, prefix: str) -> list[str]:
        sent = [value.replace("\x00", "").strip() for value in asked.getlist(prefix + self.name)[-1:]]
        return [value[:200] for value in sent if value]

    def shown(self, asked: QueryDict, prefix: str) -> Shown:
        value = next(iter(self.wanted(asked, prefix)), "")
        options = [Option(value, value, is_chosen=True)] if value else []
        chosen = [(prefix + self.name, value)] if value else []
        return Shown(
            self.kind, prefix + self.name, self.label, value=value, options=options, chosen=chosen, words=value
        )

    def part(self, rows: QuerySet[Any]) -> Spread | UpTo:
        return Spread(rows, {self.name: Facet(F(self.path))})

    def fill(self, counts: Counts, options: list[Option], *, is_whole: bool) -> None:
        """Offer the most frequent values; what is chosen stays even where it is rare."""
        chosen = {one.value for one in options}
        most = sorted((-many, value) for value, many in counts.items() if value)[: self.most]
        found = {value: -many for many, value in most}
        found |= {value: 0 for value in chosen if value not in found}
        options[:] = [Option(value, value, value in chosen, count=many) for value, many in found.items()]


@dataclass(frozen=True)
class _Range(Filter):
    def names(self) -> list[str]:
        return [f"{self.name}_from", f"{self.name}_to"]

    def ends(self, asked: QueryDict, prefix: str) -> tuple[str, str]:
        low, high = (asked.get(prefix + name, "").strip() for name in self.names())
        return low, high

    def shown(self, asked: QueryDict, prefix: str) -> Shown:
        low, high = self.ends(asked, prefix)
        low_name, high_name = (prefix + name for name in self.names())
        chosen = [pair for pair in ((low_name, low), (high_name, high)) if pair[1]]
        words = f"{low or '…'} – {high or '…'}"
        return Shown(self.kind, prefix + self.name, self.label, low=low, high=high, chosen=chosen, words=words)


@dataclass(frozen=True)
class DateRange(_Range):
    """Days from and to, both included, in Beijing time. `is_moment` where the field holds a time of day as well."""

    is_moment: bool = False
    kind = "dates"

    def condition(self, asked: QueryDict, prefix: str) -> Q | None:
        low, high = (self._day(text) for text in self.ends(asked, prefix))
        if low and high and low > high:
            raise WrongFilterError(gettext("The first day is after the last."))
        both = Q()
        if low:
            both &= Q(**{f"{self.path}__gte": self._start(low)})
        if high:
            end = (
                {f"{self.path}__lt": self._start(high + dt.timedelta(days=1))}
                if self.is_moment
                else {f"{self.path}__lte": high}
            )
            both &= Q(**end)
        return both or None

    def _start(self, day: dt.date) -> dt.date | dt.datetime:
        return dt.datetime.combine(day, dt.time(), clock.CHINA) if self.is_moment else day

    @staticmethod
    def _day(text: str) -> dt.date | None:
        if not text:
            return None
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            raise WrongFilterError(gettext("Write a day as 2026-09-15.")) from None
        if not 1900 <= day.year <= 9000:
            raise WrongFilterError(gettext("Write a day as 2026-09-15."))
        return day


@dataclass(frozen=True)
class NumberRange(_Range):
    """Numbers from and to, both included. `scale` is what one unit of the control is worth (10000 for 万元)."""

    unit: Text_ = ""
    scale: Decimal = Decimal(1)
    kind = "numbers"

    def condition(self, asked: QueryDict, prefix: str) -> Q | None:
        low, high = (self._number(text) for text in self.ends(asked, prefix))
        if low is not None and high is not None and low > high:
            raise WrongFilterError(gettext("The smaller number comes first."))
        both = Q()
        if low is not None:
            both &= Q(**{f"{self.path}__gte": low * self.scale})
        if high is not None:
            both &= Q(**{f"{self.path}__lte": high * self.scale})
        return both or None

    @staticmethod
    def _number(text: str) -> Decimal | None:
        if not text:
            return None
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            raise WrongFilterError(gettext("Write a number, for example 300.")) from None
        if not number.is_finite() or abs(number) > Decimal(10) ** 20:
            raise WrongFilterError(gettext("Write a number, for example 300."))
        return number


def ours(organisation_id: Any, path: str) -> list[Filter]:
    """`?whose=ours`: rows of the reader's organisation, known by its id at `path`; nothing for who acts for none."""
    if organisation_id is None:
        return []
    mine = Q(**{path: organisation_id})
    return [Choice("whose", gettext("Whose"), choices=[("ours", gettext("Only ours"))], apply=lambda _value: mine)]

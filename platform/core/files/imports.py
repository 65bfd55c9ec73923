"""Rows that come in: declared once, checked wholly, shown before anything is written, written all or not at all.

A room declares an `Import` with its fields and says in `check` what the domain finds wrong with a row. The upload is kept as an
`ImportDraft`; its page shows every row as it was understood, and the room's command reads the same file again and writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core import clock
from core.accounts.actor import Actor
from core.errors import Invalid, NotFound, WrongState
from core.files import names, services, sheets
from core.files.kinds import SHEET
from core.files.models import ImportDraft
from core.files.values import Noted, Reader, Wrong, narrow

Text = str | Promise
GOOD_FOR = dt.timedelta(days=1)
WRONG_COLUMN = gettext_lazy("What to mend")


@dataclass(frozen=True)
class Field:
    """One column: its name, its heads in both languages, how a cell is read, and what stands in the template."""

    name: str
    label: Text
    read: Reader
    required: bool = False
    example: Any = ""
    help: Text = ""
    also: Sequence[Text] = ()  # further heads under which lists show the same thing
    shown: Callable[[Any], Any] = str  # how a value is written on the preview

    def heads(self) -> set[str]:
        """Every head this column answers to."""
        found = {_plain(self.name)}
        for language in ("zh-hans", "en"):
            with override(language):
                found |= {_plain(str(one)) for one in (self.label, *self.also)}
        return found

    def in_template(self) -> Any:
        """The cell of the template's example, in the reader's language."""
        shown = self.example() if callable(self.example) else self.example
        return str(shown) if isinstance(shown, Promise) else shown


def _plain(head: str) -> str:
    return narrow(head).casefold().rstrip(" *")


@dataclass
class Line:
    """One row: as it was sent, as it was understood, and what is wrong with it, by field."""

    number: int
    sent: list[sheets.Cell]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    verdict: str = "new"  # or changed, same
    blank: set[str] = field(default_factory=set)  # columns that the file has and this row leaves empty


Check = Callable[[Actor, Any, list[Line]], None]


@dataclass(frozen=True)
class Import:
    """A kind of rows; `check(actor, target, lines)` adds the domain's own errors and verdicts and writes nothing."""

    name: str
    title: Text
    fields: Sequence[Field]
    check: Check


@dataclass
class Checked:
    """A whole file, understood: what would be written, and what keeps it from being written."""

    importing: Import
    header: list[str]
    lines: list[Line]
    how: str
    not_read: list[str]
    examples: list[int] = field(default_factory=list)  # rows that are still the template's example, and are left out

    @property
    def wrong(self) -> list[Line]:
        return [one for one in self.lines if one.errors]

    @property
    def is_good(self) -> bool:
        return bool(self.lines) and not self.wrong

    def count(self, verdict: str) -> int:
        """How many rows would be new, changed or the same."""
        return sum(one.verdict == verdict and not one.errors for one in self.lines)


def begin(
    actor: Actor, importing: Import, upload: UploadedFile[Any], *, target_id: UUID | None = None, field: str = "file"
) -> ImportDraft:
    """Keep the file for its preview; raises Invalid beside the field when it holds no such rows at all."""
    stored = services.store(actor, upload, purpose=SHEET, field=field)
    upload.seek(0)
    sheet = sheets.read(upload.file or upload, extension=names.extension(stored.name), field=field)
    columns, _not_read = _mapped(importing, sheet, field)
    if not _lines(importing, sheet, columns)[0]:
        raise Invalid(_("The file holds only the example of the template."), field=field, code="only_example")
    return ImportDraft.objects.create(
        kind=importing.name, target_id=target_id, file=stored, person=actor.person, client=actor.client,
        organisation=actor.organisation,
    )  # fmt: skip


def read(actor: Actor, importing: Import, draft: ImportDraft, target: Any = None) -> Checked:
    """The draft's file, understood anew. Nothing is written."""
    services.refuse_unsafe(draft.file)
    with default_storage.open(draft.file.path) as content:
        sheet = sheets.read(content, extension=names.extension(draft.file.name))
    columns, not_read = _mapped(importing, sheet, "file")
    lines, examples = _lines(importing, sheet, columns)
    importing.check(actor, target, lines)
    return Checked(importing, sheet.header, lines, sheet.how, not_read, examples)


def own_draft(actor: Actor, importing: Import, draft_id: UUID, *, target_id: UUID | None = None) -> ImportDraft:
    """The draft that this person began for this organisation; nobody else's exists."""
    rows = ImportDraft.objects.filter(pk=draft_id, kind=importing.name, target_id=target_id)
    found = (
        rows.filter(person=actor.person, client=actor.client, organisation=actor.organisation)
        .select_related("file")
        .first()
    )
    if found is None or not actor.is_signed_in:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    return found


def claim(
    actor: Actor, importing: Import, draft_id: UUID, target: Any = None, *, target_id: UUID | None = None
) -> tuple[ImportDraft, Checked]:
    """The draft locked for writing, with its rows; refused while a row is wrong, when it was used, or a day later."""
    draft = own_draft(actor, importing, draft_id, target_id=target_id)
    draft = ImportDraft.objects.select_for_update(of=("self",)).select_related("file").get(pk=draft.pk)
    if draft.applied_at is not None:
        raise WrongState(_("These rows were taken in already."))
    if draft.created_at < clock.now() - GOOD_FOR:
        raise WrongState(_("This preview is more than a day old; send the file again."))
    checked = read(actor, importing, draft, target)
    if not checked.is_good:
        raise Invalid(
            _("%(count)d rows need mending first; nothing was taken in.") % {"count": len(checked.wrong)},
            code="rows_wrong",
            fields={
                f"rows.{one.number}.{name}": told for one in checked.wrong[:50] for name, told in one.errors.items()
            },
        )
    return draft, checked


def finish(draft: ImportDraft, *, count: int) -> None:
    """The draft was used; it cannot be used again."""
    draft.applied_at, draft.row_count = clock.now(), count
    draft.save(update_fields=["applied_at", "row_count"])


def mend_rows(checked: Checked) -> tuple[list[str], list[list[Any]]]:
    """The rows as they were sent with what is wrong behind them: to mend and to send again."""
    width = len(checked.header)
    labels = {one.name: str(one.label) for one in checked.importing.fields}
    rows = []
    for line in checked.lines:
        told = "; ".join(f"{labels.get(name, name)}: {' '.join(texts)}" for name, texts in line.errors.items())
        rows.append([*line.sent[:width], *[""] * (width - len(line.sent)), told])
    return [*checked.header, str(WRONG_COLUMN)], rows


def template_rows(importing: Import) -> tuple[list[str], list[list[Any]]]:
    """The heads of every column, required ones with a star, and one row that shows how it is filled."""
    heads = [f"{one.label} *" if one.required else str(one.label) for one in importing.fields]
    return heads, [[one.in_template() for one in importing.fields]]


def rows_of(importing: Import, objects: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """Objects as the rows that this import would read them from."""
    heads = [str(one.label) for one in importing.fields]
    return heads, [[values.get(one.name) for one in importing.fields] for values in objects]


def _mapped(importing: Import, sheet: sheets.Sheet, field: str) -> tuple[list[Field | None], list[str]]:
    """Each column's field, and the heads that no field answers to; refused when a required column is missing."""
    known = {head: one for one in reversed(importing.fields) for head in one.heads()}
    columns: list[Field | None] = []
    not_read, wrong = [], []
    with override("zh-hans"):
        told = {_plain(str(WRONG_COLUMN))}
    with override("en"):
        told.add(_plain(str(WRONG_COLUMN)))
    for head in sheet.header:
        found = known.get(_plain(head))
        if found is not None and found in columns:
            wrong.append(_("The column “%s” stands there twice.") % head)
        if found is None and head and _plain(head) not in told:
            not_read.append(head)
        columns.append(found)
    missing = [str(one.label) for one in importing.fields if one.required and one not in columns]
    if missing:
        wrong.append(
            _("These columns are missing: %s. The first row must hold their names, as in the template.")
            % ", ".join(missing)
        )
    if not sheet.rows:
        wrong.append(_("The file holds no row below its head."))
    if wrong:
        raise Invalid(" ".join(wrong), field=field, code="columns")
    return columns, not_read


def _lines(importing: Import, sheet: sheets.Sheet, columns: list[Field | None]) -> tuple[list[Line], list[int]]:
    """The rows as they were understood, and the numbers of those that are the template's example in either language."""
    examples = []
    for language in ("zh-hans", "en"):
        with override(language):
            cells = [one.in_template() if one else "" for one in columns]
            examples.append(_line(0, cells, columns).values)
    lines = [_line(number, cells, columns) for number, cells in sheet.rows]
    left_out = [one.number for one in lines if one.values in examples]
    return [one for one in lines if one.number not in left_out], left_out


def _line(number: int, cells: list[sheets.Cell], columns: list[Field | None]) -> Line:
    line = Line(number, cells)
    for at, column in enumerate(columns):
        if column is None:
            continue
        cell = cells[at] if at < len(cells) else ""
        if cell == "":
            if column.required:
                line.errors[column.name] = [_("This cell is empty.")]
            line.blank.add(column.name)
            continue
        try:
            value = column.read(cell)
        except Wrong as wrong:
            line.errors[column.name] = [str(wrong)]
            continue
        if isinstance(value, Noted):
            line.notes.append(value.note)
            value = value.value
        line.values[column.name] = value
    if len(cells) > len(columns) and any(one != "" for one in cells[len(columns) :]):
        line.errors["row"] = [_("The row has more cells than the first row has names.")]
    return line

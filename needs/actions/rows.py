"""Taking in many needs or indicators at once, from a file: shown first, then all or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.files import imports
from core.files.models import ImportDraft
from core.indicators import services as indicators
from needs import services
from needs.models import Need, NeedIndicator
from needs.services import rows


@command
def begin_needs_import(*, actor: Actor, file: UploadedFile[Any]) -> ImportDraft:
    """Send a file of needs; its rows are shown before anything is written."""
    policy.acting_for(actor, "needs.import_needs")
    return imports.begin(actor, rows.NEEDS, file)


@command
def import_needs(*, actor: Actor, draft_id: UUID) -> list[Need]:
    """Post every new row of the file as a draft need of the acting organisation and change those that differ, or none."""
    owner = policy.acting_for(actor, "needs.import_needs")
    draft, checked = imports.claim(actor, rows.NEEDS, draft_id)
    made = []
    for line in (one for one in checked.lines if one.verdict == "changed"):
        pk = Need.objects.values_list("pk", flat=True).get(code=line.values["code"])
        need = policy.fetch_for_update(actor, "needs.edit_need", Need, pk)
        services.edit_words(actor, need, rows.changes_of(line, need), file=draft.file.sha256, row=line.number)
        made.append(need)
    lines = [one for one in checked.lines if one.verdict == "new"]
    new = services.create_needs(
        owner=owner, actor=actor, rows=[(line.values["node"], rows.need_values(line)) for line in lines]
    )
    changes = []
    for line, need in zip(lines, new, strict=True):
        after = {"title": need.title, "side": need.demand_side, "node": str(need.node)}
        changes.append(book.Change(need, after=after | {"file": draft.file.sha256, "row": line.number}))
    book.record_all(actor, "post_need", changes)
    made += new
    imports.finish(draft, count=len(made))
    return made


@command
def begin_indicator_import(*, actor: Actor, need_id: UUID, file: UploadedFile[Any]) -> ImportDraft:
    """Send a file of indicators for one need; its rows are shown before anything is written."""
    need = policy.fetch_for_update(actor, "needs.define_indicator", Need, need_id)
    services.still_editable(need)
    checks.guard("needs.define_indicator", need)
    return imports.begin(actor, rows.INDICATORS, file, target_id=need.pk)


@command
def import_indicators(*, actor: Actor, need_id: UUID, draft_id: UUID) -> list[NeedIndicator]:
    """Add every new row of the file to the draft version and change those that differ, or none (R013, R015)."""
    need = policy.fetch_for_update(actor, "needs.define_indicator", Need, need_id)
    services.still_editable(need)
    checks.guard("needs.define_indicator", need)
    draft, checked = imports.claim(actor, rows.INDICATORS, draft_id, need, target_id=need.pk)
    present = rows.by_name(need)
    made = []
    for line in checked.lines:
        if line.verdict == "same":
            continue
        fields = rows.spec_values(line.values)
        old = present.get(indicators.name_key(fields["name"]))
        source = {"file": draft.file.sha256, "row": line.number}
        made.append(services.write_indicator(actor, need, fields, old=old, **source))
    if made:
        services.indicators_changed(need)
    imports.finish(draft, count=len(made))
    return made

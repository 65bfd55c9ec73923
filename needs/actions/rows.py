"""Taking in many needs or indicators at once, from a file: shown first, then all or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import NotAllowed
from core.files import imports
from core.files.models import ImportDraft
from needs import services
from needs.models import Need, NeedIndicator
from needs.queries.need import current_version, specifications_in
from needs.services import rows


@command
def begin_needs_import(*, actor: Actor, file: UploadedFile[Any]) -> ImportDraft:
    """Send a file of needs; its rows are shown before anything is written."""
    _may_post(actor)
    return imports.begin(actor, rows.NEEDS, file)


@command
def import_needs(*, actor: Actor, draft_id: UUID) -> list[Need]:
    """Post every row of the file as a draft need of the acting organisation, or none."""
    _may_post(actor)
    assert actor.organisation is not None
    draft, checked = imports.claim(actor, rows.NEEDS, draft_id)
    made = []
    for line in checked.lines:
        fields = {name: value for name, value in line.values.items() if name not in ("node", "chain")}
        need = services.create_need(
            owner=actor.organisation, actor=actor, node_id=line.values["node"].pk, fields=fields
        )
        book.record(
            actor, "post_need", need,
            after={"title": need.title, "side": need.demand_side, "node": str(need.node), "file": draft.file.sha256, "row": line.number},
        )  # fmt: skip
        made.append(need)
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
    present = {one.name: one for one in specifications_in(current_version(need))}
    made = []
    for line in checked.lines:
        if line.verdict == "same":
            continue
        fields = rows.spec_values(line.values)
        old = present.get(fields["name"])
        row = services.replace_specification(need, old, fields) if old else services.add_specification(need, fields)
        book.record(
            actor, "edit_indicator" if old else "define_indicator", need,
            before={"indicator": old.name, "target": old.target_text} if old else {},
            after={"indicator": row.specification.name, "target": row.specification.target_text, "file": draft.file.sha256, "row": line.number},
        )  # fmt: skip
        made.append(row)
    if made:
        services.indicators_changed(need)
    imports.finish(draft, count=len(made))
    return made


def _may_post(actor: Actor) -> None:
    if actor.organisation is None:
        raise NotAllowed(_("You act for no organisation yet; join or register one first."), code="no_organisation")
    policy.require(actor, "needs.import_needs", actor.organisation)

"""The formal check after the opening: findings per condition, and papers asked for until a date (R015)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, WrongState
from core.files import services as files
from core.inbox import services as inbox
from needs.actions.bid import after_opening
from needs.models.bid import Bid
from needs.models.eligibility import EligibilityFinding, SupplementFile, SupplementRequest
from needs.states.question import SUPPLEMENT, SupplementState

FILES = 10
LONGEST = 5000


@command
def check_eligibility(*, actor: Actor, bid_id: UUID, findings: Sequence[Mapping[str, Any]]) -> Bid:
    """Record what the formal check finds on conditions; a condition that is not met is explained."""
    bid = after_opening(actor, "needs.check_eligibility", bid_id)
    asked = {str(one.pk): one for one in bid.challenge.conditions.all()}
    wrong: dict[str, list[Any]] = {}
    for row in findings:
        key, note = str(row.get("condition")), str(row.get("note") or "").strip()
        if key not in asked:
            wrong[f"findings.{key}"] = [_("This is not a condition of the challenge.")]
        elif row.get("is_met") is False and not note:
            wrong[f"findings.{key}"] = [_("Say why it is not met.")]
        elif len(note) > LONGEST:
            wrong[f"findings.{key}"] = [_("At most %d characters.") % LONGEST]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    for row in findings:
        condition = asked[str(row["condition"])]
        if row.get("is_met") is None:
            EligibilityFinding.objects.filter(bid=bid, condition=condition).delete()
            continue
        EligibilityFinding.objects.update_or_create(
            bid=bid,
            condition=condition,
            defaults={
                "is_met": bool(row["is_met"]),
                "note": str(row.get("note") or "").strip(),
                "found_by": actor.person,
                "found_at": clock.now(),
            },
        )
    met = bid.findings.filter(is_met=True).count()
    book.record(actor, "check_eligibility", bid, after={"met": met, "of": len(asked)})
    return bid


@command
def ask_supplement(*, actor: Actor, bid_id: UUID, text: str, due_at: dt.datetime) -> SupplementRequest:
    """Ask the bidder for a missing paper until a moment; the bid itself stays as it was handed in."""
    bid = after_opening(actor, "needs.ask_supplement", bid_id)
    text = text.strip()
    if not text:
        raise Invalid(_("Please say what is missing."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="text")
    due_at = due_at.replace(microsecond=0)
    if due_at <= clock.now():
        raise Invalid(_("This moment lies in the past."), field="due_at")
    number = bid.supplements.count() + 1
    row = SupplementRequest.objects.create(bid=bid, number=number, text=text, due_at=due_at, asked_by=actor.person)
    book.record(actor, "ask_supplement", bid, after={"number": number, "text": text})
    inbox.open_task(
        kind="give_supplement",
        title=gettext_noop("Hand in what is missing from your bid for %(challenge)s"),
        params={"challenge": str(bid.challenge)},
        why=gettext_noop("The formal check asks for it; your bid itself stays as it was handed in."),
        organisation=bid.bidder,
        role="signatory",
        obj=bid,
        link=supplement_link(bid),
        due_at=due_at,
        key=f"give_supplement:{row.pk}",
    )
    inbox.notify(
        kind="supplement_asked",
        title=gettext_noop("A paper is missing from your bid for %(challenge)s"),
        params={"challenge": str(bid.challenge)},
        body=text,
        to=bid.bidder,
        obj=bid,
        link=supplement_link(bid),
        key=f"supplement_asked:{row.pk}",
    )
    return row


@command
def withdraw_supplement(*, actor: Actor, supplement_id: UUID) -> SupplementRequest:
    """No longer ask for it."""
    row = _supplement(actor, "needs.withdraw_supplement", supplement_id)
    row.state = SUPPLEMENT.after(row.state, "withdraw_supplement")
    row.save(update_fields=["state"])
    book.record(actor, "withdraw_supplement", row.bid, after={"number": row.number})
    inbox.cancel_tasks(key=f"give_supplement:{row.pk}")
    return row


@command
def add_supplement_file(
    *, actor: Actor, supplement_id: UUID, file: UploadedFile[Any], caption: str = ""
) -> SupplementRequest:
    """Add a paper to what is asked for, in time; it is read by others once everything is handed in."""
    row = _supplement(actor, "needs.add_supplement_file", supplement_id)
    _in_time(row)
    if row.state != SupplementState.ASKED:
        raise WrongState(_("This is no longer asked for."), code="not_asked")
    if row.files.count() >= FILES:
        raise Invalid(_("At most %d files.") % FILES, field="file")
    stored = files.store(actor, file)
    SupplementFile.objects.create(supplement=row, file=stored, caption=caption.strip()[:200])
    book.record(actor, "add_supplement_file", row.bid, after={"number": row.number, "sha256": stored.sha256})
    return row


@command
def give_supplement(*, actor: Actor, supplement_id: UUID, answer: str = "") -> SupplementRequest:
    """Hand in the papers that were asked for, before the moment; content and receipt of the bid are unchanged."""
    row = _supplement(actor, "needs.give_supplement", supplement_id)
    now = _in_time(row)
    answer = answer.strip()
    if len(answer) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="answer")
    if not answer and not row.files.exists():
        raise Invalid(_("Add a file, or say in words what was asked for."), field="answer")
    row.state = SUPPLEMENT.after(row.state, "give_supplement")
    row.answer, row.given_by, row.given_at = answer, actor.person, now
    row.save(update_fields=["state", "answer", "given_by", "given_at"])
    sums = sorted(one.file.sha256 for one in row.files.select_related("file"))
    book.record(actor, "give_supplement", row.bid, after={"number": row.number, "files": sums})
    inbox.close_tasks(key=f"give_supplement:{row.pk}")
    bid = row.bid
    inbox.notify(
        kind="supplement_given",
        title=gettext_noop("What was missing from a bid for %(challenge)s was handed in"),
        params={"challenge": str(bid.challenge)},
        to=bid.challenge.issuer,
        roles=("signatory", "admin"),
        obj=bid,
        link=supplement_link(bid),
        key=f"supplement_given:{row.pk}",
    )
    return row


def supplement_link(bid: Bid) -> str:
    """Where a bid shows what is asked for."""
    return reverse("needs:bid", args=[bid.pk]) + "#supplements"


def _supplement(actor: Actor, rule: str, supplement_id: UUID) -> SupplementRequest:
    seen = policy.fetch(actor, rule, SupplementRequest, supplement_id)
    row = policy.fetch_for_update(actor, rule, SupplementRequest, seen.pk)
    row.bid = Bid.objects.select_related("challenge__issuer", "bidder").get(pk=row.bid_id)
    return row


def _in_time(row: SupplementRequest) -> dt.datetime:
    now = clock.now()
    if now >= row.due_at:
        raise WrongState(
            _("It was asked for until %(due)s (Beijing time); what comes later is not taken.")
            % {"due": f"{row.due_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"},
            code="deadline_passed",
        )
    return now

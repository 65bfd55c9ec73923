"""What a challenge says of taking part: conditions, confidential details; and what of it publication freezes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core import book, clock
from core.errors import Invalid, WrongState
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails
from needs.models.eligibility import EligibilityCondition

CONDITIONS = 20
LONGEST = 20000


def set_conditions(challenge: Challenge, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the conditions that every bid declares on; raises Invalid naming the row."""
    wrong: dict[str, list[Any]] = {}
    found: list[EligibilityCondition] = []
    seen: set[str] = set()
    if len(rows) > CONDITIONS:
        raise Invalid(_("At most %d conditions.") % CONDITIONS, field="conditions")
    for number, row in enumerate(rows):
        text, paper = str(row.get("text") or "").strip(), str(row.get("paper") or "").strip()
        if not text:
            wrong[f"conditions.{number}.text"] = [_("Say what must hold.")]
        elif len(text) > 300:
            wrong[f"conditions.{number}.text"] = [_("At most %d characters.") % 300]
        elif text in seen:
            wrong[f"conditions.{number}.text"] = [_("This condition stands here twice.")]
        if len(paper) > 200:
            wrong[f"conditions.{number}.paper"] = [_("At most %d characters.") % 200]
        seen.add(text)
        found.append(EligibilityCondition(challenge=challenge, text=text, paper=paper, position=number))
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    challenge.conditions.all().delete()
    EligibilityCondition.objects.bulk_create(found)


def set_details(challenge: Challenge, given: Mapping[str, Any]) -> None:
    """Write the confidential part of a draft; nothing in both fields and no file takes it away."""
    nda, text = str(given.get("nda_text") or "").strip(), str(given.get("text") or "").strip()
    row = ChallengeDetails.objects.filter(challenge=challenge).first()
    if not nda and not text and not (row and row.files.exists()):
        if row is not None:
            row.delete()
        return
    if not nda:
        raise Invalid(
            _("Give the words of the agreement that a reader accepts before the details open."),
            field="details.nda_text",
        )
    if max(len(nda), len(text)) > LONGEST:
        raise Invalid(_("At most %d characters.") % LONGEST, field="details.text")
    if row is None:
        ChallengeDetails.objects.create(challenge=challenge, nda_text=nda, text=text)
        return
    row.nda_text, row.text = nda, text
    row.touch()
    row.save()


def agreement_hash(details: ChallengeDetails) -> str:
    """SHA-256 of exactly the words that are accepted."""
    return hashlib.sha256(details.nda_text.encode()).hexdigest()


def entry_record(challenge: Challenge) -> dict[str, Any]:
    """What publication freezes of all this. Of the details it holds only what binds them: nobody finds them by trying."""
    details = ChallengeDetails.objects.filter(challenge=challenge).first()
    return {
        "anonymous_bidders": challenge.anonymous_bidders,
        "is_public": challenge.is_public,
        "conditions": [{"text": one.text, "paper": one.paper} for one in challenge.conditions.all()],
        "details": details
        and {
            "nda_sha256": agreement_hash(details),
            "sealed": book.sealed(
                {
                    "challenge": str(challenge.pk),
                    "text": details.text,
                    "files": sorted(one.file.sha256 for one in details.files.select_related("file")),
                }
            ),
        },
    }


def move_moments(
    challenge: Challenge, *, questions_until: dt.datetime | None, answers_until: dt.datetime | None
) -> dict[str, dict[str, str | None]]:
    """Move the ends of questions and answers later, for an addendum; what has passed is not moved. Gives what changed."""
    wanted = {"questions_until": questions_until, "answers_until": answers_until}
    changes: dict[str, dict[str, str | None]] = {}
    for name, moment in wanted.items():
        if moment is None:
            continue
        moment, before = moment.replace(microsecond=0), getattr(challenge, name)
        if before is not None and before <= clock.now():
            raise WrongState(_("This moment has passed; what has passed is not moved."), code="deadline_passed")
        if before is not None and moment <= before:
            raise Invalid(_("It is only moved to a later moment."), field=name)
        if moment <= clock.now():
            raise Invalid(_("This moment lies in the past."), field=name)
        if challenge.deadline_at is not None and moment >= challenge.deadline_at:
            raise Invalid(_("It stays before the deadline of the bids."), field=name)
        changes[name] = {"from": _moment(before), "to": _moment(moment)}
        setattr(challenge, name, moment)
    asked, answered = challenge.questions_until, challenge.answers_until
    if asked is not None and answered is not None and asked > answered:
        raise Invalid(_("Answers are due after the last question, not before."), field="answers_until")
    return changes


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None

"""The confidential part of a challenge: files in the draft, the promise, and every opening with its log (R015)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, NotFound, Stale, WrongState
from core.files import services as files
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails, DetailsAcceptance, DetailsFile, DetailsOpening
from needs.queries.details import acceptance_of
from needs.rules.details import is_judge
from needs.services.entry import agreement_hash
from needs.states.challenge import CHALLENGE, JUDGING, ChallengeState

FILES = 20


@command
def add_details_file(*, actor: Actor, challenge_id: UUID, file: UploadedFile[Any], caption: str = "") -> Challenge:
    """Add a confidential file to a draft that has an agreement."""
    details = _details(actor, "needs.add_details_file", challenge_id)
    challenge = _draft(details)
    if details.files.count() >= FILES:
        raise Invalid(_("At most %d files.") % FILES, field="file")
    stored = files.store(actor, file)
    DetailsFile.objects.create(details=details, file=stored, caption=caption.strip()[:200])
    _edited(challenge, actor)
    book.record(actor, "add_details_file", details, after={"sha256": stored.sha256})
    return challenge


@command
def remove_details_file(*, actor: Actor, challenge_id: UUID, file_id: UUID) -> Challenge:
    """Take a confidential file out of a draft."""
    details = _details(actor, "needs.remove_details_file", challenge_id)
    challenge = _draft(details)
    row = details.files.filter(pk=file_id).first()
    if row is None:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    row.delete()
    _edited(challenge, actor)
    book.record(actor, "remove_details_file", details)
    return challenge


@command
def accept_details(*, actor: Actor, challenge_id: UUID, nda_sha256: str = "") -> Challenge:
    """Accept the confidentiality agreement, for the acting organisation or, on the panel, for oneself.

    `nda_sha256` is that of the words that were read; where other words stand now, nothing is accepted.
    """
    details = _details(actor, "needs.accept_details", challenge_id)
    challenge = details.challenge
    for_oneself = is_judge(actor, details)
    is_open = challenge.state == ChallengeState.PUBLISHED and not challenge.is_past_deadline
    if not is_open and not (for_oneself and challenge.state in [ChallengeState.PUBLISHED, *JUDGING]):
        raise WrongState(
            _("The agreement is accepted while bids are taken, and by the panel until the award."), code="not_open"
        )
    digest = agreement_hash(details)
    if nda_sha256 and nda_sha256 != digest:
        raise Stale(_("The agreement says something else now; read it again."))
    assert actor.person is not None
    if acceptance_of(actor, details) is None:
        DetailsAcceptance.objects.create(
            details=details,
            organisation=None if for_oneself else actor.organisation,
            person=actor.person,
            nda_sha256=digest,
            accepted_at=clock.now(),
        )
        # Booked on the details, whose history nobody else reads: that an organisation is interested is its own affair.
        book.record(actor, "accept_details", details, after={"nda_sha256": digest})
    return challenge


@command
def open_details(*, actor: Actor, challenge_id: UUID) -> ChallengeDetails:
    """Read the confidential text; who read it, for whom and when is kept, and the issuer reads that log."""
    details = _details(actor, "needs.open_details", challenge_id, locked=False)
    _log(actor, details, None)
    return ChallengeDetails.objects.select_related("challenge").get(pk=details.pk)


@command
def open_details_file(*, actor: Actor, challenge_id: UUID, file_id: UUID) -> DetailsFile:
    """Read one confidential file; kept in the same log."""
    row = policy.fetch(actor, "needs.open_details_file", DetailsFile, file_id)
    if row.details.challenge_id != challenge_id:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    _log(actor, row.details, row)
    return row


def _log(actor: Actor, details: ChallengeDetails, file: DetailsFile | None) -> None:
    if actor.belongs_to(details.challenge.issuer_id):
        return  # the issuer reads its own words
    DetailsOpening.objects.create(
        details=details,
        organisation=actor.organisation,
        person=actor.person,
        client=actor.client,
        file=file,
        opened_at=clock.now(),
    )
    book.record(actor, "open_details", details, after={"file": str(file.pk) if file else ""})


def _details(actor: Actor, rule: str, challenge_id: UUID, *, locked: bool = True) -> ChallengeDetails:
    """The details of a challenge that the actor sees, under its lock; what is not there does not exist."""
    challenge = policy.fetch(actor, "needs.view_challenge", Challenge, challenge_id)
    if locked:
        challenge = (
            Challenge.objects.select_for_update(of=("self",)).select_related("need", "issuer").get(pk=challenge.pk)
        )
    row = ChallengeDetails.objects.filter(challenge=challenge).first()
    if row is None:
        raise NotFound(_("This challenge has no confidential details."))
    details = policy.fetch(actor, rule, ChallengeDetails, row.pk)
    details.challenge = challenge
    return details


def _draft(details: ChallengeDetails) -> Challenge:
    challenge = details.challenge
    challenge.state = CHALLENGE.after(challenge.state, "edit_challenge")
    return challenge


def _edited(challenge: Challenge, actor: Actor) -> None:
    challenge.edited_by = actor.person
    challenge.touch()
    challenge.save(update_fields=["state", "edited_by", "version", "updated_at"])

"""What of a challenge is read only under a promise of secrecy, who promised, and who opened what when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import MachineClient, Organisation, Person
from core.db import UuidModel, VersionedModel
from core.files.models import StoredFile
from needs.models.challenge import Challenge


class ChallengeDetails(VersionedModel):
    """The confidential part of a challenge and the words of the promise; frozen with the challenge.

    It stands in a table of its own, so that nothing which reads a challenge (a document of the search, a feed, an export,
    the frozen record) can carry it along by accident.
    """

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="details")
    nda_text = models.TextField(_("Confidentiality agreement"))
    text = models.TextField(_("Confidential details"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(nda_text=""), name="details_have_agreement")]

    def __str__(self) -> str:
        return self.challenge.code


class DetailsFile(UuidModel):
    """A confidential file; read only through the details' own door."""

    details = models.ForeignKey(ChallengeDetails, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("Caption"), max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.details.challenge.code


class DetailsAcceptance(UuidModel):
    """That an organisation, or an expert for themselves, accepted exactly these words; rows are only ever added."""

    details = models.ForeignKey(ChallengeDetails, on_delete=models.PROTECT, related_name="acceptances")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    nda_sha256 = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ["accepted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["details", "organisation"],
                condition=Q(organisation__isnull=False),
                name="details_accepted_once",
            ),
            models.UniqueConstraint(
                fields=["details", "person"],
                condition=Q(organisation__isnull=True),
                name="details_accepted_by_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.details} · {self.organisation or self.person}"


class DetailsOpening(UuidModel):
    """One reading: who, for whom, the text or which file, when; rows are only ever added."""

    details = models.ForeignKey(ChallengeDetails, on_delete=models.PROTECT, related_name="openings")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(MachineClient, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(DetailsFile, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.details} · {self.opened_at:%Y-%m-%d %H:%M:%S}"

"""Questions, confidential details and their log as they come in and go out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Ref, open_moves
from needs.models.details import ChallengeDetails, DetailsFile, DetailsOpening
from needs.models.eligibility import SupplementFile, SupplementRequest
from needs.models.question import Question
from needs.queries.details import acceptance_of
from needs.services.entry import agreement_hash
from needs.states.question import QUESTION, SUPPLEMENT, SupplementState


class Openness(Input):
    """Whether everybody may read it, also without signing in."""

    is_public = serializers.BooleanField()


class QuestionIn(Input):
    challenge_id = serializers.UUIDField()
    text = serializers.CharField(max_length=5000)


class QuestionAnswerIn(Input):
    answer = serializers.CharField(max_length=5000)


class QuestionOut(serializers.ModelSerializer[Question]):
    """A question with its answer. Who asked is told to nobody but the asker."""

    challenge_id = serializers.UUIDField()
    is_own = serializers.BooleanField()
    moves = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = [
            "id",
            "challenge_id",
            "number",
            "text",
            "state",
            "answer",
            "answered_at",
            "is_own",
            "moves",
            "created_at",
        ]

    def get_moves(self, question: Question) -> list[str]:
        return open_moves(self.context["view"].actor, QUESTION, question, "needs")


class AcceptDetails(Input):
    """The SHA-256 of the words that were read."""

    nda_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class DetailsFileIn(Input):
    file = serializers.FileField()
    caption = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class RemoveDetailsFile(Input):
    file_id = serializers.UUIDField()


class DetailsFileOut(serializers.ModelSerializer[DetailsFile]):
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = DetailsFile
        fields = ["id", "name", "size", "sha256", "caption"]


class ConfidentialityOut(serializers.ModelSerializer[ChallengeDetails]):
    """The agreement and whether it was accepted for the actor; not a word of what lies behind it."""

    nda_sha256 = serializers.SerializerMethodField()
    accepted_at = serializers.SerializerMethodField()

    class Meta:
        model = ChallengeDetails
        fields = ["nda_text", "nda_sha256", "accepted_at"]

    def get_nda_sha256(self, details: ChallengeDetails) -> str:
        return agreement_hash(details)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_accepted_at(self, details: ChallengeDetails) -> Any:
        given = acceptance_of(self.context["view"].actor, details)
        return given.accepted_at if given else None


class DetailsOut(serializers.ModelSerializer[ChallengeDetails]):
    """What was opened, under the agreement."""

    files = DetailsFileOut(many=True)

    class Meta:
        model = ChallengeDetails
        fields = ["text", "files"]


class OpeningOut(serializers.ModelSerializer[DetailsOpening]):
    """One opening; the names are empty as long as the challenge's bidders are nameless to the reader."""

    organisation = serializers.SerializerMethodField()
    person = serializers.SerializerMethodField()
    file_id = serializers.UUIDField(allow_null=True)
    is_nameless = serializers.BooleanField()

    class Meta:
        model = DetailsOpening
        fields = ["id", "opened_at", "organisation", "person", "file_id", "is_nameless"]

    @extend_schema_field(Ref(allow_null=True))
    def get_organisation(self, row: DetailsOpening) -> Any:
        return None if row.is_nameless or row.organisation is None else Ref().to_representation(row.organisation)  # type: ignore[attr-defined]

    @extend_schema_field(Ref(allow_null=True))
    def get_person(self, row: DetailsOpening) -> Any:
        return None if row.is_nameless or row.person is None else Ref().to_representation(row.person)  # type: ignore[attr-defined]


class FindingOnConditionIn(Input):
    condition = serializers.UUIDField()
    is_met = serializers.BooleanField(allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class FormalCheckIn(Input):
    """Findings on conditions; those that are not named stay as they are."""

    findings = FindingOnConditionIn(many=True)


class SupplementIn(Input):
    text = serializers.CharField(max_length=5000)
    due_at = serializers.DateTimeField()


class GiveSupplement(Input):
    answer = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class SupplementFileOut(serializers.ModelSerializer[SupplementFile]):
    name = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = SupplementFile
        fields = ["id", "name", "size", "sha256"]

    def get_name(self, row: SupplementFile) -> str:
        """The file's name; empty where its bidder is nameless to the reader."""
        return "" if self.context["is_withheld"] else row.file.name


class SupplementOut(serializers.ModelSerializer[SupplementRequest]):
    """A paper that is asked for; its files show to others once it is handed in."""

    bid_id = serializers.UUIDField()
    files = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()

    class Meta:
        model = SupplementRequest
        fields = [
            "id",
            "bid_id",
            "number",
            "text",
            "due_at",
            "state",
            "answer",
            "given_at",
            "files",
            "moves",
            "created_at",
        ]

    @extend_schema_field(SupplementFileOut(many=True))
    def get_files(self, row: SupplementRequest) -> Any:
        view = self.context["view"]
        shown = row.state == SupplementState.GIVEN or view.actor.belongs_to(row.bid.bidder_id)
        context = {"is_withheld": row.bid_id in view.nameless_bids}
        return SupplementFileOut(row.files.all() if shown else [], many=True, context=context).data

    def get_moves(self, row: SupplementRequest) -> list[str]:
        return open_moves(self.context["view"].actor, SUPPLEMENT, row, "needs")

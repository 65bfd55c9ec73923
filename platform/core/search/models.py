"""Documents and the bridge between terms."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from core import clock
from core.accounts.models import Organisation
from core.db import UuidModel, known_states


class Visibility(models.TextChoices):
    PUBLIC = "public"
    MEMBERS = "members"
    RESTRICTED = "restricted"


SIGNS = 512
# Offers stand with what they offer, whatever room knows it.
_OFFERED = {"talent": "people", "data": "data", "capital": "fund", "technology": "technology"}


def group_of(kind: str, resource: Any) -> str:
    """What a document is counted with: its kind; an offer with what it offers."""
    return _OFFERED.get(str(resource), kind) if kind == "offer" else kind


class Signs(models.Field):  # type: ignore[type-arg]
    """A text's place in what was learnt, as bits; see `core.search.meaning`."""

    def db_type(self, connection: Any) -> str:
        return f"bit({SIGNS})"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return f"%s::bit({SIGNS})"


class Document(UuidModel):
    """What search knows of one object, and who may find it."""

    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    room = models.CharField(max_length=30)
    kind = models.CharField(max_length=30, db_index=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    visibility = models.CharField(max_length=20, choices=Visibility.choices)
    parties = ArrayField(models.UUIDField(), default=list)
    facets = models.JSONField(default=dict)
    vector = SearchVectorField(null=True)
    weights = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    length = models.FloatField(default=0, db_default=0)
    place = Signs(null=True)
    place_of = models.PositiveIntegerField(default=0, db_default=0)  # the number of what was learnt
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id"], name="document_once"),
            known_states("visibility", Visibility, "document_visibility_known"),
        ]
        indexes = [
            GinIndex(fields=["vector"], name="document_vector"),
            GinIndex(fields=["parties"], name="document_parties"),
            GinIndex(fields=["title"], name="document_title_typos", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["updated_at"], condition=models.Q(length=0), name="document_unweighed"),
            # What is nearest is found without reading the documents.
            models.Index(fields=["place_of"], include=["visibility", "kind", "id", "place"], name="document_place"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def group(self) -> str:
        """What it is counted with."""
        return group_of(self.kind, self.facets.get("resource"))

    @property
    def is_akin(self) -> bool:
        """Whether a search found it not by its words, but because it is near in meaning or spelling."""
        return bool(getattr(self, "score", 0) < getattr(self, "least", 0))


class Term(UuidModel):
    """The same thing in other words: 充电 and charging."""

    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=80)

    class Meta:
        ordering = ["zh"]
        constraints = [models.UniqueConstraint(fields=["zh", "en"], name="term_once")]

    def __str__(self) -> str:
        return f"{self.zh} = {self.en}"


class Synonym(UuidModel):
    """What a word is called elsewhere: a document of the scope (a chain's id) that says `text` is found by `other` as well."""

    scope = models.CharField(max_length=40)
    text = models.CharField(max_length=80)
    other = models.CharField(max_length=80)
    # The row of the room above that it comes from; it keeps, changes and drops its own.
    source_id = models.UUIDField(db_index=True)

    class Meta:
        ordering = ["scope", "text"]
        constraints = [models.UniqueConstraint(fields=["source_id", "scope", "text"], name="synonym_once")]

    def __str__(self) -> str:
        return f"{self.text} = {self.other}"


class Learnt(UuidModel):
    """What was learnt from the library's own text at one time: the planes whose signs tell a place."""

    number = models.PositiveIntegerField(unique=True)
    documents = models.PositiveIntegerField()
    planes = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number}"


class LearntWord(models.Model):
    """A word in the space that was learnt: how rare it was, and where it lies (float32)."""

    learnt = models.ForeignKey(Learnt, on_delete=models.CASCADE, related_name="words")
    token = models.CharField(max_length=100)
    rarity = models.FloatField()
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learnt", "token"], name="learnt_word_once")]

    def __str__(self) -> str:
        return self.token

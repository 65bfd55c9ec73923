"""Documents and the bridge between terms."""

from __future__ import annotations

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
        ]

    def __str__(self) -> str:
        return self.title


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

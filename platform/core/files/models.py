"""The one table of uploaded files."""

from __future__ import annotations

from django.db import models

from core.accounts.models import Organisation, Person
from core.db import UuidModel


class StoredFile(UuidModel):
    """A file as it came, addressed by its SHA-256; who may read it is decided by the object that carries it."""

    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

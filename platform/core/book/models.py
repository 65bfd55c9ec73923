"""Entries, their bodies, the order given by the sequencer, and the tree's nodes."""

from __future__ import annotations

from django.db import models

from core import clock
from core.accounts.models import MachineClient, Organisation, Person


class Entry(models.Model):
    """One leaf, as the bytes that are hashed. Never changed, never deleted."""

    id = models.BigAutoField(primary_key=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    # The transaction that wrote it: the sequencer waits until no older one can still appear.
    xid = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return bytes(self.leaf_hash).hex()[:16]


class Body(models.Model):
    """What an entry is about; lies apart with the object's own visibility and can be erased without breaking the log."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="body")
    operation = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(MachineClient, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    salt = models.BinaryField(null=True)
    content = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_id", "-at"], name="body_of_object"),
            models.Index(fields=["organisation", "-at"], name="body_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.object_type}"


class Place(models.Model):
    """The index that the sequencer gave an entry; contiguous from zero."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="place")
    root = models.BinaryField(max_length=32)  # of the tree that ends with this entry

    def __str__(self) -> str:
        return str(self.index)


class Node(models.Model):
    """A complete subtree: level 0 are leaves, position counts from the left."""

    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="book_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"

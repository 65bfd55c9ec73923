"""Entries, their bodies, the order given by the sequencer, the tree's nodes, signed checkpoints and self-checks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import MachineClient, Organisation, Person
from core.db import UuidModel, known_states


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


class Waiting(models.Model):
    """An entry without a number yet; a trigger on the entries writes it, the sequencer removes it."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="waiting", db_constraint=False
    )
    xid = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["xid", "entry"], name="book_waiting_in_order")]

    def __str__(self) -> str:
        return str(self.entry_id)


class Place(models.Model):
    """The index that the sequencer gave an entry; contiguous from zero."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="place")
    root = models.BinaryField(max_length=32)  # of the tree that ends with this entry

    def __str__(self) -> str:
        return str(self.index)


class Node(models.Model):
    """A complete subtree: level 0 are leaves, position counts from the left.

    Kept from level `queries.KEPT_FROM` on; what lies below is made from the few leaves when it is asked for.
    """

    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="book_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class Checkpoint(models.Model):
    """The tree's size and root under the log's signature. Never changed, never deleted."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    vkey = models.CharField(max_length=300)  # the public key that it was signed with
    note = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "vkey"], name="book_checkpoint_once")]

    def __str__(self) -> str:
        return f"#{self.size}"


class Verdict(models.TextChoices):
    """What a reading of the whole book found."""

    SOUND = "sound", _("Sound")
    BROKEN = "broken", _("Broken")
    FORK = "fork", _("Fork")


class SelfCheck(UuidModel):
    """One reading of the whole book by the platform itself. Never changed, never deleted."""

    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    entries = models.BigIntegerField()
    root = models.CharField(max_length=64)
    first_index = models.BigIntegerField(null=True)  # the first entry that is broken or differs, as far as is known
    last_index = models.BigIntegerField(null=True)  # it lies between the two, where it is not known exactly
    reason = models.CharField(max_length=200, blank=True)
    erased = models.BigIntegerField(default=0)
    checkpoints = models.BigIntegerField(default=0)
    witnessed = models.BigIntegerField(null=True)  # checkpoints compared that lie outside the database
    milliseconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [known_states("verdict", Verdict, "book_verdict_known")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} #{self.entries}"

    @property
    def told(self) -> str:
        """The reason in the present language."""
        return gettext(self.reason) if self.reason else ""

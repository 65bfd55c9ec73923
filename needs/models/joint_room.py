"""Which needs lie on the table of a joint room of several chains (R130)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chains.models import JointRoom
from core.accounts.models import Person
from core.db import UuidModel
from needs.models.need import Need


class TableNeed(UuidModel):
    """A need that its owner put on a joint room's table; who may not read the need does not see it there either."""

    room = models.ForeignKey(JointRoom, on_delete=models.PROTECT, related_name="table")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="tables")
    put_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    taken_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["room", "need"], condition=Q(taken_off_at__isnull=True), name="table_need_once")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.need} · {self.room}"

"""What hurts, in the words of those it hurts, and the clusters in which it is counted (R023)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from needs.models.need import Need
from needs.models.survey import SurveyAnswer
from needs.states.complaint import ClusterState, ComplaintState, Reach


class Cluster(VersionedModel):
    """Complaints of one chain that mean the same, however they are worded."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="clusters", verbose_name=_("Chain"))
    label = models.CharField(_("What it is about"), max_length=120)
    is_named = models.BooleanField(default=False)  # by hand: grouping anew leaves the name alone
    state = models.CharField(max_length=20, choices=ClusterState.choices, default=ClusterState.OPEN)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="clusters")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", ClusterState, "cluster_state_known"),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(need__isnull=False), name="cluster_answered_has_need"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Complaint(UuidModel):
    """What a firm complains of, in free words."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("Chain"))
    node = models.ForeignKey(
        ChainNode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Node")
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="complaints")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    behalf = models.CharField(_("On behalf of"), max_length=200, blank=True)
    text = models.TextField(_("Complaint"))
    reach = models.CharField(_("Who reads the words"), max_length=20, choices=Reach.choices, default=Reach.MEMBERS)
    answer = models.OneToOneField(
        SurveyAnswer, null=True, blank=True, on_delete=models.PROTECT, related_name="complaint"
    )
    state = models.CharField(max_length=20, choices=ComplaintState.choices, default=ComplaintState.OPEN)
    cluster = models.ForeignKey(Cluster, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    # Put there by a person: grouping anew leaves it where it is.
    placed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["chain", "state"], name="complaint_of_chain")]
        constraints = [
            known_states("state", ComplaintState, "complaint_state_known"),
            known_states("reach", Reach, "complaint_reach_known"),
            models.CheckConstraint(condition=~Q(text=""), name="complaint_has_text"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

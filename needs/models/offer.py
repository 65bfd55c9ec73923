"""Resources on offer and asked for, and what flowed from one to the other (R003)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chains.models import ChainNode
from core.accounts.models import Organisation, Person
from core.db import MoneyField, VersionedModel, known_states
from needs.states.offer import Direction, FlowDirection, FlowState, OfferReach, OfferState, ResourceKind


class Offer(VersionedModel):
    """Technology, talent, data or capital that an organisation offers, or asks for, at its node of a chain."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    direction = models.CharField(_("Offer or request"), max_length=10, choices=Direction.choices)
    kind = models.CharField(_("Kind"), max_length=20, choices=ResourceKind.choices)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers", verbose_name=_("Owner"))
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="offers", verbose_name=_("Node"))
    title = models.CharField(_("Title"), max_length=200)
    text = models.TextField(_("What it is"))
    terms = models.TextField(_("Terms"))
    amount = MoneyField(verbose_name=_("Amount"), null=True, blank=True)
    open_until = models.DateField(_("Open until"), null=True, blank=True)
    is_repeatable = models.BooleanField(_("Several may take it up"), default=False)
    reach = models.CharField(
        _("Who may read it"), max_length=20, choices=OfferReach.choices, default=OfferReach.MEMBERS
    )
    readers = models.ManyToManyField(Organisation, blank=True, related_name="+", verbose_name=_("Chosen organisations"))
    state = models.CharField(_("State"), max_length=20, choices=OfferState.choices, default=OfferState.OPEN)
    state_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "kind"], name="offer_state_kind"),
            models.Index(fields=["owner", "-created_at"], name="offer_owner"),
        ]
        constraints = [
            known_states("direction", Direction, "offer_direction_known"),
            known_states("kind", ResourceKind, "offer_kind_known"),
            known_states("reach", OfferReach, "offer_reach_known"),
            known_states("state", OfferState, "offer_state_known"),
            models.CheckConstraint(condition=~Q(terms=""), name="offer_has_terms"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="offer_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Flow(VersionedModel):
    """A resource that went, or is proposed to go, from an offer to a request: from where to where, when, under what.

    The terms are those of the offer at the moment of the proposal; the versions tell whether either changed since.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="flows_out")
    request = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="flows_in")
    kind = models.CharField(_("Kind"), max_length=20, choices=ResourceKind.choices)
    giver = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="flows_given", verbose_name=_("From")
    )
    taker = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="flows_taken", verbose_name=_("To"))
    from_node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="flows_out")
    to_node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="flows_in")
    direction = models.CharField(_("Direction"), max_length=10, choices=FlowDirection.choices)
    terms = models.TextField(_("Terms"))
    agreement = models.CharField(_("Agreement"), max_length=200)
    starts_on = models.DateField(_("From which day"))
    offer_version = models.PositiveIntegerField()
    request_version = models.PositiveIntegerField()
    state = models.CharField(_("State"), max_length=20, choices=FlowState.choices, default=FlowState.PROPOSED)
    proposed_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("Reason"), blank=True)
    recorded_at = models.DateTimeField(_("Recorded"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["from_node", "state"], name="flow_from"),
            models.Index(fields=["to_node", "state"], name="flow_to"),
        ]
        constraints = [
            known_states("kind", ResourceKind, "flow_kind_known"),
            known_states("direction", FlowDirection, "flow_direction_known"),
            known_states("state", FlowState, "flow_state_known"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="flow_between_two"),
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=False) | ~Q(state="recorded"), name="flow_recorded_has_moment"
            ),
            models.UniqueConstraint(
                fields=["offer", "request"], condition=Q(state__in=["proposed", "recorded"]), name="flow_alive_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker} · {self.get_kind_display()}"

"""Chains, their nodes, leaders and members, and the machine park."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chains.states import Tier
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states


class Chain(VersionedModel):
    """An industry chain (产业链)."""

    name = models.CharField(_("Name"), max_length=80, unique=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    code = models.SlugField(_("Chain code"), max_length=40, unique=True)
    intro = models.TextField(_("Introduction"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class ChainNode(UuidModel):
    """One step of a chain (环节): up-, mid- or downstream."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="nodes")
    name = models.CharField(_("Name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    tier = models.CharField(_("Tier"), max_length=20, choices=Tier.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    order = models.PositiveSmallIntegerField(_("Order"), default=0)

    class Meta:
        ordering = ["chain", "order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "name"], name="node_name_once_per_chain"),
            known_states("tier", Tier, "node_tier_known"),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class NodeMember(UuidModel):
    """An organisation that works at a node."""

    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="node_memberships")
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "organisation"], name="node_member_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.node}"


class LeaderDesignation(UuidModel):
    """That an organisation leads a chain (链主企业), from when until when, and who designated it."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="designations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designations")
    designated_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["chain"], condition=Q(until__isnull=True), name="one_leader_per_chain")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.chain}"


class TermLink(VersionedModel):
    """That two chains have different words for the same thing: the term bridge between them (R130)."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="terms", verbose_name=_("Chain"))
    words = models.CharField(_("Term"), max_length=80)
    other_chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+", verbose_name=_("Other chain"))
    other_words = models.CharField(_("Term there"), max_length=80)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["words"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "words", "other_chain", "other_words"], condition=Q(retired_at__isnull=True), name="term_link_once"
            ),
            models.CheckConstraint(condition=~Q(chain=models.F("other_chain")), name="term_link_between_chains"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.words} = {self.other_words}"


class Machine(UuidModel):
    """A machine of the park, which bids and pilot runs refer to."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="machines")
    node = models.ForeignKey(ChainNode, null=True, blank=True, on_delete=models.PROTECT, related_name="machines")
    name = models.CharField(_("Name"), max_length=120)
    maker = models.CharField(_("Maker"), max_length=120, blank=True)
    model = models.CharField(_("Type"), max_length=120, blank=True)
    count = models.PositiveSmallIntegerField(_("Number"), default=1)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.model})" if self.model else self.name

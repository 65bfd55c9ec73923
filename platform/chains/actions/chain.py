"""Drawing the chain map and naming its leaders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import Chain, ChainNode, LeaderDesignation, Machine, NodeMember, TermLink
from chains.states import Tier
from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, NotAllowed, Stale, WrongState
from core.inbox import services as inbox
from core.search import services as search


@command
def create_chain(*, actor: Actor, name: str, name_en: str = "", code: str = "", intro: str = "") -> Chain:
    """A new chain; its map begins empty."""
    policy.require(actor, "chains.create_chain")
    name = name.strip()
    if not name:
        raise Invalid(_("Please give the chain a name."), field="name")
    if Chain.objects.filter(name=name).exists():
        raise Invalid(_("There is a chain of this name."), field="name")
    code = slugify(code or name_en) or f"chain-{Chain.objects.count() + 1}"
    if Chain.objects.filter(code=code).exists():
        raise Invalid(_("There is a chain with this code."), field="code")
    chain = Chain.objects.create(name=name, name_en=name_en.strip(), code=code[:40], intro=intro)
    book.record(actor, "create_chain", chain, after={"name": name})
    return chain


@command
def edit_chain(*, actor: Actor, chain_id: UUID, changes: dict[str, Any], version: int | None = None) -> Chain:
    """Change names and introduction."""
    chain = policy.fetch_for_update(actor, "chains.edit_chain", Chain, chain_id)
    if version is not None and version != chain.version:
        raise Stale(_("Somebody changed this chain meanwhile; compare and save again."))
    before: dict[str, Any] = {}
    for name in ("name", "name_en", "intro"):
        if name in changes:
            before[name] = getattr(chain, name)
            setattr(chain, name, str(changes[name]).strip())
    if not chain.name:
        raise Invalid(_("Please give the chain a name."), field="name")
    if Chain.objects.filter(name=chain.name).exclude(pk=chain.pk).exists():
        raise Invalid(_("There is a chain of this name."), field="name")
    chain.touch()
    chain.save()
    book.record(actor, "edit_chain", chain, before=before, after={name: changes[name] for name in before})
    return chain


@command
def add_node(
    *, actor: Actor, chain_id: UUID, name: str, tier: str, name_en: str = "", parent_id: UUID | None = None
) -> ChainNode:
    """A node on the map: up-, mid- or downstream."""
    chain = policy.fetch_for_update(actor, "chains.edit_chain", Chain, chain_id)
    name = name.strip()
    if not name:
        raise Invalid(_("Please give the node a name."), field="name")
    if tier not in Tier.values:
        raise Invalid(_("A node is upstream, midstream or downstream."), field="tier")
    if ChainNode.objects.filter(chain=chain, name=name).exists():
        raise Invalid(_("The chain has a node of this name."), field="name")
    parent = ChainNode.objects.filter(chain=chain, pk=parent_id).first() if parent_id else None
    if parent_id and parent is None:
        raise Invalid(_("The parent node belongs to another chain."), field="parent_id")
    last = ChainNode.objects.filter(chain=chain).aggregate(last=Max("order"))["last"]
    node = ChainNode.objects.create(
        chain=chain, name=name, name_en=name_en.strip(), tier=tier, parent=parent, order=(last or 0) + 1
    )
    book.record(actor, "add_node", chain, after={"node": name, "tier": tier})
    return node


@command
def designate_leader(*, actor: Actor, chain_id: UUID, organisation_id: UUID, reason: str) -> LeaderDesignation:
    """Name the chain's leader; the one before stays in the history."""
    chain = policy.fetch_for_update(actor, "chains.designate_leader", Chain, chain_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise Invalid(_("There is no such organisation."), field="organisation_id")
    if not organisation.is_verified:
        raise Invalid(
            _("Only a verified organisation can lead; the operator verifies it first."), field="organisation_id"
        )
    if not reason.strip():
        raise Invalid(_("Say why this organisation leads."), field="reason")
    now = clock.now()
    before = LeaderDesignation.objects.select_for_update().filter(chain=chain, until__isnull=True).first()
    if before is not None and before.organisation_id == organisation.pk:
        raise Invalid(_("This organisation leads the chain already."), field="organisation_id")
    if before is not None:
        before.until = now
        before.save(update_fields=["until"])
    row = LeaderDesignation.objects.create(
        chain=chain, organisation=organisation, designated_by=actor.person, reason=reason.strip(), since=now
    )
    book.record(
        actor,
        "designate_leader",
        chain,
        before={"leader": str(before.organisation) if before else None},
        after={"leader": str(organisation)},
        reason=reason,
    )
    inbox.notify(
        kind="leader_designated",
        title=gettext_noop("%(organisation)s now leads the chain %(chain)s"),
        to=organisation,
        obj=chain,
        params={"organisation": organisation.name, "chain": chain.name},
        link=reverse("chains:chain", args=[chain.pk]),
    )
    return row


@command
def join_node(*, actor: Actor, node_id: UUID, organisation_id: UUID | None = None) -> NodeMember:
    """Put one's own organisation on a node; platform admins may put any."""
    node = policy.fetch(actor, "chains.join_node", ChainNode, node_id)
    if organisation_id is None or actor.belongs_to(organisation_id):
        organisation = actor.organisation
    elif policy.can(actor, "chains.designate_leader", node.chain):
        organisation = Organisation.objects.filter(pk=organisation_id).first()
    else:
        raise NotAllowed(_("Only the organisation itself or a platform admin puts it on a node."))
    if organisation is None:
        raise Invalid(_("There is no such organisation."), field="organisation_id")
    row, fresh = NodeMember.objects.get_or_create(
        node=node, organisation=organisation, defaults={"since": clock.today()}
    )
    if fresh:
        book.record(actor, "join_node", node.chain, after={"node": node.name, "organisation": str(organisation)})
    return row


@command
def add_machine(
    *, actor: Actor, name: str, maker: str = "", model: str = "", count: int = 1, node_id: UUID | None = None
) -> Machine:
    """A machine of one's own organisation, for bids and pilot runs to refer to."""
    policy.require(actor, "chains.add_machine")
    if not name.strip():
        raise Invalid(_("Please give the machine a name."), field="name")
    if count < 1:
        raise Invalid(_("There is at least one machine."), field="count")
    node = ChainNode.objects.filter(pk=node_id).first() if node_id else None
    if node_id and node is None:
        raise Invalid(_("There is no such node."), field="node_id")
    assert actor.organisation is not None
    machine = Machine.objects.create(
        organisation=actor.organisation, node=node, name=name.strip(), maker=maker, model=model, count=count
    )
    book.record(actor, "add_machine", machine, after={"name": name})
    at = [] if machine.node is None else [str(machine.node.chain_id)]
    search.index(
        machine, title=str(machine), text=f"{machine.maker} {machine.node or ''}", room="chains", kind="equipment",
        link=f"{reverse('chains:machines')}?{urlencode({'q': machine.name})}", organisation=machine.organisation, visibility="members",
        facets={"chains": at, "node": str(machine.node_id or ""), "region": machine.organisation.region_code},
    )  # fmt: skip
    return machine


@command
def link_terms(
    *, actor: Actor, chain_id: UUID, words: str, other_chain: UUID | str | None, other_words: str, note: str = ""
) -> TermLink:
    """Say what another chain calls the same thing; what either chain writes is then found by both words (R130)."""
    chain = policy.fetch(actor, "chains.link_terms", Chain, chain_id)
    link = TermLink(chain=chain, author=actor.person)
    _set_terms(link, {"words": words, "other_chain": other_chain, "other_words": other_words, "note": note})
    link.save()
    _bridge(link)
    book.record(actor, "link_terms", link, after=_terms(link))
    return link


@command
def edit_term_link(*, actor: Actor, link_id: UUID, changes: dict[str, Any], version: int | None = None) -> TermLink:
    """Change the words; what held the old ones is no longer found by them."""
    link = policy.fetch_for_update(actor, "chains.edit_term_link", TermLink, link_id)
    if version is not None and version != link.version:
        raise Stale(_("Somebody changed this link of terms meanwhile; compare and save again."))
    _still_links(link)
    before = _terms(link)
    _set_terms(link, changes)
    link.touch()
    link.save()
    _bridge(link)
    book.record(actor, "edit_term_link", link, before=before, after=_terms(link))
    return link


@command
def retire_term_link(*, actor: Actor, link_id: UUID, reason: str) -> TermLink:
    """Take a link back, with the reason; it stays in the history and bridges nothing any more."""
    link = policy.fetch_for_update(actor, "chains.retire_term_link", TermLink, link_id)
    _still_links(link)
    if not reason.strip():
        raise Invalid(_("Say why the two are not the same."), field="reason")
    link.retired_at, link.retired_because = clock.now(), reason.strip()[:300]
    link.touch()
    link.save()
    search.set_synonyms(link.pk, [])
    book.record(actor, "retire_term_link", link, reason=reason, before=_terms(link))
    return link


def _still_links(link: TermLink) -> None:
    if link.retired_at is not None:
        raise WrongState(_("This link of terms was taken back; write a new one."))


def _set_terms(link: TermLink, fields: dict[str, Any]) -> None:
    for name in ("words", "other_words", "note"):
        if name in fields:
            setattr(link, name, str(fields[name]).strip())
    wrong: dict[str, list[Any]] = {}
    if "other_chain" in fields:
        other = Chain.objects.filter(pk=fields["other_chain"]).first() if fields["other_chain"] else None
        if other is None or other.pk == link.chain_id:
            raise Invalid(_("Choose another chain."), field="other_chain")
        link.other_chain = other
    for name in ("words", "other_words"):
        if len(getattr(link, name)) < 2:
            wrong[name] = [_("A term has at least two characters.")]
    if link.words.casefold() == link.other_words.casefold() and not wrong:
        wrong["other_words"] = [_("Both chains use the same word; there is nothing to bridge.")]
    there = TermLink.objects.filter(retired_at__isnull=True).exclude(pk=link.pk)
    same = there.filter(
        chain=link.chain, words=link.words, other_chain=link.other_chain, other_words=link.other_words
    ) | there.filter(chain=link.other_chain, words=link.other_words, other_chain=link.chain, other_words=link.words)
    if not wrong and same.exists():
        wrong["other_words"] = [_("These two are linked already.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)


def _terms(link: TermLink) -> dict[str, str]:
    return {link.chain.name: link.words, link.other_chain.name: link.other_words}


def _bridge(link: TermLink) -> None:
    """What a document of either chain calls it is found by the other chain's word."""
    search.set_synonyms(
        link.pk,
        [
            (str(link.chain_id), link.words, link.other_words),
            (str(link.other_chain_id), link.other_words, link.words),
        ],
    )

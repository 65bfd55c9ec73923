"""What stands in the way of a need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks, clock
from core.errors import Missing
from needs.models.need import Need
from needs.queries.need import current_version, issued_version, signature_matrix
from needs.states.need import NeedState, SignatureVerdict


@checks.check("R014", title=gettext_lazy("Pain point first"), guards=["needs.define_indicator"])
def evidence_before_indicators(need: Need, **about: Any) -> Iterator[checks.Hit]:
    """The technical step opens only after the pain point, the affected users and one piece of evidence (R014)."""
    link = reverse("needs:need", args=[need.pk])
    owner = _("%(owner)s, who posted the need") % {"owner": need.owner}
    if not need.pain_point.strip():
        yield checks.Hit(
            need,
            rule=_("the pain point in plain words"),
            missing=Missing(_("The pain point in plain words"), owner, link),
        )
    if not need.affected_users.strip():
        yield checks.Hit(need, rule=_("affected users"), missing=Missing(_("Who suffers from it"), owner, link))
    if not need.evidence.exists():
        yield checks.Hit(
            need, rule=_("evidence"), missing=Missing(_("At least one file of evidence"), owner, link + "#evidence")
        )


def _overdue() -> Iterable[Need]:
    rows = Need.objects.filter(state=NeedState.PUBLISHED, review_on__lte=clock.today())
    return rows.select_related("owner").iterator(chunk_size=1000)


@checks.check(
    "A10",
    title=gettext_lazy("Need not confirmed by its review date"),
    watches=_overdue,
    chain_of=lambda need: need.chain_id,
    thresholds=[
        checks.Threshold(
            "review_months",
            gettext_lazy("Months until a need is confirmed again"),
            6,
            unit=gettext_lazy("months"),
            low=1,
            high=60,
            is_whole=True,
        ),
        checks.Threshold(
            "grace_months",
            gettext_lazy("Months after the review date until it leaves matching"),
            1,
            unit=gettext_lazy("months"),
            low=1,
            high=24,
            is_whole=True,
        ),
    ],
    figures={"review_on": gettext_lazy("Review date"), "days": gettext_lazy("Days overdue")},
)
def unconfirmed_need(need: Need, **about: Any) -> Iterator[checks.Hit]:
    """A published need that its owner has not confirmed by its review date (A10, R021)."""
    today = clock.today()
    if need.state == NeedState.PUBLISHED and need.review_on is not None and need.review_on <= today:
        yield checks.Hit(
            need, rule=_("not confirmed by its review date %(day)s") % {"day": need.review_on},
            numbers={"review_on": need.review_on, "days": (today - need.review_on).days}, tell=[need.owner],
            clears=_("The owner confirms that it still stands, closes it or withdraws it."),
            link=reverse("needs:need", args=[need.pk]),
        )  # fmt: skip


@checks.check("R013", title=gettext_lazy("Unsigned indicator"), guards=["needs.publish_need"])
def every_indicator_signed(need: Need, **about: Any) -> Iterator[checks.Hit]:
    """Every party has signed every indicator of the newest version (R013)."""
    link = reverse("needs:need", args=[need.pk])
    newest, issued = current_version(need), issued_version(need)
    if newest is None or issued is None or newest.pk != issued.pk:
        words = _("Version %(number)d is not issued yet") % {"number": newest.number if newest else 1}
        yield checks.Hit(
            need, rule=words, missing=Missing(words, _("A signatory of %(owner)s") % {"owner": need.owner}, link)
        )
        return
    matrix = signature_matrix(need, issued)
    if not matrix.lines:
        yield checks.Hit(
            need, rule=_("no indicator"), missing=Missing(_("At least one indicator"), str(need.owner), link)
        )
    if len(matrix.parties) < 2:
        words = _("A partner who defines the indicators together with the owner")
        yield checks.Hit(need, rule=words, missing=Missing(words, str(need.owner), link + "#definers"))
    for specification, organisation, verdict in matrix.open_cells:
        words = (
            _("“%(indicator)s” is refused by %(party)s")
            if verdict == SignatureVerdict.REFUSED
            else _("“%(indicator)s” is not signed by %(party)s")
        ) % {"indicator": specification, "party": organisation}
        who = _("A signatory of %(party)s") % {"party": organisation}
        yield checks.Hit(
            need, rule=words, missing=Missing(words, who, link), key=f"{specification.pk}:{organisation.pk}"[:100]
        )

"""How needs travel: collected, published, bid for, awarded, contracted, applied; how many stop where, and how long each step takes.

Every figure counts only what its reader may see, and is the length of a list that the reader can open (R026, R048).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)  # fmt: skip
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.actor import Actor
from needs.models import Need
from needs.queries.bid import bids_visible_to
from needs.queries.contract import contracts_counted_for
from needs.queries.library import of_chain
from needs.queries.matching import invitations_visible_to
from needs.queries.need import needs_visible_to
from needs.queries.outcome import applications_visible_to, applied
from needs.queries.pairing import pairings_visible_to
from needs.queries.result import results_visible_to
from needs.queries.review import awards_visible_to
from needs.states.bid import RECEIVED
from needs.states.matching import InvitationState
from projects.models import Project, ProjectNeed
from projects.queries.project import projects_visible_to

DAY = Decimal(86_400_000_000)  # microseconds


class Step(TextChoices):
    """The steps of a need, in their order."""

    COLLECTED = "collected", gettext_lazy("Collected")
    PUBLISHED = "published", gettext_lazy("Published")
    BIDS = "bids", gettext_lazy("Bid for")
    AWARDED = "awarded", gettext_lazy("Awarded")
    CONTRACTED = "contracted", gettext_lazy("Contracted")
    APPLIED = "applied", gettext_lazy("Applied")


STEPS = list(Step)
# When a need came to each step; a need may skip one, as with a partner found without a challenge.
MOMENTS = {
    Step.COLLECTED: "created_at", Step.PUBLISHED: "published_at", Step.BIDS: "bid_at", Step.AWARDED: "awarded_at",
    Step.CONTRACTED: "contracted_at", Step.APPLIED: "applied_at",
}  # fmt: skip
# Ways of which the days are measured: from one moment to a later one.
LEGS = {
    **{after.value: (MOMENTS[before], MOMENTS[after]) for before, after in pairwise(STEPS)},
    "match": ("published_at", "matched_at"), "match_contract": ("matched_at", "contracted_at"),
    "contract_applied": ("contracted_at", "applied_at"),
}  # fmt: skip


class Median(Aggregate):
    """The middle of a duration, without outliers' pull; nothing over nothing."""

    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def travelled(actor: Actor) -> QuerySet[Need]:
    """The needs one may see, each with when it came to which step, as far as one may know: `reached` is 1 to 6."""
    bids = bids_visible_to(actor).filter(challenge__need=OuterRef("pk"), state__in=RECEIVED, submitted_at__isnull=False)
    awards = awards_visible_to(actor).filter(challenge__need=OuterRef("pk"), state="signed")
    pairings = pairings_visible_to(actor).filter(need=OuterRef("pk"), state="accepted")
    invitations = invitations_visible_to(actor).filter(need=OuterRef("pk"), state=InvitationState.ACCEPTED)
    projects = projects_visible_to(actor).filter(need_links__need=OuterRef("pk"), started_at__isnull=False)
    contracts = contracts_counted_for(actor).filter(award__challenge__need=OuterRef("pk"))
    uses = applied(applications_visible_to(actor)).filter(_of_need("result__"))
    rows = needs_visible_to(actor).annotate(
        bid_at=_first(bids, "submitted_at", "challenge__need"), awarded_at=_first(awards, "signed_at", "challenge__need"),
        paired_at=_first(pairings, "answered_at", "need"), invited_at=_first(invitations, "answered_at", "need"),
        contracted_at=Least(_first(projects, "started_at", "need_links__need"), _first(contracts, "signed_at", "award__challenge__need")),
        applied_at=Cast(Subquery(uses.order_by("applied_on").values("applied_on")[:1]), DateTimeField()),
    )  # fmt: skip
    reached = Case(
        *(When(**{f"{MOMENTS[step]}__isnull": False, "then": Value(at)}) for at, step in reversed(list(enumerate(STEPS, 1)))),
        default=Value(1), output_field=IntegerField(),
    )  # fmt: skip
    return rows.annotate(
        matched_at=Least("paired_at", "invited_at", "awarded_at"),
        reached=reached,
        has_result=Exists(results_visible_to(actor).filter(_of_need(), state="published")),
    )


def _of_need(prefix: str = "") -> Q:
    """Results that answer the need in the outer query, by their own word or through a project that does."""
    through = ProjectNeed.objects.filter(need=OuterRef(OuterRef("pk"))).values("project_id")
    return Q(**{f"{prefix}origin_need": OuterRef("pk")}) | Q(**{f"{prefix}origin_project_id__in": through})


def _first(rows: QuerySet[Any], moment: str, group: str) -> Cast:
    """The earliest moment among the rows of each need; a moment also where the reader can see no row at all."""
    return Cast(Subquery(rows.order_by().values(group).annotate(at=Min(moment)).values("at")[:1]), DateTimeField())


def way(leg: str) -> Q:
    """Needs that have gone the way: both moments are known, in their order."""
    before, after = LEGS[leg]
    return Q(**{f"{before}__isnull": False, f"{after}__gte": F(before)})


def reached(step: str) -> Q:
    return Q(reached__gte=STEPS.index(Step(step)) + 1)


def stopped(step: str) -> Q:
    """Needs that came to the step and, so far, no further."""
    return Q(reached=STEPS.index(Step(step)) + 1)


@dataclass(frozen=True)
class Stage:
    """One step: how many needs came to it, how many of those before did not, and the median days from the step before."""

    step: Step
    count: int
    dropped: int | None
    days: Decimal | None
    share: Decimal
    link: str
    dropped_link: str
    days_link: str

    @property
    def name(self) -> str:
        return str(self.step.label)

    @property
    def kept(self) -> Decimal:
        """Of those who came to the step before, in percent."""
        before = self.count + (self.dropped or 0)
        return percent(self.count, before)


@dataclass(frozen=True)
class Kpi:
    """One key figure: its formula in words, its value, the list behind it, and behind what it is a share of."""

    key: str
    label: str
    formula: str
    value: Decimal | None
    unit: str
    link: str
    count: int
    of: int | None = None
    of_link: str = ""


def percent(part: int, whole: int) -> Decimal:
    """Percent with one place; 0 of nothing."""
    if not whole:
        return Decimal(0)
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def in_chain(rows: QuerySet[Need], chain: UUID | None) -> QuerySet[Need]:
    return rows.filter(of_chain(str(chain))) if chain else rows


def funnel(actor: Actor, chain: UUID | None = None) -> list[Stage]:
    """The six steps with counts, drop-offs and days; one query."""
    asked: dict[str, Combinable] = {}
    for step in STEPS:
        asked[f"n_{step.value}"] = Count("pk", filter=reached(step))
    for step in STEPS[1:]:
        asked[f"d_{step.value}"] = _median(step.value)
    found = in_chain(travelled(actor), chain).order_by().aggregate(**asked)
    stages = []
    for at, step in enumerate(STEPS):
        count = found[f"n_{step.value}"]
        before = STEPS[at - 1] if at else None
        stages.append(
            Stage(
                step, count, found[f"n_{before.value}"] - count if before else None, _days(found.get(f"d_{step.value}")),
                percent(count, found["n_collected"]), listed(chain, reached=step.value),
                listed(chain, stopped=before.value) if before else "", listed(chain, way=step.value) if before else "",
            )
        )  # fmt: skip
    return stages


def kpis(actor: Actor, chain: UUID | None = None) -> list[Kpi]:
    """The key figures of need-pulled research: two shares and the median days of three ways (R026); two queries."""
    wanted = Q(published_at__isnull=False)
    legs = ("match", "match_contract", "contract_applied")
    asked: dict[str, Combinable] = {
        "published": Count("pk", filter=wanted), "converted": Count("pk", filter=wanted & Q(has_result=True)),
        **{f"d_{leg}": _median(leg) for leg in legs}, **{f"n_{leg}": Count("pk", filter=way(leg)) for leg in legs},
    }  # fmt: skip
    found = in_chain(travelled(actor), chain).order_by().aggregate(**asked)
    projects = projects_visible_to(actor)
    if chain:
        projects = projects.filter(chain=chain)
    anchors = ProjectNeed.objects.filter(project=OuterRef("pk"))
    shares = Project.objects.filter(pk__in=projects.values("pk")).aggregate(
        anchored=Count("pk", filter=Q(Exists(anchors))), all=Count("pk")
    )
    of_projects = {"chain": str(chain)} if chain else {}
    return [
        Kpi(
            "anchored", _("Projects that answer a need"),
            _("Projects with a linked need ÷ all projects that you see, in percent."),
            percent(shares["anchored"], shares["all"]), "%", _address("projects:projects", anchor="linked", **of_projects),
            shares["anchored"], shares["all"], _address("projects:projects", **of_projects),
        ),
        Kpi(
            "converted", _("Needs that became results"),
            _("Published needs with a published result, of their own or of a project that answers them ÷ published needs, in percent."),
            percent(found["converted"], found["published"]), "%", listed(chain, published="yes", result="yes"), found["converted"],
            found["published"], listed(chain, published="yes"),
        ),
        *(
            Kpi(leg, label, formula, _days(found[f"d_{leg}"]), _("days"), listed(chain, way=leg), found[f"n_{leg}"])
            for leg, label, formula in (
                ("match", _("Need → match"),
                 _("Median of the days from publication to the first accepted match, accepted invitation or signed award.")),
                ("match_contract", _("Match → contract"), _("Median of the days from the first match to the first signed contract or started project.")),
                ("contract_applied", _("Contract → application"),
                 _("Median of the days from the first signed contract or started project to the first application of a result.")),
            )
        ),
    ]  # fmt: skip


def _median(leg: str) -> Combinable:
    before, after = LEGS[leg]
    took = ExpressionWrapper(F(after) - F(before), output_field=DurationField())
    return Median(took, filter=way(leg))


def _days(took: Any) -> Decimal | None:
    if took is None:
        return None
    exact = Decimal(took.days) + Decimal(took.seconds * 1_000_000 + took.microseconds) / DAY
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def listed(chain: UUID | None, **asked: str) -> str:
    """The address of the list behind a figure."""
    return _address("portal:funnel", **({"chain": str(chain)} if chain else {}), **asked)


def _address(name: str, **asked: str) -> str:
    return reverse(name) + (f"?{urlencode(asked)}" if asked else "")


def days_between(row: Any, leg: str) -> Decimal | None:
    """The days a need took for a way, nothing while it has not gone it."""
    before, after = (getattr(row, name) for name in LEGS[leg])
    return _days(after - before) if before and after and after >= before else None


WAYS: Mapping[str, Any] = {
    "match": gettext_lazy("Need → match"), "match_contract": gettext_lazy("Match → contract"),
    "contract_applied": gettext_lazy("Contract → application"),
}  # fmt: skip

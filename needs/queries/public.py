"""What everybody may read, also without signing in; every public page, feed and REST answer reads only these."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from core import clock
from core.accounts.actor import Actor
from core.indicators.models import Measurement, Specification
from core.search import queries as search
from core.search.models import Visibility
from needs.models.challenge import Challenge, ChallengeIndicator
from needs.models.need import Need, NeedIndicator
from needs.models.outcome import Application, Outcome
from needs.models.question import Question
from needs.models.result import Result
from needs.queries.outcome import OutcomeLine, line_of, with_values
from needs.states.challenge import PUBLIC, ChallengeState
from needs.states.need import LISTED, Confidentiality, NeedState
from needs.states.outcome import APPLIED, OutcomeState
from needs.states.question import QuestionState
from needs.states.result import ResultState


def needs_public() -> QuerySet[Need]:
    """Published needs whose owner lets their challenges be shown to everyone; a withdrawn one is not among them."""
    return Need.objects.filter(
        confidentiality=Confidentiality.PUBLIC, state__in=[*LISTED, NeedState.MERGED], published_at__isnull=False
    )


def challenges_public() -> QuerySet[Challenge]:
    """Published challenges that the issuer shows to everyone, of public needs; those past their deadline as well."""
    return Challenge.objects.filter(is_public=True, state__in=PUBLIC, need__in=needs_public().values("pk"))


def open_challenges_public() -> QuerySet[Challenge]:
    """Those that still take bids."""
    return challenges_public().filter(state=ChallengeState.PUBLISHED, deadline_at__gt=clock.now())


def questions_public(challenge: Challenge) -> list[Question]:
    """The answered questions about a public challenge; of who asked, who answered and what waits nothing is read."""
    rows = Question.objects.filter(
        challenge__in=challenges_public().filter(pk=challenge.pk), state=QuestionState.ANSWERED
    )
    return list(rows.only("number", "text", "answer", "answered_at").order_by("number"))


def results_public() -> QuerySet[Result]:
    """Published results that their owner shows to everyone."""
    return Result.objects.filter(state=ResultState.PUBLISHED, confidentiality=Confidentiality.PUBLIC)


def applications_public() -> QuerySet[Application]:
    """Uses of public results that the result's owner shows to everyone, neither denied nor withdrawn."""
    return Application.objects.filter(is_public=True, state__in=APPLIED, result__in=results_public().values("pk"))


def outcomes_public() -> QuerySet[Outcome]:
    """What public uses changed: neither disputed nor withdrawn, and of no indicator that a need keeps to itself."""
    told = Outcome.objects.filter(
        application__in=applications_public().values("pk"), state__in=[OutcomeState.DECLARED, OutcomeState.VERIFIED]
    )
    return told.exclude(specification__in=kept_back())


def lines_public(application: Application) -> list[OutcomeLine]:
    """The use's outcomes that everybody may read, in the order they were recorded."""
    return [line_of(row) for row in with_values(outcomes_public().filter(application=application))]


def found_public(text: str, kind: str) -> Q:
    """Rows that the one search finds among what everybody may read: words of both languages, pairs of characters, typing errors."""
    return search.found_by_words(Actor.nobody(), text, kind)


def with_indicators(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Challenges with all that a list shows of them, in a fixed number of queries."""
    specs = ChallengeIndicator.objects.select_related("specification")
    return rows.select_related("issuer", "need__chain", "need__node").prefetch_related(Prefetch("indicators", specs))


def values_public(result: Result) -> list[tuple[Specification, Measurement]]:
    """The newest measured value of each indicator of a public result; what a need keeps to itself is left out."""
    rows = result.values_measured.exclude(specification__in=kept_back()).select_related("specification")
    specs = [row.specification for row in rows]
    measured = Measurement.objects.filter(specification__in=specs, subject_id=result.pk, is_not_measured=False)
    newest = {row.specification_id: row for row in measured.order_by("created_at")}
    return [(spec, newest[spec.pk]) for spec in specs if spec.pk in newest]


def kept_back() -> QuerySet[NeedIndicator, object]:
    """The specifications that stand in a need which is not public; told of no public result."""
    return NeedIndicator.objects.exclude(version__need__in=needs_public().values("pk")).values("specification")


def challenge_visibility(challenge: Challenge) -> str:
    """Who finds the challenge by search."""
    if challenge.need.confidentiality == Confidentiality.RESTRICTED:
        return Visibility.RESTRICTED
    return Visibility.PUBLIC if challenges_public().filter(pk=challenge.pk).exists() else Visibility.MEMBERS


def application_visibility(application: Application) -> str:
    """Who finds the use by search: as its result, and everybody only where it is shown to everyone."""
    if applications_public().filter(pk=application.pk).exists():
        return Visibility.PUBLIC
    of_result = result_visibility(application.result)
    return Visibility.MEMBERS if of_result == Visibility.PUBLIC else of_result


def result_visibility(result: Result) -> str:
    """Who finds the result by search."""
    if result.state != ResultState.PUBLISHED or result.confidentiality == Confidentiality.RESTRICTED:
        return Visibility.RESTRICTED
    return Visibility.PUBLIC if result.confidentiality == Confidentiality.PUBLIC else Visibility.MEMBERS

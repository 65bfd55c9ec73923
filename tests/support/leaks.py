"""What a stranger gets from every public page, feed and REST answer, and which texts of the database must not be in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

LISTS = ["/open/", "/open/results/", "/open/outcomes/"]
FEEDS = ["/open/challenges.atom", "/open/results.atom", "/open/outcomes.atom", "/open/deadlines.ics"]
CRAWLERS = [
    "/robots.txt",
    "/sitemap.xml",
    *(f"/sitemap-{name}.xml" for name in ("lists", "challenges", "results", "outcomes")),
]
REST = ["/api/v1/open/challenges/", "/api/v1/open/results/", "/api/v1/open/outcomes/"]


def everything(client: Any) -> Iterator[tuple[str, str]]:
    """Every public address with its answer, as a stranger gets it."""
    from needs.queries.public import applications_public, challenges_public, results_public

    pages = [*LISTS, *FEEDS, *REST, *CRAWLERS]
    for name, rows in (
        ("challenge", challenges_public()),
        ("result", results_public()),
        ("outcome", applications_public()),
    ):
        for row in rows:
            pages += [reverse(f"open:{name}", args=[row.pk]), f"/api/v1/open/{name}s/{row.pk}/"]
    for address in pages:
        for language in ("zh-hans", "en"):
            client.cookies["django_language"] = language
            answer = client.get(address, headers={"accept-language": language})
            assert answer.status_code == 200, (address, answer.content[:300])
            yield address, answer.content.decode()


def secrets() -> dict[str, set[str]]:
    """Every text of the database that no stranger may read, by where it stands; what public rows say as well is no secret."""
    from core.accounts.models import Person
    from needs import models
    from needs.models.details import ChallengeDetails
    from needs.queries import public

    def texts(rows: Any, *names: str) -> set[str]:
        found = {str(value).strip() for row in rows.values_list(*names) for value in row if value}
        return {text for text in found if len(text) > 3}

    closed = models.Challenge.objects.exclude(pk__in=public.challenges_public().values("pk"))
    results = models.Result.objects.exclude(pk__in=public.results_public().values("pk"))
    uses = models.Application.objects.exclude(pk__in=public.applications_public().values("pk"))
    needs = models.Need.objects.all()
    waiting = models.Question.objects.filter(answered_at__isnull=True)
    told = {
        "needs": texts(needs, "title", "title_en", "affected_users", "constraints", "expected_results", "code"),
        "pains": texts(needs.exclude(pk__in=public.needs_public().values("pk")), "pain_point"),
        "challenges": texts(closed, "title", "code", "summary", "ip_text", "cancel_reason"),
        "results": texts(results, "title", "title_en", "text", "code"),
        "bases": texts(models.Result.objects, "scores_basis"),
        "uses": texts(uses, "effect") | texts(models.Application.objects, "user__name", "state_reason"),
        "details": texts(ChallengeDetails.objects, "text", "nda_text"),
        "questions": texts(waiting | models.Question.objects.filter(challenge__in=closed), "text", "answer"),
        "askers": texts(models.Question.objects, "organisation__name", "asked_by__name", "answered_by__name"),
        "bidders": texts(models.Bid.objects, "bidder__name"),
        "bids": texts(models.Bid.objects, "team", "plan"),
        "marks": texts(models.Score.objects, "comment"),
        "people": texts(Person.objects, "email") | {name for name in Person.objects.values_list("name", flat=True) if len(name) > 1},
        "values": texts(models.NeedIndicator.objects, "specification__baseline_source", "specification__notes"),
    }  # fmt: skip
    said = texts(public.challenges_public(), "title", "summary", "ip_text", "issuer__name")
    said |= texts(public.results_public(), "title", "title_en", "text", "owner__name") | texts(
        public.applications_public(), "effect"
    )
    said |= texts(
        public.challenges_public(), "need__chain__name", "need__node__name", "questions__text", "questions__answer"
    )
    aloud = "\n".join(said)
    return {place: {word for word in words if word not in aloud} for place, words in told.items()}


def leaks(client: Any) -> list[tuple[str, str, str]]:
    """Where a stranger reads what is not for strangers: address, place, words."""
    hidden = secrets()
    assert sum(len(words) for words in hidden.values()) > 10
    return [
        (address, place, word)
        for address, body in everything(client)
        for place, words in hidden.items()
        for word in words
        if word in body
    ]

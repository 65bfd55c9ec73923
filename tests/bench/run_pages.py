"""Main pages beside two bare views that return the same bytes behind the same doors (sign-in, language, limits, policy, log).

The first takes the bytes from memory; the second asks the page's own questions of the database before, as plain SQL. Both goals
are told; the first is not met by any page whose questions alone take longer than that (see `platform/docs/bench`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
from tests.bench import ratios  # noqa: E402 - the path comes first

LOOKS, ROUNDS = 10, 7
kept: dict[str, Any] = {"bytes": b"", "asked": []}


def bare(request: Any) -> Any:
    """What was kept of the page, from memory."""
    from django.http import HttpResponse

    return HttpResponse(kept["bytes"])


def asked(request: Any) -> Any:
    """The same, after the page's questions."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement, values in kept["asked"]:
            cursor.execute(statement, values)
            cursor.fetchall()
    return bare(request)


def urls() -> Any:
    """The product's addresses and the bare ones."""
    from types import ModuleType

    from django.urls import path

    from config import urls as own

    module = ModuleType("tests_bench_pages_urls")
    module.urlpatterns = [path("bare/", bare), path("asked/", asked), *own.urlpatterns]  # type: ignore[attr-defined]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        if hasattr(own, name):
            setattr(module, name, getattr(own, name))
    sys.modules[module.__name__] = module
    return module.__name__


def questions(look: Any) -> list[tuple[str, Any]]:
    """What the look asks of the database, in its order."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        look()
    return found


def beyond(page: list[tuple[str, Any]], doors: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The questions that are the page's own, without those of the doors."""
    left = [statement for statement, _values in doors]
    own = []
    for statement, values in page:
        if statement in left:
            left.remove(statement)
        else:
            own.append((statement, values))
    return own


@pytest.fixture
def uninstrumented() -> Any:
    """Templates as they are outside tests: the tests' own copy every context."""
    from django.template import Template
    from django.test import utils

    instrumented = Template._render
    Template._render = utils._TestState.saved_data.template_render
    yield
    Template._render = instrumented


def test_pages(db: str, client: Any, settings: Any, uninstrumented: None) -> None:
    settings.API_RATES = {}
    settings.ROOT_URLCONF = urls()
    from needs.models import Challenge, Need
    from projects.models import Gate, Project
    from tests.factories import challenges, needs, projects

    scene = projects.Scene().started()
    for _one in range(20):
        needs.published(scene.leader)
    challenges.Scene().published()
    client.sign_in(scene.leader.person, scene.leader.organisation)
    need = Need.objects.filter(owner=scene.leader.organisation).order_by("created_at").first()
    gate, project = Gate.objects.order_by("created_at").first(), Project.objects.first()
    challenge = Challenge.objects.order_by("created_at").first()
    assert need and gate and project and challenge
    pages = {
        "home": "/", "need library": "/needs/", "need": f"/needs/{need.pk}/", "challenges": "/needs/challenges/",
        "projects": "/projects/", "project": f"/projects/{project.pk}/", "gate": f"/projects/gates/{gate.pk}/", "inbox": "/inbox/",
    }  # fmt: skip
    met = True
    print()
    for name, path in pages.items():
        answer = client.get(path)
        assert answer.status_code == 200, (name, path, answer.status_code)
        answer = client.get(path)  # the first look fills what is kept between looks
        kept["bytes"], kept["asked"] = answer.content, []
        assert client.get("/bare/").content == answer.content
        kept["asked"] = beyond(questions(lambda p=path: client.get(p)), questions(lambda: client.get("/bare/")))
        assert client.get("/asked/").content == answer.content

        def seconds(at: str) -> float:
            return ratios.seconds(lambda: [client.get(at) for _look in range(LOOKS)]) / LOOKS * 1000

        found = ratios.rounds(
            ROUNDS,
            {"ours": lambda p=path: seconds(p), "bare": lambda: seconds("/bare/"), "asked": lambda: seconds("/asked/")},
        )
        size = f"{name}, {len(answer.content) // 1024} kB"
        met &= ratios.line(f"{size} / bytes", found["ours"], found["bare"], goal=3, unit="ms", at_most=True)
        met &= ratios.line(
            f"{size} / {len(kept['asked'])} questions and bytes", found["ours"], found["asked"], goal=3, unit="ms",
            at_most=True,
        )  # fmt: skip
    assert met, "a goal is not met: see the lines above"


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=1800", __file__]))

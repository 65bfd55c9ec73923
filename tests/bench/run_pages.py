"""Main pages beside a bare view that returns the same bytes behind the same doors: sign-in, language, limits, policy, log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
from tests.bench import ratios  # noqa: E402 - the path comes first

LOOKS, ROUNDS = 10, 7
kept: dict[str, Any] = {}


def bare(request: Any) -> Any:
    """What was kept of the page, from memory."""
    from django.http import HttpResponse

    return HttpResponse(kept["bytes"])


def urls() -> Any:
    """The product's addresses and the bare one."""
    from types import ModuleType

    from django.urls import path

    from config import urls as own

    module = ModuleType("tests_bench_pages_urls")
    module.urlpatterns = [path("bare/", bare), *own.urlpatterns]  # type: ignore[attr-defined]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        if hasattr(own, name):
            setattr(module, name, getattr(own, name))
    sys.modules[module.__name__] = module
    return module.__name__


def test_pages(db: str, client: Any, settings: Any) -> None:
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
        kept["bytes"] = answer.content
        assert client.get("/bare/").content == answer.content

        def seconds(at: str) -> float:
            return ratios.seconds(lambda: [client.get(at) for _look in range(LOOKS)]) / LOOKS * 1000

        found = ratios.rounds(ROUNDS, {"ours": lambda p=path: seconds(p), "bare": lambda: seconds("/bare/")})
        met &= ratios.line(
            f"{name}, {len(answer.content) // 1024} kB", found["ours"], found["bare"], goal=3, unit="ms", at_most=True
        )
    assert met, "a goal is not met: see the lines above"


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=1800", __file__]))

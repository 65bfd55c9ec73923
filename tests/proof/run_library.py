"""The library at 100,000 needs: search with counts over what the reader may see, matching for one need, what the nightly round for research
done twice takes in time and memory, and 10,000 rows from files. Prints what was measured; texts are put together from the judged corpus.

XIELIAN_LIBRARY_NEEDS makes it smaller.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
from tests.bench import ratios  # noqa: E402 - the path comes first
from tests.support.proof import tell  # noqa: E402

NEEDS = int(os.environ.get("XIELIAN_LIBRARY_NEEDS", "100000"))
RESULTS, CHANGED, IMPORTED, A_FILE = NEEDS // 10, min(2500, NEEDS // 20), NEEDS // 10, 2000
ASKED = [
    "电池",
    "快充 充电时间",
    "fast charging battery",
    "how to keep a battery from burning",
    "双极板涂层",
    "batery separator",
    "轴承寿命不够怎么办",
]
# What one of these may take on a quiet machine of two cores, in seconds; and what a round may add to the process, in MB.
SEARCH, MATCHING, ONE_COMPARED, MOST_MEMORY = 3.0, 2.0, 1.0, 200


def peak(*, fresh: bool = False) -> float:
    """The most memory this process held since the mark was last set, in MB."""
    if fresh:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("VmHWM")) / 1024


def spread(times: list[float]) -> str:
    return f"median {statistics.median(times) * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms"


@pytest.fixture
def library(db: str, servers: Any, settings: Any) -> Any:
    """The library, and a leader who reads it."""
    import psycopg2

    from core.search.services import load_terms
    from tests import factories
    from tests.factories import needs
    from tests.support.library import fill

    settings.API_RATES = {}
    load_terms()
    leader = factories.actor(factories.organisation(kinds=["large_firm"]))
    for _one in range(8):
        factories.chain(leader=leader.organisation)
    need, _owner, _others = needs.published(leader)
    with psycopg2.connect(servers.environment(db)["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        took = ratios.seconds(lambda: fill(cursor, needs=NEEDS, results=RESULTS, example=need))
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size('search_document')), pg_size_pretty(pg_total_relation_size('needs_need'))"
        )
        sizes = cursor.fetchone()
    print()
    tell(
        f"{NEEDS:,} needs, {RESULTS:,} results written by the owner",
        f"{took:.0f} s; documents {sizes[0]}, needs {sizes[1]}",
    )
    return leader


def test_library(library: Any, client: Any) -> None:
    leader = library
    searching(leader, client)
    matching(leader)
    twice()
    importing(leader, client)


def searching(leader: Any, client: Any) -> None:
    """Found, counted and shown; nothing that the reader may not see is counted."""
    from core.accounts.actor import Actor
    from core.search import queries as search
    from core.search.models import Document
    from needs.models import Need
    from needs.queries import library
    from needs.queries.need import needs_visible_to

    visible, whole = needs_visible_to(leader).count(), Need.objects.count()
    tell("needs that the reader may see, of all", f"{visible:,} of {whole:,}")
    assert visible < whole
    times: dict[str, list[float]] = {}
    client.sign_in(leader.person, leader.organisation)
    for text in ASKED:
        found: dict[str, Any] = {}

        def first(into: dict[str, Any] = found, asked: str = text) -> None:
            into["rows"] = list(search.search(leader, asked)[:20])

        def counts(into: dict[str, Any] = found, asked: str = text) -> None:
            into["counts"] = Counter(one.kind for one in search.hits(leader, asked))

        def facets(into: dict[str, Any] = found, asked: str = text) -> None:
            into["facets"] = library.facets(leader, {"q": asked})

        took = {
            "first 20": ratios.seconds(first),
            "counts by kind": ratios.seconds(counts),
            "all facets of the needs": ratios.seconds(facets),
            "the search page": ratios.seconds(lambda asked=text: client.get("/search/", {"q": asked})),
            "the need library's page": ratios.seconds(lambda asked=text: client.get("/needs/", {"q": asked})),
        }
        for name, seconds in took.items():
            times.setdefault(name, []).append(seconds)
        everything = search.search(Actor.system(), text, kinds=["need"])
        seen = set(search.search(leader, text, kinds=["need"]).order_by().values_list("object_id", flat=True))
        hidden = set(everything.order_by().values_list("object_id", flat=True)) - seen
        open_ones = set(needs_visible_to(leader).filter(pk__in=seen).values_list("pk", flat=True))
        counted = sum(one.count for one in found["facets"]["side"])
        tell(
            f"  {text}",
            f"{sum(found['counts'].values()):,} found, {found['counts'].get('need', 0):,} needs, {len(hidden):,} more hidden; "
            + ", ".join(f"{seconds * 1000:.0f}" for seconds in took.values()) + " ms",
        )  # fmt: skip
        assert counted == len(open_ones) == found["counts"].get("need", 0), (text, counted, len(open_ones))
        assert all(Document.objects.filter(object_id=pk, visibility="restricted").exists() for pk in list(hidden)[:50])
    for name, taken in times.items():
        tell(f"search, {name}", spread(taken))
    assert statistics.median(times["first 20"]) <= SEARCH, times
    assert statistics.median(times["the need library's page"]) <= 3 * SEARCH, times


def matching(leader: Any) -> None:
    """What fits one need, and which needs one text fits."""
    from core.search import queries as search
    from needs.models import Need
    from needs.queries.matching import matches_of

    rows = list(
        Need.objects.filter(state="published", confidentiality="members").order_by("code")[
            100 : NEEDS // 2 : NEEDS // 30
        ]
    )
    taken = []
    for need in rows:
        found: list[Any] = []
        taken.append(ratios.seconds(lambda into=found, one=need: into.extend(matches_of(leader, one).found)))
        assert found, need
    tell(f"matching for one need, {len(rows)} needs", spread(taken))
    other = [
        ratios.seconds(
            lambda one=need: list(search.matching(leader, title=one.title, text=one.pain_point, kinds=["need"])[:60])
        )
        for need in rows
    ]
    tell("which needs one description fits", spread(other))
    assert statistics.median(taken) <= MATCHING, taken


def twice() -> None:
    """A night in which a part of the library changed, and how long the whole library would take."""
    from core.search.models import Document
    from needs.models.duplicate import Compared, SimilarPair
    from needs.services import duplicate

    before = peak(fresh=True)
    began = time.perf_counter()
    done = duplicate.compare_changed(limit=CHANGED)
    took = time.perf_counter() - began
    added = peak() - before
    whole = Document.objects.filter(kind__in=["need", "result"]).count()
    tell(f"research done twice: {done:,} compared with {whole:,}", f"{took:.0f} s, {took / done * 1000:.0f} ms each")
    tell("  memory the round added", f"{added:.0f} MB (process {peak():.0f} MB)")
    tell(
        "  the whole library at this pace",
        f"{took / done * whole / 3600:.1f} h, in nights of at most {duplicate.A_NIGHT:,}",
    )
    tell("  pairs kept", f"{SimilarPair.objects.count():,}")
    assert done >= CHANGED
    assert Compared.objects.filter(at__isnull=False).count() >= done
    assert took / done <= ONE_COMPARED, took / done
    assert added <= MOST_MEMORY, added


def importing(leader: Any, client: Any) -> None:
    """Files of as many rows as one may hold, through the page: sent, shown, confirmed."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from core.search.models import Document
    from needs.models import Need
    from tests.support.library import Writer

    writer, node = Writer(7), Need.objects.filter(owner=leader.organisation).first().node  # type: ignore[union-attr]
    before, steps = Need.objects.count(), {"sent": 0.0, "shown": 0.0, "confirmed": 0.0}
    mark = peak(fresh=True)
    for begin in range(0, IMPORTED, A_FILE):
        text = io.StringIO()
        text.write("标题\t痛点\t节点\t需求侧\t预算\t期望完成日\n")
        for number in range(begin, min(begin + A_FILE, IMPORTED)):
            title, clauses = writer.text()
            text.write(f"{title[:150]} {number}\t{'；'.join(clauses)}\t{node}\t研发\t300万\t2027-06-30\n")
        upload = SimpleUploadedFile(f"{begin}.csv", text.getvalue().encode())
        answers: dict[str, Any] = {}
        steps["sent"] += ratios.seconds(
            lambda a=answers, u=upload: a.update(sent=client.post("/needs/import/", {"file": u}))
        )
        assert answers["sent"].status_code == 302, answers["sent"].content[:2000]
        address = answers["sent"].headers["Location"]
        steps["shown"] += ratios.seconds(lambda a=answers, at=address: a.update(shown=client.get(at)))
        steps["confirmed"] += ratios.seconds(lambda a=answers, at=address: a.update(done=client.post(at)))
        assert answers["done"].status_code == 302, answers["done"].content[:2000]
    files = -(-IMPORTED // A_FILE)
    tell(
        f"{IMPORTED:,} rows from {files} files of at most {A_FILE:,}",
        ", ".join(f"{name} {took:.1f} s" for name, took in steps.items()),
    )
    tell("  memory they added", f"{peak() - mark:.0f} MB")
    assert Need.objects.count() == before + IMPORTED
    made = Need.objects.order_by("-created_at")[0]
    assert Document.objects.filter(object_id=made.pk).exclude(length=0).exists()


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=5400", __file__]))

"""Main lists at 100 and at 100,000 rows, page and REST: the same number of queries, the time within twice.

Rows are copied in one statement by the owner, in one database: first the few, then the many.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
from tests.bench import ratios  # noqa: E402 - the path comes first

FEW, MANY, LOOKS = 100, 100_000, 7
# Choices that no rule ties to another column: each row has another one.
SPREAD = {"demand_side"}


def fill(cursor: Any, model: Any, wanted: int) -> None:
    """Copy the newest row until there are so many; what must be unique gets a number."""
    table, columns, values = model._meta.db_table, [], []
    for field in model._meta.concrete_fields:
        name = f'"{field.column}"'
        columns.append(name)
        if field.primary_key:
            values.append("gen_random_uuid()")
        elif field.unique and field.is_relation:
            values.append("NULL")
        elif field.unique:
            values.append(f"lpad(n::text, {min(18, field.max_length or 18)}, '0')")
        elif field.get_internal_type() == "DateTimeField":
            values.append(f"{name} - n * interval '1 second'")
        elif field.name in SPREAD:
            options = [str(value) for value, _label in field.choices]
            values.append(f"('{{{','.join(options)}}}'::text[])[1 + n %% {len(options)}]")
        elif field.name == "is_shown":
            values.append("true")
        elif field.name in {"title", "name"}:
            values.append(f"left({name} || ' ' || n, {field.max_length})")
        else:
            values.append(name)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM (SELECT * FROM {table} ORDER BY created_at DESC "
        f"LIMIT 1) one, generate_series((SELECT count(*) FROM {table}) + 1, %s) n",
        [wanted],
    )
    cursor.execute(f"ANALYZE {table}")


def test_lists(db: str, client: Any, servers: Any, settings: Any) -> None:
    settings.API_RATES = {}
    import psycopg2
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.accounts.models import Organisation
    from core.inbox.models import Notification
    from needs.models import Challenge, Need
    from projects.models import Project
    from tests import factories
    from tests.factories import challenges, needs, projects

    scene = projects.Scene().started()
    needs.published(scene.leader)
    challenges.Scene().published()
    note = Notification.objects.order_by("created_at").last()
    if note is not None:
        Notification.objects.update(person_id=scene.leader.person.pk)
    operator = factories.operator()
    lists = [
        ("needs", Need, "/needs/", "/api/v1/needs/", scene.leader),
        ("challenges", Challenge, "/needs/challenges/", "/api/v1/challenges/", scene.leader),
        ("projects", Project, "/projects/", "/api/v1/projects/", scene.leader),
        ("organisations", Organisation, "/accounts/organisations/", "/api/v1/organisations/", operator),
        ("notifications", Notification, "/inbox/notifications/", "/api/v1/notifications/", scene.leader),
    ]
    met, found = True, {}
    for wanted in (FEW, MANY):
        with psycopg2.connect(servers.environment(db)["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
            took = ratios.seconds(
                lambda c=cursor, w=wanted: [fill(c, one[1], w) for one in lists if one[1].objects.exists()]
            )
        print(f"\nfilled to {wanted:,} rows each in {took:.1f} s", flush=True)
        for name, _model, page, rest, eyes in lists:
            client.sign_out()
            client.sign_in(eyes.person, eyes.organisation)
            for kind, path in (("page", page), ("REST", rest)):
                answer = client.get(path)
                assert answer.status_code == 200, (name, kind, path, answer.status_code)
                cache.clear()  # what is dear to count in a long list stands for a minute: the first look counts it
                with CaptureQueriesContext(connection) as queries:
                    first = ratios.seconds(lambda p=path: client.get(p))
                asked = list(queries.captured_queries)  # the next request forgets them
                times = sorted(ratios.seconds(lambda p=path: client.get(p)) for _look in range(LOOKS))
                slow = max(asked, key=lambda one: float(one["time"]), default={"time": "", "sql": ""})
                found[name, kind, wanted] = (len(asked), statistics.median(times), slow, first)
    for name, _model, _page, _rest, _eyes in lists:
        for kind in ("page", "REST"):
            (few_count, few, _, _), (many_count, many, slow, first) = found[name, kind, FEW], found[name, kind, MANY]
            good = few_count == many_count and many <= 2 * few
            met &= good
            print(
                f"{name:14} {kind:4}  queries {few_count:3} / {many_count:3}  {few * 1000:7.1f} ms / {many * 1000:8.1f} ms  "
                f"ratio {many / few:6.2f}  goal <= 2  {'met' if good else 'NOT MET'}  first look at many {first * 1000:.0f} ms"
            )
            if not good:
                print(f"    slowest query {slow['time']} s: {slow['sql'][:300]}")
    assert met, "a goal is not met: see the lines above"


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=1800", __file__]))

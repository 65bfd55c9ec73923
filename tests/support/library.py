"""A large library in a database: needs, results and organisations with texts put together from the clauses of the judged corpus.

Weights and vectors are those the product would write, counted once per clause; rows go in by COPY, as the owner.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import random
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.search import words
from core.search.bridge import bridge
from core.search.ranking import BRIDGED, TITLE

CORPUS = Path(__file__).parents[1] / "evaluation" / "relevance" / "corpus.jsonl"
ORGANISATIONS, CLAUSES = 500, 6
FIELDS = [f"field {one}" for one in "abcdefghijkl"]
REGIONS = ["110000", "310000", "320000", "330000", "440000", "510000", "420000", "370000"]
SIDES = ["rd", "production", "supply", "service"]


@functools.cache
def _piece(text: str) -> tuple[Counter[str], dict[str, float]]:
    return Counter(token[:100] for token in words.tokens(text)), bridge().other(text)


def weighed(title: str, clauses: Sequence[str]) -> tuple[dict[str, float], float, str]:
    """Weights, length and vector of a document of these clauses, as `core.search.services.weigh` writes them."""
    own: Counter[str] = Counter()
    brought: dict[str, float] = defaultdict(float)
    for text, worth in ((title, TITLE), *((clause, 1.0) for clause in clauses)):
        tokens, others = _piece(text)
        for token, count in tokens.items():
            own[token] += count * worth  # type: ignore[assignment]
        for token, share in others.items():
            brought[token[:100]] += share * worth * BRIDGED
    weights = {token: round(own.get(token, 0) + brought.get(token, 0.0), 3) for token in {*own, *brought}}
    vector = " ".join(
        "'" + token.replace("\\", "\\\\").replace("'", "''") + f"':{place % 16000 + 1}{'C' if token in own else 'D'}"
        for place, token in enumerate(weights)
    )
    return weights, float(sum(own.values())), vector


class Writer:
    """Titles and clauses, drawn with a fixed seed: half from one document of the corpus, half from any."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.texts = []
        for one in map(json.loads, CORPUS.read_text().splitlines()):
            clauses = [part for part in re.split(r"[，。；：]\s*|[,.;:]\s+", one["text"]) if len(part) > 3]
            self.texts.append((one["title"], clauses, one["lang"]))
        self.clauses = {
            lang: [c for _title, cs, of in self.texts if of == lang for c in cs] for lang in ("zh", "en", "mixed")
        }

    def text(self) -> tuple[str, list[str]]:
        title, own, lang = self.draw.choice(self.texts)
        pool = self.clauses.get(lang) or own
        found = self.draw.sample(own, min(len(own), CLAUSES // 2)) + self.draw.choices(pool, k=CLAUSES // 2)
        return title, [*found, f"{self.draw.randint(2, 999)} {self.draw.choice(['kW', 'MPa', 'mm', '%', 'h', 'kg'])}"]


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    def cell(value: Any) -> str:
        if value is None:
            return "\\N"
        return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ")

    text = "".join("\t".join(map(cell, row)) + "\n" for row in rows)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.StringIO(text))


def fill(cursor: Any, *, needs: int, results: int = 0, example: Any, seed: int = 20261126) -> None:
    """Add so many published needs (a tenth drafts, a twentieth restricted), spread over organisations, chains and nodes, and documents
    of results; `example` is a need whose remaining columns they take, and whose owner's other columns the organisations take."""
    writer, now = Writer(seed), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    owners = _organisations(cursor, example.owner_id)
    cursor.execute("SELECT id, chain_id FROM chains_chainnode")
    nodes = cursor.fetchall()
    cursor.execute(
        "CREATE TEMP TABLE made (id uuid, code text, title text, pain text, chain uuid, node uuid, owner uuid, side text, state text,"
        " confidentiality text, field text, region text, budget numeric, deadline date, at timestamptz)"
    )
    columns = ["object_type", "object_id", "id", "room", "kind", "title", "text", "link", "organisation_id", "visibility", "parties",
               "facets", "vector", "weights", "length", "updated_at", "created_at"]  # fmt: skip
    for begin in range(0, needs + results, 5000):
        rows, documents = [], []
        for number in range(begin, min(begin + 5000, needs + results)):
            title, clauses = writer.text()
            draw, pk, (node, chain) = (
                writer.draw,
                uuid.UUID(int=writer.draw.getrandbits(128), version=4),
                writer.draw.choice(nodes),
            )
            owner, luck, is_need = draw.choice(owners), draw.random(), number < needs
            code = f"{'N' if is_need else 'R'}-2026-{number + 100_000}"
            weights, length, vector = weighed(f"{code} {title}", clauses)
            state, confidentiality = (
                ("draft" if luck < 0.1 else "published"),
                ("restricted" if 0.1 <= luck < 0.15 else "members"),
            )
            is_open = not is_need or luck >= 0.15
            at, field, region = now + dt.timedelta(seconds=number), draw.choice(FIELDS), draw.choice(REGIONS)
            side = draw.choice(SIDES)
            if is_need:
                rows.append((
                    pk, code, title[:200], "; ".join(clauses), chain, node, owner, side, state, confidentiality, field, region,
                    draw.choice([None, 300_000, 900_000, 5_000_000, 20_000_000]), dt.date(2027, draw.randint(1, 12), 15), at,
                ))  # fmt: skip
            facets = {"chain": str(chain), "chains": [str(chain)], "node": str(node), "side": side, "state": state if is_need else "published",
                      "region": region, "field": field, "is_dormant": False}  # fmt: skip
            documents.append((
                "needs.need" if is_need else "needs.result", pk, uuid.UUID(int=draw.getrandbits(128), version=4), "needs",
                "need" if is_need else "result", f"{code} {title}"[:300], "; ".join(clauses), f"/needs/{pk}/", owner,
                "members" if is_open else "restricted", "{" + str(owner) + "}", json.dumps(facets), vector, json.dumps(weights), length, at, at,
            ))  # fmt: skip
        _copy(cursor, "search_document", columns, documents)
        if rows:
            _copy(cursor, "made", ["id", "code", "title", "pain", "chain", "node", "owner", "side", "state", "confidentiality", "field",
                                   "region", "budget", "deadline", "at"], rows)  # fmt: skip
    told = {
        "id": "m.id", "code": "m.code", "title": "m.title", "pain_point": "m.pain", "chain_id": "m.chain", "node_id": "m.node",
        "owner_id": "m.owner", "demand_side": "m.side", "state": "m.state", "confidentiality": "m.confidentiality", "field": "m.field",
        "region_code": "m.region", "budget": "m.budget", "deadline_on": "m.deadline", "created_at": "m.at", "updated_at": "m.at",
        "published_at": "CASE WHEN m.state = 'published' THEN m.at END",
    }  # fmt: skip
    taken = [field.column for field in example._meta.concrete_fields]
    cursor.execute(
        f"INSERT INTO needs_need ({', '.join(taken)}) SELECT {', '.join(told.get(one, 'n.' + one) for one in taken)}"
        " FROM made m, needs_need n WHERE n.id = %s",
        [str(example.pk)],
    )
    cursor.execute("DROP TABLE made")
    cursor.connection.commit()
    cursor.execute("ANALYZE search_document, needs_need, accounts_organisation")
    cursor.connection.commit()


def _organisations(cursor: Any, example: Any) -> list[str]:
    from core.accounts.models import Organisation

    fields = list(Organisation._meta.concrete_fields)
    values = [
        "gen_random_uuid()" if one.primary_key
        else f"left({one.column} || ' ' || n, {one.max_length})" if one.name == "name"
        else ("NULL" if one.null else f"lpad(n::text, {min(18, one.max_length or 18)}, '0')") if one.unique
        else one.column
        for one in fields
    ]  # fmt: skip
    cursor.execute(
        f"INSERT INTO {Organisation._meta.db_table} ({', '.join(one.column for one in fields)}) SELECT {', '.join(values)}"
        f" FROM {Organisation._meta.db_table}, generate_series(1, %s) n WHERE id = %s RETURNING id",
        [ORGANISATIONS, str(example)],
    )
    return [str(pk) for (pk,) in cursor.fetchall()]

"""`manage.py load_public_calls`: the facts of public calls become reference data; running it twice changes nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse

from core.search import services as search
from needs.models import PublicCall

DATA = Path(__file__).resolve().parents[2] / "data" / "public_calls.jsonl"


def plain(value: Any) -> str:
    """A fact as words; empty when the source does not say."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one not in (None, ""))
    return str(value)


class Command(BaseCommand):
    help = "Load the public calls with their sources into the library and the search."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        fresh = 0
        for line in DATA.read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            fact = json.loads(line)
            digest = hashlib.sha256(line.encode()).hexdigest()
            row, made = PublicCall.objects.get_or_create(
                fact_hash=digest,
                defaults={
                    "title": fact["title"][:300], "chain_words": plain(fact["chain"])[:120], "stage": plain(fact["stage"])[:60],
                    "issuer": plain(fact["issuer"])[:200], "source": plain(fact["source"]), "note": plain(fact["note"]),
                    "indicators": fact["indicators"] or [], "constraints_text": "\n".join(map(str, fact["constraints"] or [])),
                    "budget_text": plain(fact["budget"])[:300], "duration_months": plain(fact["duration_months"])[:60],
                },
            )  # fmt: skip
            fresh += made
            names = " ".join(str(one.get("name", "")) for one in row.indicators)
            search.index(
                row, title=row.title, text=f"{row.chain_words} {row.issuer} {names} {row.constraints_text}", room="needs", kind="public_call",
                link=reverse("needs:public_call", args=[row.pk]), visibility="members",
            )  # fmt: skip
        self.stdout.write(f"{fresh} new, {PublicCall.objects.count()} in all")

"""django-hordak in a process and a database of its own: reads `clients transfers way`, answers with transfers a second.

`plain` is its `transfer_to` as it stands: balanced legs, but no key and no limit. `same` writes with it what our ledger
promises besides: a transfer that is sent twice takes effect once, and no account falls below its limit, whoever else is at it.
"""

from __future__ import annotations

import random
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ACCOUNTS = 1000


def main() -> None:
    sys.path[:] = [part for part in sys.path if Path(part).resolve() != Path(__file__).resolve().parent]
    import django
    from django.conf import settings
    from django.core.management import call_command

    url = urlsplit(sys.argv[1])
    settings.configure(
        SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DEFAULT_CURRENCY="CNY", CURRENCIES=["CNY"],
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username, "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname, "PORT": url.port,
        }},
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connections, transaction
    from hordak.models import Account, Transaction
    from moneyed import Money

    rows: list[Any] = [
        Account.objects.create(name=f"a{n}", code=f"{n}", type="AS", currencies=["CNY"]) for n in range(ACCOUNTS)
    ]
    rows = list(Account.objects.all())
    print("ready", flush=True)

    floor = Money(-1_000_000_000, "CNY")

    def plain(source: Any, target: Any, amount: Any) -> None:
        source.transfer_to(target, amount)

    def same(source: Any, target: Any, amount: Any) -> None:
        key = uuid.uuid4()
        with transaction.atomic():
            if Transaction.objects.filter(uuid=key).exists():
                return
            held = {
                one.pk: one
                for one in Account.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk")
            }
            if held[source.pk].get_simple_balance()["CNY"] - amount < floor:
                raise ValueError("below the limit")
            held[source.pk].transfer_to(held[target.pk], amount, uuid=key)

    ways = {"plain": plain, "same": same}

    def work(number: int, count: int, gate: threading.Barrier, way: Any) -> None:
        dice = random.Random(number)
        connections["default"].ensure_connection()
        gate.wait()
        for _turn in range(count):
            source, target = dice.sample(rows, 2)
            way(source, target, Money(dice.randint(1, 100), "CNY"))
        connections.close_all()
        done.append(number)

    done: list[int] = []
    for asked in sys.stdin:
        clients, count, way = int(asked.split()[0]), int(asked.split()[1]), ways[asked.split()[2]]
        gate = threading.Barrier(clients + 1)
        done.clear()
        threads = [threading.Thread(target=work, args=(n, count // clients, gate, way)) for n in range(clients)]
        for thread in threads:
            thread.start()
        gate.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        assert len(done) == clients, "a client ended early"
        print(count // clients * clients / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()

"""django-hordak in a process and a database of its own: reads `clients transfers`, answers with transfers a second."""

from __future__ import annotations

import random
import sys
import threading
import time
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
    from django.db import connections
    from hordak.models import Account
    from moneyed import Money

    rows: list[Any] = [
        Account.objects.create(name=f"a{n}", code=f"{n}", type="AS", currencies=["CNY"]) for n in range(ACCOUNTS)
    ]
    rows = list(Account.objects.all())
    print("ready", flush=True)

    def work(number: int, count: int, gate: threading.Barrier) -> None:
        dice = random.Random(number)
        connections["default"].ensure_connection()
        gate.wait()
        for _turn in range(count):
            source, target = dice.sample(rows, 2)
            source.transfer_to(target, Money(dice.randint(1, 100), "CNY"))
        connections.close_all()
        done.append(number)

    done: list[int] = []
    for asked in sys.stdin:
        clients, count = map(int, asked.split())
        gate = threading.Barrier(clients + 1)
        done.clear()
        threads = [threading.Thread(target=work, args=(n, count // clients, gate)) for n in range(clients)]
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

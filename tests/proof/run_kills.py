"""A hundred kills: web, worker, beat, Redis and PostgreSQL in turn die by kill -9 at a random moment of the walk.

Two players go through the reference walk over REST without pause, each case with parties of its own. A request that was cut
is sent again with the same Idempotency-Key. The players keep their own list of what was answered; after each restart it is
held against the database: what was answered with success stands in the book once, what was refused not at all; the ledger
replays, news has reached every listener, nothing waits for long. `XIELIAN_KILLS=10` makes it shorter, `XIELIAN_KILLS_SEED`
sets other moments. Rounds that passed at this commit are not played again.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
ROUNDS = int(os.environ.get("XIELIAN_KILLS", "100"))
SEED = int(os.environ.get("XIELIAN_KILLS_SEED", "20261126"))
VICTIMS = ["web", "worker", "beat", "redis", "postgres"]
PORTS = {"postgres_port": 57800, "redis_port": 64950}
PATIENCE = 90.0  # how long one request is tried again
LATE = 150.0  # news is swept each minute; what waits for longer is lost
PLAYERS = 2

import httpx  # noqa: E402 - the path comes first

from tests.support.proof import kept, launcher  # noqa: E402

dev: Any = None  # the launcher, loaded once its folder is known


@dataclasses.dataclass
class Asked:
    """One command as its player knows it: every attempt's request id, and the answer."""

    key: str
    what: str
    requests: list[str] = dataclasses.field(default_factory=list)
    status: int = 0
    answered: float = 0.0


class Memory:
    """What was asked and answered, shared by all players."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: dict[tuple[str, str], Asked] = {}
        self.cut = self.retried = self.answers = 0
        self.troubled_until = 0.0
        self.problems: list[str] = []
        self.in_flight: dict[int, str] = {}
        self.done = 0

    def problem(self, words: str) -> None:
        with self.lock:
            self.problems.append(words)
        print(f"    PROBLEM {words}", flush=True)


class Stubborn(httpx.BaseTransport):
    """Sends a request until it is answered: what was cut, or fell into an outage, goes again with the same key."""

    def __init__(self, memory: Memory, who: str) -> None:
        self.memory, self.who, self.inner = memory, who, httpx.HTTPTransport(retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        key = request.headers.get("Idempotency-Key", "")
        what = f"{request.method} {request.url.path}"
        asked = Asked(key, what)
        if key:
            with self.memory.lock:
                asked = self.memory.asked.setdefault((self.who, key), asked)
        until = time.monotonic() + PATIENCE
        number = threading.get_ident()
        while True:
            mark = f"kill-{uuid.uuid4().hex}"
            asked.requests.append(mark)
            request.headers["X-Request-ID"] = mark
            self.memory.in_flight[number] = what
            try:
                answer = self.inner.handle_request(request)
                answer.read()
                words = f"{answer.status_code}: {answer.text[:300]}" if answer.status_code >= 500 else ""
            except httpx.TransportError as error:
                words, answer = f"{type(error).__name__}: {error}", None
            finally:
                self.memory.in_flight.pop(number, None)
            if answer is not None and not words:
                break
            with self.memory.lock:
                self.memory.cut += 1
                self.memory.retried += 1
                is_quiet = time.monotonic() > self.memory.troubled_until
            if is_quiet:
                self.memory.problem(f"{what} failed while nothing was killed: {words}")
            if time.monotonic() > until:
                self.memory.problem(f"{what} was not answered for {PATIENCE:.0f} s: {words}")
                raise httpx.ConnectError(f"{what}: {words}")
            time.sleep(0.2)
        with self.memory.lock:
            if asked.status and (asked.status < 400) != (answer.status_code < 400):
                self.memory.problems.append(f"{what} {key} was answered {asked.status}, then {answer.status_code}")
            asked.status, asked.answered = answer.status_code, time.monotonic()
            self.memory.answers += 1
        return answer


def patient(call: Callable[..., Any]) -> Callable[..., Any]:
    """A piece of set-up by hand, tried again after the database was away."""
    from django.db import InterfaceError, OperationalError, connection

    def again(*args: Any, **kwargs: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            if connection.in_atomic_block:
                return call(*args, **kwargs)
            try:
                return call(*args, **kwargs)
            except (OperationalError, InterfaceError):
                connection.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)

    return again


class Player(threading.Thread):
    """Plays case after case, each with parties of its own, until it is told to stop; a case is played to its end."""

    def __init__(self, url: str, memory: Memory, number: int, folder: Path) -> None:
        super().__init__(daemon=True)
        self.url, self.memory, self.number, self.folder = url, memory, number, folder
        self.stop = threading.Event()

    def run(self) -> None:
        from django.db import connections

        from portal.walk.cases import CASES
        from portal.walk.client import Refused

        turn = 0
        while not self.stop.is_set():
            case = CASES[(turn + self.number) % len(CASES)]
            suffix = f"{self.number}{turn:03d}"
            try:
                self.play(case, suffix)
                with self.memory.lock:
                    self.memory.done += 1
            except Refused as refused:
                self.memory.problem(f"the walk {case.key}{suffix} stopped: {refused}")
            except Exception as error:
                self.memory.problem(f"the walk {case.key}{suffix} broke: {type(error).__name__}: {error}")
                time.sleep(2)
            finally:
                connections.close_all()
            turn += 1

    def play(self, case: Any, suffix: str) -> None:
        from portal.walk.play import Play, Walk

        own = dataclasses.replace(
            case, key=f"{case.key}{suffix}", chain=(f"{case.chain[0]}{suffix}", f"{case.chain[1]} {suffix}"),
            suppliers=(f"{case.suppliers[0]}{suffix}", f"{case.suppliers[1]}{suffix}"),
            **{part: f"{getattr(case, part)}{suffix}" for part in ("leader", "institute", "university", "investor", "user")},
        )  # fmt: skip
        walk = Walk(self.url, say=lambda _words: None)
        walk.memory, walk.kept = self.folder / f"walk-{suffix}.json", {}
        visitors: dict[str, Any] = {}

        def as_(local: str) -> Any:
            if local not in visitors:
                visitors[local] = visit(self.url, local, self.memory, suffix)
            return visitors[local]

        walk.as_ = as_  # type: ignore[method-assign]
        Play(walk, own).all()


def visit(url: str, local: str, memory: Memory, prefix: str) -> Any:
    """A person's session that outlives what is killed."""
    from portal.walk.cases import DOMAIN, PASSWORD
    from portal.walk.client import Visitor

    class Patient(Visitor):
        def __init__(self) -> None:
            self.email, self.password, self.prefix = f"{local}@{DOMAIN}", PASSWORD, prefix
            self.organisation = ""
            self.http = httpx.Client(
                base_url=url, timeout=20, follow_redirects=False, transport=Stubborn(memory, self.email)
            )
            self._sign_in()

    return Patient()


class Machine:
    """The product as ./dev up runs it, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        from config import embedded

        self.home, self.embedded = home, embedded
        self.ended: list[str] = []
        kept = embedded.secrets_of(home)
        servers = embedded.start(home, **PORTS)
        self.postgres_port = servers.postgres.port
        self.redis_port = int(servers.redis_url.rsplit(":", 1)[1].split("/")[0])
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        values = dev.environment()
        assert values["REDIS_URL"] == servers.redis_url and kept
        os.environ |= values
        if dev.manage(values, "migrate", "--noinput", "-v", "0"):
            raise SystemExit("the migrations do not run")
        dev.collect_static(values)
        from config.embedded import processes

        port = processes.free_port(8710)
        self.url = f"http://127.0.0.1:{port}"
        self.children = dev.Children(
            {"PUBLIC_URL": self.url, "WEB_WORKERS": "2"} | values | {"WEB_BIND": f"127.0.0.1:{port}"}
        )
        for name in dev.PROGRAMS:
            self.children.start(name)
        dev.wait_for_page(self.url, self.children)

    def kill(self, victim: str) -> int:
        """kill -9 of every process of the victim, by pid; gives how many."""
        if victim in dev.PROGRAMS:
            pids = group(self.children.running[victim].pid)
        else:
            from config.embedded import processes
            from config.embedded.servers import parts

            cluster, cache, _ = parts(self.home)
            pids = processes.working_in("postgres", cluster.data) if victim == "postgres" else cache.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim in dev.PROGRAMS:
            self.children.running[victim].wait()
        return len(pids)

    def restart(self, victim: str) -> None:
        """Start what was killed, as the launcher or a supervisor would, on its own port."""
        if victim in dev.PROGRAMS:
            self.children.start(victim)
        else:
            self.embedded.start(self.home, postgres_port=self.postgres_port, redis_port=self.redis_port)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.supervise()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(self.url + dev.FIRST_PAGE, timeout=20, trust_env=False).status_code == 200:
                    return
            time.sleep(0.1)
        raise SystemExit("the first page does not come back")

    def supervise(self) -> None:
        """As ./dev up does: what ended by itself is started again; it is told in the report."""
        if name := self.children.dead():
            said = (self.home / "logs" / f"{name}.log").read_text(errors="replace")
            (kept_rounds().parent / f"ended-{name}-{len(self.ended)}.log").write_text(said[-20000:])
            self.ended.append(name)
            self.children.start(name)

    def end(self) -> None:
        self.children.stop()
        self.embedded.stop(self.home)


def group(leader: int) -> list[int]:
    """The processes of this process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(words[2]) == leader and words[0] != "Z":
            found.append(int(entry.name))
    return found


class Auditor:
    """Holds the players' list against the database."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.wrote: dict[str, int] = collections.Counter()  # request id → entries of the book
        self.last_entry = 0
        self.audited: set[tuple[str, str]] = set()
        self.effects = self.refused = 0
        self.seen: set[int] = set()
        self.silent: dict[str, int] = collections.Counter()

    def audit(self) -> list[str]:
        """Every command answered so far: in the book once, or not at all."""
        from core.book.models import Body
        from core.command.models import CommandRecord
        from core.ledger import services as ledger

        faults: list[str] = []
        with self.memory.lock:
            ready = {
                name: dataclasses.replace(one, requests=list(one.requests))
                for name, one in self.memory.asked.items()
                if one.status and name not in self.audited
            }
        for pk, content in (
            Body.objects.filter(pk__gt=self.last_entry - 2000).values_list("pk", "content").order_by("pk")
        ):
            if pk not in self.seen:
                self.seen.add(pk)
                self.wrote[json.loads(bytes(content))["request"]] += 1
            self.last_entry = max(self.last_entry, pk)
        kept = dict(
            CommandRecord.objects.filter(key__in=[one.key for one in ready.values()]).values_list("key", "outcome")
        )
        for name, one in ready.items():
            attempts = sum(1 for mark in one.requests if self.wrote.get(mark))
            outcome = kept.get(one.key)
            if one.status < 400:
                if attempts > 1:
                    faults.append(f"{one.what} ({one.key}) took effect {attempts} times")
                elif attempts == 0:
                    self.silent[
                        " ".join(part for part in one.what.split("/") if "-" not in part or len(part) < 30)
                    ] += 1
                    if not outcome or "result" not in outcome:
                        faults.append(f"{one.what} ({one.key}) was answered {one.status} but left nothing")
                else:
                    self.effects += 1
                if outcome is not None and "result" not in outcome:
                    faults.append(f"{one.what} ({one.key}) was answered {one.status}, its record says {outcome}")
            else:
                self.refused += 1
                if attempts:
                    faults.append(f"{one.what} ({one.key}) was refused with {one.status} but took effect")
            self.audited.add(name)
        faults += [f"ledger: {fault}" for fault in ledger.verify().faults]
        faults += self.news()
        return faults

    def news(self) -> list[str]:
        """Every piece of news has reached each listener once, or is not late yet."""
        from django.db.models import Count

        from core import clock
        from core.outbox import listeners
        from core.outbox.models import Event

        faults = []
        rows = Event.objects.annotate(count=Count("deliveries")).values_list(
            "name", "delivered_at", "created_at", "count", "last_error"
        )
        for name, delivered, created, count, error in rows:
            if delivered is None and (clock.now() - created).total_seconds() > LATE:
                faults.append(f"news {name} waits since {created:%H:%M:%S}: {error}")
            if delivered is not None and count != len(listeners.get(name, {})):
                faults.append(f"news {name} reached {count} listeners of {len(listeners.get(name, {}))}")
        return faults

    def waiting(self) -> int:
        from core.outbox.models import Event

        return Event.objects.filter(delivered_at__isnull=True).count()


def one_round(number: int, machine: Machine, memory: Memory, auditor: Auditor) -> dict[str, Any]:
    """Kill, restart, let the players go on, audit."""
    dice = random.Random(SEED * 1000 + number)
    victim = VICTIMS[number % len(VICTIMS)]
    time.sleep(dice.uniform(1.0, 6.0))
    before = (memory.cut, memory.answers, len(memory.problems))
    moment, ended = sorted(memory.in_flight.values()), len(machine.ended)
    memory.troubled_until = time.monotonic() + 600
    died = machine.kill(victim)
    began = time.monotonic()
    time.sleep(dice.uniform(0.0, 1.0))
    machine.restart(victim)
    outage = time.monotonic() - began
    reached, until = memory.answers + 12, time.monotonic() + PATIENCE
    while memory.answers < reached and time.monotonic() < until:
        time.sleep(0.1)
    memory.troubled_until = time.monotonic() + 3
    faults = patient(auditor.audit)()
    for fault in faults:
        memory.problem(fault)
    machine.supervise()
    row = {
        "round": number + 1, "victim": victim, "processes": died, "outage": round(outage, 1), "in flight": moment,
        "cut": memory.cut - before[0], "answered": memory.answers - before[1], "ended by itself": machine.ended[ended:],
        "problems": memory.problems[before[2]:],
    }  # fmt: skip
    print(
        f"round {row['round']:3}  {victim:8}  {died:2} processes  away {outage:4.1f} s  cut {row['cut']:3}  "
        f"answered {row['answered']:3}  problems {len(row['problems'])}  during {', '.join(moment) or 'nothing'}",
        flush=True,
    )
    return row


def last_look(machine: Machine, memory: Memory, auditor: Auditor) -> list[str]:
    """When all is quiet: everything delivered, every challenge closed, book and ledger whole."""
    from core import clock
    from needs.models import Challenge

    until = time.monotonic() + LATE
    while time.monotonic() < until and (
        auditor.waiting() or Challenge.objects.filter(state="published", deadline_at__lt=clock.now()).exists()
    ):
        time.sleep(1)
    faults = auditor.audit()
    if left := auditor.waiting():
        faults.append(f"{left} pieces of news are not delivered")
    if late := Challenge.objects.filter(state="published", deadline_at__lt=clock.now()).count():
        faults.append(f"{late} challenges are not closed: their task was lost")
    for words in (["verify_book"], ["verify_ledger"]):
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *words], capture_output=True, text=True, check=False, env=os.environ
        )
        print(f"{words[0]}: {done.stdout.strip()}")
        if done.returncode:
            faults.append(f"{words[0]}: {done.stderr.strip()[-500:]}")
    return faults


def kept_rounds() -> Path:
    return kept() / f"kills-{SEED}.jsonl"


def report(rows: list[dict[str, Any]], began: float, auditor: Auditor | None, memory: Memory | None) -> None:
    print(f"\nseed {SEED}; {len(rows)} rounds" + (f"; {time.monotonic() - began:.0f} s in this run" if memory else ""))
    for victim in VICTIMS:
        own = [row for row in rows if row["victim"] == victim]
        busy = sum(bool(row["in flight"]) for row in own)
        if own:
            print(
                f"  {victim:8}  {len(own):3} kills  {busy:3} with requests in flight  away {min(row['outage'] for row in own):.1f}"
                f"-{max(row['outage'] for row in own):.1f} s  cut and retried {sum(row['cut'] for row in own):4}  "
                f"answered meanwhile {sum(row['answered'] for row in own):5}  "
                f"another process ended and was started again {sum(len(row['ended by itself']) for row in own)}"
                f"  problems {sum(len(row['problems']) for row in own)}"
            )
    if auditor and memory:
        print(
            f"  walks played to their end {memory.done}; commands {len(auditor.audited)}: took effect once {auditor.effects}, "
            f"refused without effect {auditor.refused}, nothing to do {sum(auditor.silent.values())} {dict(auditor.silent)}"
        )


def main() -> None:
    global dev
    path = kept_rounds()
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    if len(rows) >= ROUNDS:
        report(rows, 0, None, None)
        return
    top = Path(tempfile.mkdtemp(prefix="kills-"))
    top.chmod(0o755)
    os.environ["XIELIAN_HOME"] = str(top / "home")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    # All players have one address; how often one may ask is not what is proven here.
    limits = ["client", "person", "stranger", "search", "export", "door", "letter"]
    os.environ["API_RATES"] = ",".join(f"{name}=1000000/60" for name in limits)
    (top / "home").mkdir(mode=0o755)
    dev = launcher()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, memory = time.monotonic(), Memory()
    machine: Machine | None = None
    failed = False
    try:
        machine = Machine(top / "home")
        import django

        django.setup()
        from portal.walk import cast, flow
        from portal.walk.cases import EXPERTS

        flow.DEADLINE_SECONDS = 25  # an outage may fall before the deadline
        cast.operator()
        for at, (name, field) in enumerate(EXPERTS, start=1):
            cast.person(name, f"expert{at}", title="外部专家", is_expert=True, expertise=field)
        cast.person, cast.second_seat = patient(cast.person), patient(cast.second_seat)
        memory.troubled_until = time.monotonic() + 5
        players = [Player(machine.url, memory, number, top) for number in range(PLAYERS)]
        for player in players:
            player.start()
        auditor = Auditor(memory)
        with contextlib.suppress(
            KeyboardInterrupt
        ):  # enough for now: what was played is looked at, the rest comes next time
            while len(rows) < ROUNDS:
                rows.append(one_round(len(rows), machine, memory, auditor))
                with path.open("a") as file:
                    file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
        for player in players:
            player.stop.set()
        for player in players:
            player.join(300)
        faults = last_look(machine, memory, auditor)
        report(rows, began, auditor, memory)
        for fault in faults:
            print(f"  PROBLEM {fault}")
        failed = bool(faults or memory.problems or any(row["problems"] for row in rows))
        print("In order." if not failed else "NOT in order.")
        if failed:
            path.rename(path.with_suffix(".failed"))
            for log in sorted((top / "home" / "logs").glob("*.log")):
                shutil.copy(log, path.parent / f"kills-{log.name}")
    finally:
        if machine:
            machine.end()
        shutil.rmtree(top, ignore_errors=True)
    if len(rows) < ROUNDS:
        print(f"{len(rows)} of {ROUNDS} rounds played; the same command goes on.")
    sys.exit(failed or len(rows) < ROUNDS)


if __name__ == "__main__":
    main()

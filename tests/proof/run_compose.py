"""The processes of docker-compose.yml, started by their own commands without Docker, and seen healthy.

PostgreSQL and Redis are the embedded ones; the services of ours run with the environment, secrets and health checks of
the file, as a user without rights (when root starts this), on code that this user cannot change. nginx runs with the
file's own configuration: Debian's package is unpacked, not installed, where the machine has none. Prints one line a step.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from config.embedded import processes  # noqa: E402 - the path comes first
from config.embedded.servers import erase, parts  # noqa: E402
from tests.support import compose  # noqa: E402
from tests.support.proof import tell, wait_for  # noqa: E402

UID = 10001
DOMAIN = "xielian.example"
BIN = Path(os.environ.get("XIELIAN_PROVE_VENV", sys.prefix)) / "bin"


class Machine:
    """Stands in for Docker: places for the file's paths and host names, and the processes."""

    def __init__(self, top: Path, whole: dict[str, Any]) -> None:
        self.top, self.running = top, dict[str, subprocess.Popen[bytes]]()
        self.secrets, self.data, self.tmp = top / "secrets", top / "data", top / "tmp"
        self.drops = os.geteuid() == 0
        for folder in (self.data, self.tmp):
            folder.mkdir()
            if self.drops:
                os.chown(folder, UID, UID)
        subprocess.run([ROOT / "platform/docker/make-secrets", self.secrets], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"DOMAIN": DOMAIN})  # fmt: skip
        for name, place in whole["secrets"].items():  # Docker names the file after the secret
            if (file := Path(place["file"]).name) != name:
                (self.secrets / name).symlink_to(file)
        self.secrets.chmod(0o755)  # Docker's daemon reads the closed folder; here the user itself does
        self.web_port = processes.free_port(18000)
        self.metrics_port = processes.free_port(19091)
        self.https_port = processes.free_port(18443)
        self.http_port = processes.free_port(18080)
        self.own_port = processes.free_port(18081)
        self.places: dict[str, str] = {}

    def start_servers(self) -> None:
        cluster, cache, _ = parts(self.top / "servers", for_tests=True)
        cluster.initialise(self.secret("postgres_password"))
        cache.password = self.secret("redis_password")
        self.places = {
            "@postgres:5432": f"@127.0.0.1:{cluster.start(56400)}",
            "//redis:6379": f"//127.0.0.1:{cache.start(64400)}",
            "/run/secrets": str(self.secrets), "/data": str(self.data), "/run/xielian": str(self.tmp), "/witness": str(self.data / "witness"),
            "0.0.0.0:8000": f"127.0.0.1:{self.web_port}", "127.0.0.1:8000": f"127.0.0.1:{self.web_port}",
            "9091": str(self.metrics_port), "127.0.0.1:8081": f"127.0.0.1:{self.own_port}",
        }  # fmt: skip

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text()

    def here(self, text: object) -> str:
        """What the file says, with places of this machine."""
        any_place = "|".join(rf"(?<![\w/.]){re.escape(one)}(?!\w)" if ":" not in one else re.escape(one)
                             for one in sorted(self.places, key=len, reverse=True))  # fmt: skip
        return re.sub(any_place, lambda found: self.places[found[0]], str(text))

    def command(self, words: list[str]) -> list[str]:
        program = str(BIN / words[0]) if (BIN / words[0]).exists() else words[0]
        return [*self.as_user(), program, *(self.here(word) for word in words[1:])]

    def as_user(self) -> list[str]:
        """A user without rights. It may read what root keeps closed: the interpreter may lie in root's own folder."""
        if not self.drops:
            return []
        words = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--no-new-privs"]
        if (BIN / "python").resolve().is_relative_to("/root") or str(ROOT).startswith("/root"):
            words += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        return words

    def environment(self, service: dict[str, Any]) -> dict[str, str]:
        """The service's own and nothing of ours: what the image sets, and what the file says."""
        image = {
            "PATH": f"{BIN}:/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "HOME": "/nonexistent",
            "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "DJANGO_SETTINGS_MODULE": "config.settings",
            "STATIC_ROOT": str(self.top / "static"), "TMPDIR": str(self.tmp), "LANG": "C.UTF-8",
        }  # fmt: skip
        return image | {name: self.here(value) for name, value in service.get("environment", {}).items()}

    def run(self, service: dict[str, Any], words: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(words or service["command"]), cwd=ROOT, env=self.environment(service), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self, name: str, service: dict[str, Any]) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(service["command"]), cwd=ROOT, env=self.environment(service), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def log(self, name: str) -> Path:
        return self.top / f"{name}.log"

    def wait_healthy(self, name: str, service: dict[str, Any], patience: float = 60) -> float:
        """Run the health check until it succeeds, as Docker does."""
        began = time.monotonic()
        check = service["healthcheck"]["test"]
        assert check[0] == "CMD", check
        while (made := self.run(service, check[1:])).returncode:
            if self.running[name].poll() is not None or time.monotonic() - began > patience:
                sys.exit(
                    f"{name} is not healthy: {made.stdout}{made.stderr[-800:]}\n{self.log(name).read_text()[-3000:]}"
                )
            time.sleep(0.5)
        return time.monotonic() - began

    def stop(self, name: str, patience: float = 60) -> tuple[int, float]:
        """SIGTERM (or the service's own signal), and how it ended after how long."""
        process, began = self.running.pop(name), time.monotonic()
        process.send_signal(signal.SIGQUIT if name == "proxy" else signal.SIGTERM)
        return process.wait(patience), time.monotonic() - began

    def end(self) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        erase(self.top / "servers")


@contextmanager
def machine(whole: dict[str, Any]) -> Iterator[Machine]:
    top = Path(tempfile.mkdtemp(prefix="compose-"))
    top.chmod(0o755)
    made = Machine(top, whole)
    try:
        made.start_servers()
        yield made
    finally:
        made.end()
        shutil.rmtree(top, ignore_errors=True)


def find_nginx(top: Path) -> str | None:
    """nginx on the PATH, or Debian's, unpacked beside us."""
    if found := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        return found
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    folder = top / "nginx"
    folder.mkdir()
    subprocess.run(["apt-get", "download", "-qq", "nginx"], cwd=folder, check=False, capture_output=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    found_here = folder / "usr/sbin/nginx"
    return str(found_here) if found_here.exists() else None


def proxy_settings(machine: Machine) -> Path:
    """The proxy's own configuration with this machine's ports and places, and nothing else changed."""
    text = (ROOT / "platform/docker/nginx.conf").read_text()
    places = {
        "listen 127.0.0.1:8081;": f"listen 127.0.0.1:{machine.own_port};",
        "listen 8080 ": f"listen 127.0.0.1:{machine.http_port} ",
        "listen 8443 ": f"listen 127.0.0.1:{machine.https_port} ",
        "http://web:8000": f"http://127.0.0.1:{machine.web_port}",
        "/run/secrets/": f"{machine.secrets}/",
        "/run/xielian/": f"{machine.tmp}/",
    }
    assert all(one in text for one in places)
    text = re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)
    path = machine.top / "nginx.conf"
    path.write_text(text)
    return path


class Outside:
    """A browser's view: TLS with the certificate of the secrets, the public name, no redirects followed by itself."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.tls = ssl.create_default_context(cafile=str(machine.secrets / "tls_certificate.pem"))

    def ask(self, path: str, *, tls: bool = True, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        from http.client import HTTPResponse

        port = self.machine.https_port if tls else self.machine.http_port
        line: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        if tls:
            line = self.tls.wrap_socket(line, server_hostname=DOMAIN)
        with line:
            sent = {"Host": DOMAIN, "Connection": "close", "Content-Length": str(len(body))} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in sent.items()) + "\r\n"
            with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):  # refused before all was sent
                line.sendall(head.encode() + body)
            answer = HTTPResponse(line)
            answer.begin()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def count_jobs(machine: Machine) -> float:
    """Jobs that the worker has done, as its metrics say."""
    request = urllib.request.Request(f"http://127.0.0.1:{machine.metrics_port}/metrics",
                                     headers={"Authorization": f"Bearer {machine.secret('metrics_token')}"})  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as answer:
        lines = re.findall(
            r'^xielian_tasks_total\{[^}]*result="success"[^}]*\} ([\d.e+]+)', answer.read().decode(), re.M
        )
    return sum(map(float, lines))


def inside(machine: Machine, path: str, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{machine.web_port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


def user_of(pid: int) -> tuple[int, int]:
    """Effective user, and how many capabilities it could ever have besides reading."""
    status = Path(f"/proc/{pid}/status").read_text()
    uid = int(re.search(r"^Uid:\s+\d+\s+(\d+)", status, re.M)[1])  # type: ignore[index]
    effective = int(re.search(r"^CapEff:\s+(\w+)", status, re.M)[1], 16)  # type: ignore[index]
    return uid, (effective & ~(1 << 2)).bit_count()


def main() -> None:
    whole = compose.read({"DOMAIN": DOMAIN, "WEB_WORKERS": "2", "WORKER_CONCURRENCY": "2"})
    services = whole["services"]
    with machine(whole) as m:
        tell("PostgreSQL and Redis listen, with the passwords of the secrets", "embedded")
        static = m.run({"environment": {}}, ["python", "manage.py", "collectstatic", "--noinput", "-v", "0"])
        tell("without SECRET_KEY the image's step fails, as it should", static.returncode != 0)
        (m.top / "static").mkdir()
        if m.drops:
            os.chown(m.top / "static", UID, UID)
        static = m.run({"environment": {"SECRET_KEY": "only-for-collecting-files"}},
                       ["python", "manage.py", "collectstatic", "--noinput", "-v", "0"])  # fmt: skip
        assert static.returncode == 0, static.stderr[-2000:]
        if m.drops:  # in the image it belongs to root
            subprocess.run(["chown", "-R", "0:0", m.top / "static"], check=True)
        tell("static files collected, as when the image is built", sum(1 for _ in (m.top / "static").rglob("*")))

        for name in ("roles", "migrate"):
            began = time.monotonic()
            made = m.run(services[name])
            assert made.returncode == 0, f"{name}: {made.stdout[-1500:]}{made.stderr[-3000:]}"
            tell(f"{name} ended with success", f"{time.monotonic() - began:.1f} s")
        again = m.run(services["migrate"])
        assert again.returncode == 0 and "No migrations to apply" in again.stdout
        tell("migrate once more: nothing to do", "ok")

        for name in ("web", "worker", "beat"):
            m.start(name, services[name])
        for name in ("web", "worker", "beat"):
            seconds = m.wait_healthy(name, services[name])
            uid, powers = user_of(m.running[name].pid)
            assert not m.drops or (uid, powers) == (UID, 0), (name, uid, powers)
            tell(f"{name} is healthy by its own check", f"after {seconds:.1f} s, as uid {uid}, capabilities {powers}")

        wait_for("a worker's first sign of life", lambda: inside(m, "/health/ready?strict")[0] == 200)
        status, body = inside(m, "/health/ready?strict")
        found = json.loads(body)
        assert (status, found["status"]) == (200, "ok"), found
        tell("readiness, strictly", found["checks"])

        wait_for("a job done by the worker", lambda: count_jobs(m) > 0)
        tell("jobs that beat asked for and the worker did", f"{count_jobs(m):.0f}")

        nginx = find_nginx(m.top)
        if nginx is None:
            tell("TLS proxy", "no nginx here and none to be had from Debian: not started")
        else:
            through_the_proxy(m, services["proxy"], nginx)
        endings(m, services)
        quiet(m)


def through_the_proxy(m: Machine, service: dict[str, Any], nginx: str) -> None:
    settings = proxy_settings(m)
    user = ["setpriv", "--reuid=101", "--regid=101", "--clear-groups", "--no-new-privs"] if m.drops else []
    if m.drops:
        m.tmp.chmod(0o1777)
    command = [*user, *(nginx if word == "nginx" else str(settings) if word.endswith(".conf") else word for word in service["command"])]  # fmt: skip
    log = m.log("proxy").open("ab")
    if m.drops:  # as Docker gives a container's user its standard output
        os.fchown(log.fileno(), 101, 101)
    tested = subprocess.run([*command, "-t", "-q"], stdout=log, stderr=log, check=False)
    assert tested.returncode == 0, m.log("proxy").read_text()
    version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=False).stderr.strip()
    tell("nginx -t on the proxy's configuration", f"ok ({version.split('/')[-1]})")
    m.running["proxy"] = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    log.close()
    out = Outside(m)

    def answers() -> bool:
        with suppress(OSError):
            return out.ask("/health/live")[0] == 200
        return False

    wait_for("the proxy", answers, 20)
    with urllib.request.urlopen(f"http://127.0.0.1:{m.own_port}/", timeout=5) as own:
        tell("the proxy's own health check", own.status)

    status, headers, body = out.ask("/accounts/sign-in/")
    assert status == 200 and "csrfmiddlewaretoken" in body.decode(), status
    assert (
        headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        and headers["x-frame-options"] == "DENY"
    )
    cookies = headers.get("set-cookie", "")
    assert "Secure" in cookies, cookies
    tell("the sign-in page over TLS", f"{status}, HSTS, cookies Secure, request {headers['x-request-id'][:8]}…")

    sheet = re.search(r'href="(/static/[^"]+\.css)"', body.decode())
    assert sheet
    status, headers, _ = out.ask(sheet[1])
    assert status == 200 and "immutable" in headers["cache-control"], headers
    tell("a static file", f"{status}, {headers['cache-control']}")

    status, headers, _ = out.ask("/needs/?q=a", tls=False)
    assert (status, headers["location"]) == (308, f"https://{DOMAIN}/needs/?q=a")
    tell("http leads to https", f"{status} {headers['location']}")

    closed = {path: out.ask(path)[0] for path in ("/metrics", "/metrics/", "/health/ready", "/ready/")}
    assert set(closed.values()) == {404}, closed
    with_token = out.ask("/metrics", Authorization=f"Bearer {m.secret('metrics_token')}")[0]
    assert with_token == 404
    tell("metrics and readiness from outside", f"404 each; inside {inside(m, '/metrics', Authorization='Bearer ' + m.secret('metrics_token'))[0]}")  # fmt: skip

    status, _, _ = out.ask("/accounts/sign-in/", method="POST", body=b"x" * (105 << 20))
    assert status == 413, status
    tell("105 MB sent at once", f"{status}, by the proxy")

    assert out.ask("/accounts/sign-in/", Host="evil.example")[0] == 400
    tell("another host name", "400, by the product")

    page = out.ask("/accounts/sign-in/", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http", Forwarded="for=6.6.6.6")
    assert page[0] == 200, "a forged X-Forwarded-Proto leads into no redirect"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page[2].decode())
    assert token
    cookie = page[1]["set-cookie"].split(";")[0]
    form = f"csrfmiddlewaretoken={token[1]}&username=nobody%40example.test&password=wrong-battery-horse".encode()
    status, _, _ = out.ask("/accounts/sign-in/", method="POST", body=form, Cookie=cookie, X_Forwarded_For="6.6.6.6",
                           Content_Type="application/x-www-form-urlencoded", Referer=f"https://{DOMAIN}/accounts/sign-in/")  # fmt: skip
    assert status == 200, status
    seen = m.run(compose.read({"DOMAIN": DOMAIN})["services"]["web"], ["python", "-c",
        "import django; django.setup(); from axes.models import AccessAttempt as A; print(*A.objects.values_list('ip_address', flat=True))"])  # fmt: skip
    assert seen.stdout.strip() == "127.0.0.1", seen.stdout + seen.stderr[-800:]
    tell("a sign-in that fails, with a forged X-Forwarded-For", f"counted for {seen.stdout.strip()}, not for 6.6.6.6")
    lines = [json.loads(line) for line in m.log("proxy").read_text().splitlines() if line.startswith("{")]
    assert lines and "sign-in" not in json.dumps(lines) and any(line["request_id"] for line in lines)
    tell("lines of the proxy", f"{len(lines)} JSON objects, no path in any")


@contextmanager
def held(m: Machine, table: str) -> Iterator[None]:
    """Whoever wants this table waits inside the block."""
    import psycopg2

    port = m.places["@postgres:5432"].rpartition(":")[2]
    line = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", password=m.secret("postgres_password"),
                            dbname="xielian")  # fmt: skip
    with line.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    line.rollback()
    line.close()


def endings(m: Machine, services: dict[str, Any]) -> None:
    """Each ends by SIGTERM within its grace; what was begun before is brought to its end."""
    began = m.log("worker").stat().st_size

    def lines_of_worker() -> str:
        return m.log("worker").read_text()[began:]

    m.stop("beat")
    tell("beat ends when it is told to", "ok")
    with held(m, "outbox_event"):
        called = m.run(services["worker"], ["celery", "-A", "config.celery", "call", "outbox.sweep"])
        job = called.stdout.strip()
        assert called.returncode == 0 and job, called.stderr[-800:]
        wait_for("the job begins", lambda: job in lines_of_worker(), 20)
        time.sleep(1)
        m.running["worker"].send_signal(signal.SIGTERM)
        time.sleep(2)
        assert m.running["worker"].poll() is None and f"{job}] succeeded" not in lines_of_worker()
    code = m.running.pop("worker").wait(60)
    assert code == 0 and f"{job}] succeeded" in lines_of_worker(), lines_of_worker()[-1500:]
    tell("SIGTERM to a worker in the middle of a job", f"the job is finished, status {code}")

    with ThreadPoolExecutor(1) as pool:
        with held(m, "django_session"):
            answer = pool.submit(inside, m, "/accounts/sign-in/", Cookie=f"__Host-session={'x' * 32}", Host=DOMAIN,
                                 **{"X-Forwarded-Proto": "https"})  # fmt: skip
            time.sleep(1)
            m.running["web"].send_signal(signal.SIGTERM)
            time.sleep(2)
            assert not answer.done() and m.running["web"].poll() is None
        status, _ = answer.result(30)
    code = m.running.pop("web").wait(60)
    assert (status, code) == (200, 0), (status, code)
    tell("SIGTERM to a web in the middle of a request", f"the request is answered with {status}, status {code}")
    m.stop("proxy") if "proxy" in m.running else None


def quiet(m: Machine) -> None:
    """Nothing was worth an ERROR."""
    errors = [line for name in ("web", "worker", "beat", "proxy") for line in m.log(name).read_text().splitlines()
              if '"level":' in line and json.loads(line)["level"] in ("ERROR", "CRITICAL")]  # fmt: skip
    assert not errors, errors[:3]
    tell("lines of level ERROR in all logs", len(errors))


if __name__ == "__main__":
    main()

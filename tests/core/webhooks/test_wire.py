"""What goes over the line to a stranger's server, and what may come back."""

from __future__ import annotations

import datetime as dt
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from core.webhooks import addresses, wire
from core.webhooks.states import Fault
from tests.support.receiver import Receiver


def test_a_redirect_is_an_answer_and_not_a_way(receiver: Receiver) -> None:
    def elsewhere(handler: Any) -> None:
        handler.send_response(307)
        handler.send_header("Location", receiver.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [elsewhere]
    outcome = wire.post(receiver.url, "{}", {})
    assert (outcome.status, outcome.is_delivered, len(receiver.received)) == (307, False, 1)


def test_a_server_that_drips_is_left_after_the_whole_time(receiver: Receiver, monkeypatch: Any) -> None:
    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            time.sleep(0.05)
            try:
                handler.wfile.write(f"X-{number}: 1\r\n".encode())
            except OSError:
                return

    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.4)
    receiver.answers = [drip]
    started = time.monotonic()
    outcome = wire.post(receiver.url, "{}", {})
    assert outcome.fault == Fault.TIMEOUT
    assert time.monotonic() - started < 4


def test_an_endless_answer_is_cut_and_only_its_beginning_kept(receiver: Receiver) -> None:
    sent = []

    def flood(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _number in range(4000):
            try:
                sent.append(handler.wfile.write(b"<b>\x00" + b"x" * 60_000))
            except OSError:
                return

    receiver.answers = [flood]
    outcome = wire.post(receiver.url, "{}", {})
    assert outcome.is_delivered
    assert outcome.answer.startswith("<b>\ufffdxxx")
    assert len(outcome.answer) <= wire.KEPT_BYTES
    assert sum(sent) < 30_000_000


def test_what_is_not_http_is_told_so(receiver: Receiver) -> None:
    receiver.answers = [lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")]
    assert wire.post(receiver.url, "{}", {}).fault == Fault.PROTOCOL


def test_nobody_there(receiver: Receiver) -> None:
    receiver.stop()
    outcome = wire.post(receiver.url, "{}", {})
    assert (outcome.fault, outcome.status) == (Fault.CONNECTION, None)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for hooks.example, signed by itself: the file, and the key's."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    today = dt.datetime.now(dt.UTC)  # noqa: TID251 - a certificate's own dates
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1)).not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_over_tls_the_name_stays_though_the_connection_goes_to_an_address(
    certificate: tuple[Path, Path], monkeypatch: Any
) -> None:
    named: list[str] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*certificate)
    server.sni_callback = lambda _socket, name, _context: named.append(name)
    client = ssl.create_default_context(cafile=str(certificate[0]))
    monkeypatch.setattr(wire, "tls_context", lambda: client)
    monkeypatch.setattr(addresses, "resolve", lambda _host, _port: ["127.0.0.1"])
    receiver = Receiver(context=server)
    receiver.start()
    try:
        good = wire.post(f"https://hooks.example:{receiver.port}/in?a=1", "{}", {})
        other = wire.post(f"https://other.example:{receiver.port}/in", "{}", {})
        monkeypatch.setattr(wire, "tls_context", ssl.create_default_context)
        unknown = wire.post(f"https://hooks.example:{receiver.port}/in", "{}", {})
    finally:
        receiver.stop()
    assert good.is_delivered, good
    assert (named[0], receiver.received[0].path) == ("hooks.example", "/in?a=1")
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
    assert (other.fault, unknown.fault) == (Fault.TLS, Fault.TLS)
    assert len(receiver.received) == 1

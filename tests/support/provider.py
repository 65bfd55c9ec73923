"""Somebody else's provider of single sign-on: a real HTTP server on this machine that speaks OpenID Connect.

It signs in whoever is `provider.who`, keeps PKCE and its codes good once, and can be made to answer with a mangled token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core import clock

CLIENT, SECRET = "xielian", "a secret of the client"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: Any, kid: str = "one") -> dict[str, Any]:
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return kind.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"}


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def signed(claims: dict[str, Any], key: Any, algorithm: str = "RS256", kid: str | None = "one") -> str:
    """A token; also one that no careful library would make, such as HS256 with a public key."""
    if algorithm != "HS256":
        return jwt.encode(claims, key, algorithm, headers={"kid": kid} if kid else None)
    import hmac

    head = _part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode())
    said = f"{head}.{_part(json.dumps(claims).encode())}"
    return f"{said}.{_part(hmac.digest(key, said.encode(), hashlib.sha256))}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Provider:
    """`who` are the claims of the person at the provider; `mangle(claims)` gives the token that is sent instead."""

    key: Any
    who: dict[str, Any] = field(default_factory=dict)
    mangle: Callable[[dict[str, Any]], str] | None = None
    userinfo: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)  # the requests to sign in
    sent: list[dict[str, str]] = field(default_factory=list)  # the codes that were redeemed, with the client's head
    told: dict[str, Any] = field(default_factory=dict)  # what its description says besides
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    signed_in_at: int | None = None
    _server: ThreadingHTTPServer | None = None

    @property
    def issuer(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if owner.is_down:
                    return self.answer(503, {})
                if parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", owner.authorize(query))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return None
                if parts.path == "/bye":
                    return self.answer(200, {"said": "goodbye"})
                answers = {
                    "/.well-known/openid-configuration": owner.description,
                    "/keys": lambda: {"keys": [public_jwk(owner.key)]},
                    "/userinfo": lambda: {"sub": owner.who.get("sub"), **owner.userinfo},
                    "/favicon.ico": dict,
                }
                return self.answer(200, answers[parts.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if owner.is_down:
                    return self.answer(503, {})
                sent = {name: values[0] for name, values in parse_qs(body).items()}
                return self.answer(*owner.redeem(sent, self.headers.get("Authorization", "")))

            def answer(self, status: int, told: dict[str, Any]) -> None:
                content = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def description(self) -> dict[str, Any]:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "bye"}
        addresses = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in places.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **addresses, **self.told}

    def authorize(self, query: dict[str, str]) -> str:
        """The person signs in at once; gives the address that the browser is sent back to."""
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, sent: dict[str, str], head: str) -> tuple[int, dict[str, Any]]:
        self.sent.append(sent | {"head": head})
        asked = self.codes.pop(sent["code"], None)
        proved = _part(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        is_client = head == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or not is_client
            or asked["code_challenge"] != proved
            or asked["redirect_uri"] != sent["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "auth_time": now if self.signed_in_at is None else self.signed_in_at, **self.who,
        }  # fmt: skip
        token = self.mangle(claims) if self.mangle else signed(claims, self.key)
        return 200, {"access_token": "opens userinfo", "token_type": "Bearer", "id_token": token}


@pytest.fixture(scope="session")
def provider_key() -> rsa.RSAPrivateKey:
    return new_key()


@pytest.fixture
def provider(provider_key: rsa.RSAPrivateKey, settings: Any) -> Iterator[Provider]:
    """A listening provider that the product is told about; it signs in 王工, whose address it has verified."""
    one = Provider(provider_key)
    one.who = {"sub": "u-1", "email": "wang@jia.example", "email_verified": True, "name": "王工"}
    one.start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = one.issuer, CLIENT, SECRET
    settings.OIDC_NAME = "甲集团"
    yield one
    one.stop()

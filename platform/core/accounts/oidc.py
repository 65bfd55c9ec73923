"""Single sign-on by OpenID Connect: asks the provider and believes only what it signed for us; asks no permission.

The exchange of the code, the nonce and PKCE are mozilla-django-oidc's. What that package leaves to its user is closed
here (OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2): algorithm and key, issuer, audience, times, the subject of userinfo.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from core import clock, metrics
from core.errors import Missing, Refusal, Text

log = logging.getLogger("xielian.sign_on")

# Signatures with a key pair alone: with a shared secret (HS…) whoever can check a token could make one.
KINDS_OF_KEY = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
}  # fmt: skip
SKEW = 60  # seconds by which two clocks may differ
OLDEST = 600  # seconds since the token was made
TIMEOUT = 10
KEPT = 3600  # seconds for which the provider's description of itself is believed

_described: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Endpoints:
    """Where the provider is asked."""

    authorization: str
    token: str
    jwks: str
    userinfo: str = ""
    end_session: str = ""
    secret_in_head: bool = True  # how it wants the client's secret


@dataclass(frozen=True)
class Identity:
    """Who has signed in at the provider. `email` is empty unless the provider says that it has verified it."""

    issuer: str
    subject: str
    email: str = ""
    name: str = ""
    signed_in_at: int | None = None
    methods: frozenset[str] = field(default_factory=frozenset)
    token: str = ""

    @property
    def gave_second_factor(self) -> bool:
        """Whether the provider asked for what the setting counts as a second factor."""
        return bool(self.methods & set(settings.OIDC_FACTOR_AMR))


class Away(Refusal):
    """The provider does not answer (503)."""

    status = 503
    code = "sign_on_away"


def is_on() -> bool:
    """Whether single sign-on is configured."""
    return bool(settings.OIDC_ISSUER)


def name() -> str:
    """What people call the provider."""
    return settings.OIDC_NAME or urlsplit(settings.OIDC_ISSUER).hostname or ""


def faults() -> list[str]:
    """What is wrong with the settings, for whoever starts the processes."""
    if not is_on():
        return []
    told = []
    if not settings.OIDC_CLIENT_ID:
        told.append("OIDC_ISSUER is set, but OIDC_CLIENT_ID is not")
    strange = [one for one in settings.OIDC_ALGORITHMS if one not in KINDS_OF_KEY]
    if strange:
        told.append(f"OIDC_ALGORITHMS names {', '.join(strange)}; known are {', '.join(KINDS_OF_KEY)}")
    needed = [settings.OIDC_AUTHORIZATION_ENDPOINT, settings.OIDC_TOKEN_ENDPOINT, settings.OIDC_JWKS_ENDPOINT]
    if any(needed) and not all(needed):
        told.append("set all of OIDC_AUTHORIZATION_ENDPOINT, OIDC_TOKEN_ENDPOINT and OIDC_JWKS_ENDPOINT, or none")
    addresses = [settings.OIDC_ISSUER, *needed, settings.OIDC_USERINFO_ENDPOINT, settings.OIDC_END_SESSION_ENDPOINT]
    told += [f"{one} is no address that may be asked" for one in addresses if one and not _may_be_asked(one)]
    return told


def endpoints() -> Endpoints:
    """From the settings, else from the provider's description of itself; raises Away when it cannot be read."""
    if settings.OIDC_AUTHORIZATION_ENDPOINT:
        return Endpoints(
            settings.OIDC_AUTHORIZATION_ENDPOINT, settings.OIDC_TOKEN_ENDPOINT, settings.OIDC_JWKS_ENDPOINT,
            settings.OIDC_USERINFO_ENDPOINT, settings.OIDC_END_SESSION_ENDPOINT,
        )  # fmt: skip
    told = _description()
    return Endpoints(
        told["authorization_endpoint"], told["token_endpoint"], told["jwks_uri"],
        settings.OIDC_USERINFO_ENDPOINT or told.get("userinfo_endpoint", ""),
        settings.OIDC_END_SESSION_ENDPOINT or told.get("end_session_endpoint", ""),
        "client_secret_post" not in told.get("token_endpoint_auth_methods_supported", []),
    )  # fmt: skip


def sign_out_address(token: str, back: str) -> str:
    """Where the person signs out at the provider as well; empty where that is not wanted or not offered."""
    if not settings.OIDC_SIGN_OUT or not token:
        return ""
    try:
        address = endpoints().end_session
    except Refusal:
        return ""  # signing out here does not wait for the provider
    asked = {"id_token_hint": token, "post_logout_redirect_uri": back, "client_id": settings.OIDC_CLIENT_ID}
    return _with(address, asked) if address else ""


def ask_address(**asked: str) -> str:
    """Where the person signs in; `asked` are the parameters of the request."""
    fixed = {"response_type": "code", "scope": settings.OIDC_SCOPES, "client_id": settings.OIDC_CLIENT_ID}
    return _with(endpoints().authorization, fixed | asked)


def redeem(*, code: str, nonce: str, verifier: str, back: str) -> Identity:
    """Exchange the code for what the provider says of the person; Refusal when any of it does not hold."""
    backend = Backend()
    sent = {
        "client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET or None, "code": code,
        "grant_type": "authorization_code", "redirect_uri": back, "code_verifier": verifier,
    }  # fmt: skip
    try:
        answer = backend.get_token(sent)
        token, access = str(answer["id_token"]), str(answer.get("access_token", ""))
    except requests.HTTPError as error:
        if error.response is not None and error.response.status_code >= 500:
            raise away("token") from None
        raise refused("code", _("%(provider)s does not accept this sign-on; it may have been used already.")) from None
    except requests.RequestException:
        raise away("token") from None
    except (KeyError, TypeError, ValueError):
        raise refused("answer", _("The answer of %(provider)s cannot be read.")) from None
    try:
        claims = backend.verify_token(token, nonce=nonce)
    except SuspiciousOperation:  # the package's own word for a nonce that is not the one we sent
        raise refused("nonce", _("The answer of %(provider)s belongs to another sign-on.")) from None
    return _identity(backend, claims, token, access)


def refused(reason: str, sentence: Text) -> Refusal:
    """The refusal, counted and logged by its reason; the log holds nobody's data."""
    metrics.SIGN_IN_FAILURES.labels("sign_on").inc()
    log.warning("refused a sign-on: %s", reason)
    again = Missing(_("A new sign-on, from the sign-in page"), _("you"), settings.LOGIN_URL)
    return Refusal(str(sentence) % {"provider": name()}, code=f"sign_on_{reason}", missing=[again])


def away(what: str) -> Away:
    """The refusal when the provider gives no answer, or none that can be read."""
    log.warning("the provider of single sign-on does not answer: %s", what)
    mended = Missing(
        _("%s is out of reach") % name(), _("the operator; meanwhile sign in with your password"), settings.LOGIN_URL
    )
    return Away(_("%s does not answer at the moment.") % name(), missing=[mended])


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the package has no types
    """The package's exchange, which finds its settings here and accepts a token by our rules."""

    def __init__(self) -> None:
        self.endpoints = endpoints()
        self.told = {
            "OIDC_OP_TOKEN_ENDPOINT": self.endpoints.token,
            "OIDC_OP_USER_ENDPOINT": self.endpoints.userinfo,
            "OIDC_OP_JWKS_ENDPOINT": self.endpoints.jwks,
            "OIDC_RP_CLIENT_ID": settings.OIDC_CLIENT_ID,
            "OIDC_RP_CLIENT_SECRET": settings.OIDC_CLIENT_SECRET,
            "OIDC_RP_SIGN_ALGO": "RS256",  # means only that a key is looked up; which one may sign is decided below
            "OIDC_TIMEOUT": TIMEOUT,
            "OIDC_TOKEN_USE_BASIC_AUTH": bool(settings.OIDC_CLIENT_SECRET) and self.endpoints.secret_in_head,
        }
        super().__init__()

    def get_settings(self, attr: str, *args: Any) -> Any:
        """The package's settings; what is not named above has the package's default, whatever Django's settings hold."""
        return self.told.get(attr, args[0] if args else None)

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """The one key of the provider that may have signed the token, bound to the algorithm that the token names."""
        try:
            head = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise refused("answer", _("The answer of %(provider)s cannot be read.")) from None
        algorithm, key_id = str(head.get("alg", "")), head.get("kid")
        if algorithm not in settings.OIDC_ALGORITHMS or algorithm not in KINDS_OF_KEY:
            raise refused("algorithm", _("The answer of %(provider)s is not signed in the agreed way."))
        fitting = [
            key
            for key in self._keys()
            if key.get("kty") == KINDS_OF_KEY[algorithm]
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
            and (key_id is None or key.get("kid") == key_id)
        ]
        if len(fitting) == 1:
            try:
                return jwt.PyJWK(fitting[0], algorithm)
            except jwt.PyJWKError:
                pass
        raise refused("key", _("The answer of %(provider)s is signed with a key that is not its own."))

    def _keys(self) -> list[dict[str, Any]]:
        try:
            found = requests.get(self.endpoints.jwks, timeout=TIMEOUT)
            found.raise_for_status()
            return [key for key in found.json()["keys"] if isinstance(key, dict)]
        except (requests.RequestException, ValueError, KeyError, TypeError):
            raise away("keys") from None

    def _verify_jws(self, payload: str, key: jwt.PyJWK) -> dict[str, Any]:
        """The claims of a token that this key signed, for us, in this hour."""
        try:
            claims: dict[str, Any] = jwt.decode(
                payload, key, algorithms=[key.algorithm_name], issuer=settings.OIDC_ISSUER, audience=settings.OIDC_CLIENT_ID,
                # Times are compared below, by the product's own clock.
                options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
        except jwt.InvalidIssuerError:
            raise refused("issuer", _("The answer does not come from %(provider)s.")) from None
        except jwt.InvalidAudienceError:
            raise refused("audience", _("The answer of %(provider)s was made for another application.")) from None
        except jwt.InvalidSignatureError:
            raise refused("key", _("The answer of %(provider)s is signed with a key that is not its own.")) from None
        except jwt.InvalidTokenError:
            raise refused("answer", _("The answer of %(provider)s cannot be read.")) from None
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID or (
            len(audiences) > 1 and "azp" not in claims
        ):
            raise refused("audience", _("The answer of %(provider)s was made for another application."))
        _in_time(claims)
        return claims


def _in_time(claims: Mapping[str, Any]) -> None:
    now = clock.now().timestamp()
    moments = [claims["exp"], claims["iat"], claims.get("nbf", 0)]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in moments):
        raise refused("answer", _("The answer of %(provider)s cannot be read."))
    ends, made, begins = moments
    if ends + SKEW <= now or made + OLDEST + SKEW < now or made - SKEW > now or begins - SKEW > now:
        raise refused("expired", _("The answer of %(provider)s has expired, or the two clocks differ."))


def _identity(backend: Backend, claims: Mapping[str, Any], token: str, access: str) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise refused("answer", _("The answer of %(provider)s cannot be read."))
    sources: list[Mapping[str, Any]] = [claims]
    if not _verified_email(claims) and backend.endpoints.userinfo and access:
        try:
            more = backend.get_userinfo(access, token, claims)
        except (requests.RequestException, ValueError):
            raise away("userinfo") from None
        if not isinstance(more, dict) or more.get("sub") != subject:
            raise refused("subject", _("%(provider)s speaks of two different people."))
        sources.append(more)
    signed_in_at, methods = claims.get("auth_time"), claims.get("amr")
    return Identity(
        issuer=settings.OIDC_ISSUER,
        subject=subject,
        email=next(filter(None, map(_verified_email, sources)), ""),
        name=next((str(one["name"])[:80] for one in sources if one.get("name")), ""),
        signed_in_at=signed_in_at if type(signed_in_at) is int else None,
        methods=frozenset(map(str, methods)) if isinstance(methods, list) else frozenset(),
        token=token,
    )


def _verified_email(claims: Mapping[str, Any]) -> str:
    """The address, if these very claims say that it was verified."""
    email = claims.get(settings.OIDC_EMAIL_CLAIM)
    verified = claims.get("email_verified")
    if not isinstance(email, str) or not (verified is True or verified == "true"):
        return ""
    try:
        validate_email(email.strip())
    except ValidationError:
        return ""
    return email.strip().lower()


def _description() -> dict[str, Any]:
    issuer = settings.OIDC_ISSUER
    at, told = _described.get(issuer, (0.0, {}))
    now = clock.now().timestamp()
    if told and 0 <= now - at < KEPT:
        return told
    try:
        answer = requests.get(issuer.rstrip("/") + "/.well-known/openid-configuration", timeout=TIMEOUT)
        answer.raise_for_status()
        told = answer.json()
        needed = [told[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        offered = [told[name] for name in ("userinfo_endpoint", "end_session_endpoint") if told.get(name)]
        is_whole = told["issuer"] == issuer and all(map(_may_be_asked, needed + offered))
    except (requests.RequestException, ValueError, KeyError, TypeError):
        raise away("description") from None
    if not is_whole:
        raise away("description of another issuer, or addresses that may not be asked")
    _described[issuer] = now, told
    return dict(told)


def _may_be_asked(address: str) -> bool:
    parts = urlsplit(str(address))
    return bool(parts.hostname) and parts.scheme in ({"https"} if settings.HTTPS else {"https", "http"})


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

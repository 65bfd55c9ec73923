"""Where a webhook may go: only to public addresses, over TLS, at a web server's ports.

Asked twice: of the address's shape and its name when an endpoint is registered, and of the resolved addresses at the
moment of each connection, which is then made to the very address that was judged. See decisions/webhooks.md.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Invalid

PORTS = (443, 8443)
HOST = re.compile(r"[0-9a-z._:-]+")  # a name in its plain form, or an IP address
MAX_LENGTH = 500

# Everything that is not somebody's server on the public internet (IANA's special-purpose registries), and what clouds
# answer their own machines at.
_CLOSED_4 = [
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's machine agent, at an address that looks public
        "169.254.0.0/16",  # link-local, metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_OPEN_6 = ipaddress.IPv6Network("2000::/3")  # all global unicast; mapped, NAT64, local and multicast lie outside
_CLOSED_6 = [
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]


@dataclass(frozen=True)
class Target:
    """An address that has the right shape; the name is not yet resolved."""

    url: str
    host: str
    port: int


class NotPublicError(OSError):
    """The name leads to an address that is not somebody's public server."""


class NoAddressError(OSError):
    """The name leads nowhere."""


def is_public_address(address: str) -> bool:
    """Whether an IP address may be connected to. Pure; what it cannot read is not public."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv4Address):
        return not any(one in network for network in _CLOSED_4)
    return one.scope_id is None and one in _OPEN_6 and not any(one in network for network in _CLOSED_6)


def target_of(url: str) -> Target:
    """The address in its normal form, if its shape may be called; else Invalid beside `url`."""
    try:
        parsed = httpx.URL(url.strip())
        host = parsed.raw_host.decode("ascii").rstrip(".")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
    except (httpx.InvalidURL, UnicodeError):
        raise _wrong(_("This is not an address.")) from None
    if host and not HOST.fullmatch(host):
        raise _wrong(_("This is not an address."))
    if parsed.scheme not in (("https", "http") if settings.WEBHOOK_PRIVATE_TARGETS else ("https",)) or not host:
        raise _wrong(_("The address begins with https:// and names a server."))
    if parsed.userinfo:
        raise _wrong(_("Leave name and password out of the address: each message is signed."))
    if port not in PORTS and not settings.WEBHOOK_PRIVATE_TARGETS:
        raise _wrong(_("Only the ports 443 and 8443 are called."))
    whole = str(parsed.copy_with(fragment=None))
    if len(whole) > MAX_LENGTH:
        raise _wrong(_("The address is too long."))
    return Target(whole, host, port)


def check(url: str) -> Target:
    """The target, if its name now leads to public addresses only; else Invalid beside `url`."""
    target = target_of(url)
    try:
        addresses_of(target.host, target.port)
    except NotPublicError:
        raise _wrong(_("This name does not lead to a public server; inner networks are not called.")) from None
    except NoAddressError:
        raise _wrong(_("This name leads to no address.")) from None
    return target


def addresses_of(host: str, port: int) -> list[str]:
    """The name's addresses, resolved once. One that is not public spoils them all."""
    found = resolve(host, port)
    if not found:
        raise NoAddressError(host)
    if not settings.WEBHOOK_PRIVATE_TARGETS and not all(is_public_address(one) for one in found):
        raise NotPublicError(host)
    return found


def resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says, without repeats."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, field="url", code="address_refused")

"""Where a webhook may go, asked when it is registered and again at every connection."""

from __future__ import annotations

from typing import Any

import httpcore
import pytest

from core.errors import Invalid
from core.webhooks import addresses, wire
from core.webhooks.states import Fault

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_TARGETS = False


@pytest.fixture
def resolver(monkeypatch: Any) -> Any:
    """A name server whose answers one sets: each question gets the next, the last one stays."""

    class Resolver:
        answers: list[list[str]] = [[PUBLIC]]
        asked = 0

        def __call__(self, host: str, port: int) -> list[str]:
            self.asked += 1
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    one = Resolver()
    monkeypatch.setattr(addresses, "resolve", one)
    return one


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.9", "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.7", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1", "fc00::1", "fd12::1",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fd00:ec2::254",
        "not an address", "",
    ],
)  # fmt: skip
def test_what_is_not_a_public_server_is_no_target(address: str) -> None:
    assert not addresses.is_public_address(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700:4700::1111", "2a00::1"]
)
def test_public_servers_are_targets(address: str) -> None:
    assert addresses.is_public_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "ftp://hooks.example/", "https://hooks.example:22/", "https://hooks.example:6379/", "https://a:b@hooks.example/",
        "https:///nothing", "//hooks.example/", "javascript:alert(1)", "https://" + "a" * 600 + ".example/", "", "汉" * 50, "https://exa mple/",
        "https://hooks.example:99999/", "https://[::1", "https://\x00/",
    ],
)  # fmt: skip
def test_addresses_of_the_wrong_shape_are_refused_beside_the_field(url: str, resolver: Any) -> None:
    with pytest.raises(Invalid) as refused:
        addresses.check(url)
    assert refused.value.field == "url"
    assert resolver.asked == 0


def test_a_name_with_one_inner_address_among_public_ones_is_refused(resolver: Any) -> None:
    resolver.answers = [[PUBLIC, "10.0.0.7"]]
    with pytest.raises(Invalid):
        addresses.check("https://hooks.example/in")


def test_a_name_that_leads_nowhere_is_refused(resolver: Any) -> None:
    resolver.answers = [[]]
    with pytest.raises(Invalid):
        addresses.check("https://hooks.example/in")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost", "[::1]"]
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    """The real resolver reads numbers in all bases."""
    with pytest.raises(Invalid):
        addresses.check(f"https://{host}/")


def test_a_name_in_another_script_is_kept_in_its_plain_form(resolver: Any) -> None:
    target = addresses.check(" https://例子.example:8443/钩子?a=1#part ")
    assert target.host == "xn--fsqu00a.example"
    assert target.url.startswith("https://xn--fsqu00a.example:8443/")
    assert "#" not in target.url


def test_a_resolver_that_changes_its_answer_after_the_check_leads_nowhere(resolver: Any, monkeypatch: Any) -> None:
    """The name was public when it was registered; when the message goes out it points inside."""
    connected: list[str] = []
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *told, **more: connected.append(told[1]))
    resolver.answers = [[PUBLIC], ["169.254.169.254"]]
    addresses.check("https://hooks.example/in")
    outcome = wire.post("https://hooks.example/in", "{}", {})
    assert (outcome.fault, outcome.status, connected) == (Fault.NOT_PUBLIC, None, [])


def test_the_connection_goes_to_the_very_address_that_was_judged(resolver: Any, monkeypatch: Any) -> None:
    """Between check and connect nobody asks the name server again, so it cannot answer otherwise."""
    connected: list[str] = []

    def refuse(_self: Any, host: str, *told: Any, **more: Any) -> Any:
        connected.append(host)
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", refuse)
    resolver.answers = [[PUBLIC, "2606:4700:4700::1111"], ["127.0.0.1"]]
    outcome = wire.post("https://hooks.example/in", "{}", {})
    assert connected == [PUBLIC, "2606:4700:4700::1111"]
    assert (outcome.fault, resolver.asked) == (Fault.CONNECTION, 1)


def test_a_stored_address_that_the_rules_no_longer_allow_is_not_called(resolver: Any) -> None:
    assert wire.post("http://hooks.example/", "{}", {}).fault == Fault.ADDRESS
    assert resolver.asked == 0

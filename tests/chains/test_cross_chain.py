"""Two chains that meet: their words are bridged, they share a room, and agree how they share what they earn (R130)."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from benefits.models import AgreementVersion
from chains.models import BenefitTemplate, JointRoom
from core.search.tasks import weigh
from needs.services.need import index_need
from tests import factories
from tests.factories import benefits, challenges
from tests.factories import chains as make


@pytest.mark.req("R130", whole=True)
@pytest.mark.parametrize(
    ("here", "there", "title", "percents", "wrong", "told"),
    [
        ("车机", "智能座舱终端", "智能座舱终端的国产芯片适配", ("30", "45", "25"), ("30", "45", "24.99"), "99.99"),
        ("电控单元", "domain controller", "Domain controller for zonal cars", ("12.5", "62.4999", "25.0001"), ("12.5", "62.5", "25.0001"), "100.0001"),
    ],
)  # fmt: skip
def test_two_chains_bridge_their_words_share_a_room_and_agree_on_shares(
    api: Any, client: Any, here: str, there: str, title: str, percents: Any, wrong: Any, told: str
) -> None:
    (cars, first), (chips, second) = make.led("汽车"), make.led("芯片")
    maker, reader, outside = (
        make.at_node(chips, "封测厂"),
        factories.actor(factories.organisation()),
        make.at_node(chips),
    )
    one, two = (api.as_person(who.person, who.organisation) for who in (first, second))
    assert maker.organisation is not None
    need = challenges.published_need(maker.organisation, chain=chips, title=title)
    with transaction.atomic():
        index_need(need)

    # The term bridge: a search in the first chain's word finds the second chain's need, and hovering shows both words.
    def search() -> str:
        page: str = html.unescape(client.sign_in(reader.person).get("/search/", {"q": here}).content.decode())
        return page

    assert title not in search()
    linked = one.post(
        f"chains/{cars.pk}/link_terms/", {"words": here, "other_chain": str(chips.pk), "other_words": there}
    )
    assert linked.status_code == 201, api.text(linked)
    weigh()
    page = search()
    hints = re.findall(r'<span class="tag" tabindex="0" title="([^<>]+)">([^<]+)</span>', page)
    assert title in page and any(
        here in hint and there in hint and f"{here} = {there}" == shown for hint, shown in hints
    ), hints

    # The joint room: proposed by page, agreed by REST, the maker joins and brings the need; nobody outside learns of it.
    client.sign_in(first.person)
    typed = {"chain": str(cars.pk), "other_chains": [str(chips.pk)], "title": "跨界攻关", "purpose": "共同定义指标"}
    assert client.post("/chains/joint-rooms/new/", typed).status_code == 302
    room = JointRoom.objects.get()
    path, home = f"joint-rooms/{room.pk}/", f"/chains/joint-rooms/{room.pk}/"
    assert two.post(path + "agree/").data["state"] == "open"
    assert two.post(path + "invite/", {"organisation": str(maker.organisation_id)}).status_code == 201
    client.sign_in(maker.person)
    assert client.post(home + "join/").status_code == 302
    assert client.post(f"/needs/joint-rooms/{room.pk}/put/", {"need": str(need.pk)}).status_code == 302
    assert one.get("table-needs/", {"room": str(room.pk)}).data["results"][0]["need"]["name"].endswith(title)
    assert [(row["words"], row["other_words"]) for row in one.get(path).data["terms"]] == [(here, there)]
    client.sign_in(first.person)
    shown = client.get(home).content.decode()
    assert all(word in shown for word in (html.escape(title), here, there, "封测厂"))
    for who in (outside, reader, factories.operator()):
        assert client.sign_in(who.person).get(home).status_code == 404
        assert api.as_person(who.person, who.organisation).get(path).status_code == 404

    # The benefit template: exactly 100, signed by both leaders, and a share agreement begins from it.
    roles = [
        {"label": label, "percent": part} for label, part in zip(("数据方", "研发方", "市场方"), percents, strict=True)
    ]
    body = {"chain": str(cars.pk), "other_chain": str(chips.pk), "title": "跨链分配"}
    off = [role | {"percent": part} for role, part in zip(roles, wrong, strict=True)]
    refused = one.post("benefit-templates/", body | {"roles": off})
    assert refused.status_code == 422 and told in refused.data["errors"]["roles"][0], api.text(refused)
    assert one.post("benefit-templates/", body | {"roles": roles}).status_code == 201
    template = BenefitTemplate.objects.get()
    agreement, parties = benefits.agreement(3)
    offered = api.as_person(parties[0].person, parties[0].organisation).get(f"agreements/{agreement.pk}/templates/")
    assert offered.data == []
    assert client.sign_in(first.person).post(f"/chains/benefit-templates/{template.pk}/sign/1/").status_code == 302
    assert two.post(f"benefit-templates/{template.pk}/sign/", {"number": 1}).data["versions"][0]["state"] == "in_force"
    client.sign_in(parties[0].person)
    place = f"/benefits/agreements/{agreement.pk}/"
    begin = f"{place}propose/{template.versions.get().pk}/"
    assert begin in client.get(place + "propose/").content.decode()
    chosen = {f"role_{n}": [str(who.organisation_id)] for n, who in enumerate(parties)}
    assert client.post(begin, chosen | {"role_2": []}).status_code == 422 and not AgreementVersion.objects.exists()
    assert client.post(begin, chosen).status_code == 302
    for who in parties:
        version = AgreementVersion.objects.get()
        assert client.sign_in(who.person).post(f"/benefits/versions/{version.pk}/sign/").status_code == 302
    version.refresh_from_db()
    assert [line.percent for line in version.lines.all()] == [Decimal(part) for part in percents]
    assert version.state == "in_force" and version.template_version == template.versions.get()
    assert f"/chains/benefit-templates/{template.pk}/#v1" in client.get(place + "?tab=shares").content.decode()

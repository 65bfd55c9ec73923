"""An organisation that goes on in another ends what it began and begins nothing; one that is suspended lets nobody in (R027)."""

from __future__ import annotations

from typing import Any

import pytest

from core.access import policy
from core.accounts import actions, lifecycle
from core.accounts.models import Membership, Organisation
from core.accounts.states import OrganisationState
from core.errors import NotAllowed
from tests import factories

BEGINNINGS = (
    "post_", "create_", "register_", "propose_", "open_", "draft_", "start_", "invite_", "file_", "put_", "publish_", "import_",
    "join_", "add_", "lead_", "keep_",
)  # fmt: skip
# Rules called like a beginning that are none, or that wind up what was begun.
NONE_ALIKE = {
    "accounts.register_organisation": "is asked of a person",
    "benefits.add_claim_evidence": "the loss of what was begun",
    "benefits.open_claim": "the loss of what was begun",
    "benefits.propose_version": "the shares of what was begun",
    "chains.add_node": "the map, by the platform's admins and the chain's leader",
    "chains.create_chain": "the map, by the platform's admins",
    "needs.add_bid_file": "a bid that was begun",
    "needs.add_details_file": "a need that was begun",
    "needs.add_evidence": "a need that was begun",
    "needs.add_supplement_file": "a bid that was handed in",
    "needs.invite_definer": "a need that was begun",
    "needs.invite_panelist": "a challenge that was begun",
    "needs.open_details": "reads",
    "needs.open_details_file": "reads",
    "needs.open_notice": "a challenge that was begun",
    "needs.open_qualification_file": "reads",
    "needs.propose_award": "a challenge that was begun",
    "projects.add_gate_file": "a project that was begun",
    "projects.add_indicator": "a project that was begun",
    "projects.add_package": "a project that was begun",
    "projects.invite_gate_reviewer": "a project that was begun",
    "projects.open_failure_claim": "the loss of what was begun",
    "projects.propose_direction": "a project that was begun",
}


def test_every_rule_by_which_something_begins_is_closed_to_what_goes_on_in_another() -> None:
    called = {name for name in policy.names() if name.partition(".")[2].startswith(BEGINNINGS)}
    assert called - policy._begins == set(NONE_ALIKE)
    assert policy._begins <= set(policy.names())


@pytest.mark.parametrize(
    "rule",
    [
        "needs.post_need", "needs.post_offer", "needs.post_result", "needs.post_capability", "projects.create_project",
        "accounts.invite_member", "accounts.create_client", "webhooks.register_endpoint", "benefits.open_fund",
    ],
)  # fmt: skip
def test_a_merged_organisation_begins_nothing(db: Any, rule: str) -> None:
    home, heir, operator = factories.organisation(), factories.organisation(), factories.operator()
    assert policy.can(factories.actor(home), rule, home)
    admin = factories.actor(heir)
    lifecycle.merge_organisation(actor=operator, organisation_id=home.pk, into=heir.pk, reason="合并")
    actor = factories.actor(Organisation.objects.get(pk=home.pk), person_=admin.person)
    assert not policy.can(actor, rule, actor.organisation)
    with pytest.raises(NotAllowed, match="并入另一机构"):
        policy.require(actor, rule, actor.organisation)
    assert policy.can(admin, rule, admin.organisation)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_suspended_organisation_lets_nobody_in_and_gives_no_roles(client: Any, language: str) -> None:
    home = factories.organisation()
    admin, worker = factories.actor(home, language=language), factories.member(home, roles=["member"])
    assert admin.person is not None
    actions.suspend_organisation(actor=factories.operator(), organisation_id=home.pk, reason="资质过期")
    assert Organisation.objects.get(pk=home.pk).state == OrganisationState.SUSPENDED
    seat = Membership.objects.get(person=worker)
    client.sign_in(admin.person)
    for page, words in (
        (f"/accounts/organisations/{home.pk}/invite/", ("仅限机构处于", "only while it is registered")),
        (f"/accounts/organisations/{home.pk}/clients/new/", ("仅限机构处于", "only while it is registered")),
        (f"/accounts/members/{seat.pk}/roles/", ("停用期间", "while it is suspended")),
    ):
        refused = client.post(
            page, {"email": "x@example.test", "roles": ["admin"], "name": "x", "scopes": ["needs:read"]}
        )
        assert refused.status_code == 403, page
        assert words[language == "en"] in refused.content.decode()
    assert client.get("/accounts/members/").status_code == 200

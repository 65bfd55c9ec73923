"""The walk by REST, asked through the generated Python client alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.ledger.services import verify
from tests.support.kept_world import world_of


@pytest.mark.timeout(400)
def test_the_walk_through_the_python_client(live_server: str, tmp_path: Path) -> None:
    from benefits.models import Settlement
    from portal.walk.cases import CASES
    from projects.models import Project

    world: Any = world_of(live_server, tmp_path)
    # From the first registration to the last confirmed payment.
    steps = {
        "register_organisation",
        "define_indicator",
        "submit_bid",
        "decide_gate",
        "settle_income",
        "record_call_payment",
    }
    assert steps <= world.walked
    assert len(world.walked) > 60
    assert Project.objects.get().state == "accepted"
    assert sum(Settlement.objects.get().statements.values_list("amount", flat=True)) == Decimal(CASES[0].income)
    assert verify().is_sound

"""The pages of figures over needs, as tabs of one another."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def tabs() -> list[dict[str, Any]]:
    """From need to application, and the allocation."""
    pages = ((_("From need to application"), "portal:funnel"), (_("Allocation"), "portal:allocation"))
    return [{"label": label, "url": reverse(name)} for label, name in pages]

"""What groups of found documents are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

GROUPS = {
    "need": gettext_lazy("Needs"),
    "result": gettext_lazy("Results"),
    "outcome": gettext_lazy("Results in use"),
    "capability": gettext_lazy("Capabilities"),
    "technology": gettext_lazy("Technology"),
    "people": gettext_lazy("People"),
    "equipment": gettext_lazy("Equipment"),
    "fund": gettext_lazy("Funds"),
    "data": gettext_lazy("Data"),
    "challenge": gettext_lazy("Challenges"),
    "project": gettext_lazy("Projects"),
    "organisation": gettext_lazy("Organisations"),
    "agreement": gettext_lazy("Share agreements"),
    "cluster": gettext_lazy("Clusters"),
    "public_call": gettext_lazy("Public calls"),
}

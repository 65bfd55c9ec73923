"""What clusters show on the page of the need they became."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.web import slots
from needs.models.complaint import Cluster
from needs.models.need import Need
from needs.queries.complaint import open_clusters


def clusters_of_need(request: HttpRequest, *, need: Need, **_context: Any) -> str | None:
    """The clusters that became the need, with how many complained."""
    if not Cluster.objects.filter(need=need).exists():
        return None
    rows = list(open_clusters(request.actor).filter(need=need))  # type: ignore[attr-defined]  # set by the actor's middleware
    return render_to_string("needs/_clusters_of_need.html", {"clusters": rows}, request=request) if rows else None


slots.register("needs.need_page", clusters_of_need, order=12)

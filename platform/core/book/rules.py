"""Who reads the book."""

from __future__ import annotations

from core.access import policy
from core.book.models import Body
from core.book.queries import bodies_visible_to

policy.visible(Body, "book.view_body", bodies_visible_to)

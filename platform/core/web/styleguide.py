"""The style guide: every component once, in the product's own pages; only in development and demonstrations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.web.page import crumb, render_page


def styleguide(request: HttpRequest) -> HttpResponse:
    """All components on one page, for those who build pages and for those who check them (open to strangers)."""
    return render_page(request, "components/styleguide.html", title=_("Style guide"), crumbs=[crumb(_("Home"), "/"), crumb(_("Style guide"))])

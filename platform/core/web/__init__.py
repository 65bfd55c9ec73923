"""The web shell every room's pages are built from.

`tables` for lists, `forms` for forms, `nav` for the left navigation, `slots` for what a higher room shows on a lower
room's page, `badges` for states. How to write a page: `platform/docs/decisions/web-shell.md`.
"""

from core.web.forms.cycle import do, form_page
from core.web.page import crumb, render_page

__all__ = ["crumb", "do", "form_page", "render_page"]

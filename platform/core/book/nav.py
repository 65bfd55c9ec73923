"""The book in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(section=nav.OVERSIGHT, label=_("Book"), icon="book-2", url_name="book:entries", order=20)

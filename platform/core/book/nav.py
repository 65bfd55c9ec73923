"""The book in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.book.models import Verdict
from core.web import badges, nav

nav.register(section=nav.OVERSIGHT, label=_("Book"), icon="book-2", url_name="book:entries", order=20)
badges.register(Verdict, {Verdict.SOUND: "ok", Verdict.BROKEN: "bad", Verdict.FORK: "bad"})

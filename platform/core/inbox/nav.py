"""The inbox and the calendar in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.inbox.queries import unread_count
from core.web import nav

nav.register(section=nav.HOME, label=_("Inbox"), icon="inbox", url_name="inbox:list", count=unread_count, order=20)
nav.register(section=nav.HOME, label=_("Calendar"), icon="calendar-event", url_name="inbox:calendar", order=30)

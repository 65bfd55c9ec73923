"""Routes of the book below /api/v1/."""

from core.book.api import views

routes = [("book", views.Entries, "book")]

"""Routes of the book below /api/v1/."""

from django.urls import path

from core.book.api import views

routes = [("book", views.Entries, "book")]

urlpatterns = [
    path("book/keys/", views.Log.as_view({"get": "keys"}), name="book-keys"),
    path("book/checkpoint/", views.Log.as_view({"get": "newest"}), name="book-checkpoint"),
    path("book/checkpoints/", views.Log.as_view({"get": "list"}), name="book-checkpoints"),
    path("book/consistency/", views.Log.as_view({"get": "consistency"}), name="book-consistency"),
]

"""Address of the book."""

from django.urls import path

from core.book.web import views

app_name = "book"

urlpatterns = [path("", views.list_entries, name="entries")]

"""Address of the search page."""

from django.urls import path

from core.search.web import views

app_name = "search"

urlpatterns = [path("", views.search_page, name="search")]

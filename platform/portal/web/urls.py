"""Addresses of the home page and of the developer page."""

from django.urls import path

from portal.web import developers, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("developers/", developers.overview, name="developers"),
    path("developers/session.py", developers.session, name="developers_session"),
    path("developers/<slug:thing>/", developers.operations, name="developers_operations"),
]

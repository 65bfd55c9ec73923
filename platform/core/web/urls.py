"""Addresses of the shell itself."""

from __future__ import annotations

from django.urls import path

from core.web import styleguide, views

app_name = "coreweb"
urlpatterns = [
    path("language/", views.switch_language, name="language"),
    path("theme/", views.switch_theme, name="theme"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

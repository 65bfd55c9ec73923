"""Addresses of the shell itself."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from core.web import views

app_name = "coreweb"
urlpatterns = [
    path("language/", views.switch_language, name="language"),
    path("theme/", views.switch_theme, name="theme"),
]
if settings.DEBUG or settings.DEMO:
    from core.web import styleguide

    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))

"""Address of the home page."""

from django.urls import path

from portal.web import views

app_name = "portal"

urlpatterns = [path("", views.home, name="home")]

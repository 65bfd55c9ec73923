"""Address of the operators' list of files."""

from django.urls import path

from core.files.web import views

app_name = "files"

urlpatterns = [path("", views.list_files, name="list")]

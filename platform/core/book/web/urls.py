"""Addresses of the book."""

from django.urls import path

from core.book.web import views

app_name = "book"

urlpatterns = [
    path("", views.list_entries, name="entries"),
    path("verify/", views.verify, name="verify"),
    path("checkpoint/", views.checkpoint_text, name="checkpoint"),
    path("xielian-verify.py", views.download_script, name="script"),
    path("receipts/<int:entry_id>/", views.download_receipt, name="receipt"),
]

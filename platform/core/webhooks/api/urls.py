"""Routes of webhooks below /api/v1/."""

from django.urls import path

from core.webhooks.api import views

routes = [
    ("webhook-endpoints", views.Endpoints, "webhook-endpoint"),
    ("webhook-deliveries", views.Deliveries, "webhook-delivery"),
]
urlpatterns = [path("webhook-kinds/", views.Kinds.as_view({"get": "list"}), name="webhook-kinds")]

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "core.api"
    label = "coreapi"

    def ready(self) -> None:
        from core.api.schema import describe_authentication

        describe_authentication()

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "core.web"
    label = "coreweb"

    def ready(self) -> None:
        from core.web import foot, slots

        slots.register("shell.foot", foot.show_checkpoint)

from importlib import import_module

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "needs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register rules, checks, listeners and the navigation."""
        for module in (
            "needs.events", "needs.rules", "needs.checks", "needs.handlers", "needs.nav", "needs.badges", "needs.labels", "needs.inbox", "needs.own_data",
            "needs.web.challenge_slots", "needs.web.bid_likeness_slots", "needs.web.complaint_slots", "needs.web.offer_slots", "needs.web.result_slots",
            "needs.web.duplicate_slots", "needs.web.matching_slots", "needs.web.qualification_slots",
            "needs.web.joint_room_slots",
        ):  # fmt: skip
            import_module(module)

from django.apps import AppConfig


class ChainsConfig(AppConfig):
    name = "chains"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chains import badges, inbox, labels, nav, queries, rules  # noqa: F401 - registers
        from core import checks
        from core.search import bridge

        bridge.name_scopes(queries.chain_names)
        checks.use_chains(checks.Chains(listed=queries.chains_named, leads=rules.may_draw_by_id))

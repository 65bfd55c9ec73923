"""The room in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import nav

nav.register(section=nav.CHAIN, label=_("Need library"), icon="list-search", url_name="needs:needs", order=20)
nav.register(section=nav.COLLABORATION, label=_("Challenges"), icon="target", url_name="needs:challenges", order=10)
nav.register(
    section=nav.COLLABORATION, label=_("Bids"), icon="send", url_name="needs:bids", order=11,
    shows=lambda actor: actor.organisation is not None,
)  # fmt: skip
nav.register(
    section=nav.REVIEW, label=_("Review desk"), icon="gavel", url_name="needs:seats", order=10,
    shows=lambda actor: actor.person is not None and (actor.person.is_expert or actor.person.panel_seats.exists()),
)  # fmt: skip
nav.register(section=nav.COLLABORATION, label=_("Offers"), icon="arrows-exchange", url_name="needs:offers", order=12)
nav.register(
    section=nav.COLLABORATION, label=_("Contracts"), icon="file-text", url_name="needs:contracts", order=15,
    shows=lambda actor: actor.organisation is not None,
)  # fmt: skip
nav.register(section=nav.CHAIN, label=_("Public calls"), icon="world", url_name="needs:public_calls", order=30)
nav.register(section=nav.CHAIN, label=_("Surveys"), icon="clipboard-list", url_name="needs:campaigns", order=35)
nav.register(section=nav.CHAIN, label=_("Results"), icon="bulb", url_name="needs:results", order=25)

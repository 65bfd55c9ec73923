"""The link that proves whose an address is, before an account is opened under it. Nothing is kept until then."""

from __future__ import annotations

import datetime as dt
import json

from django.utils.translation import gettext as _

from core import clock, sealing
from core.errors import Invalid

PURPOSE = "account"
GOOD_FOR = dt.timedelta(hours=3)


def token_for(email: str) -> str:
    """What the link carries: the address and until when, sealed, so that only the message itself tells it."""
    return sealing.seal(PURPOSE, json.dumps([email, (clock.now() + GOOD_FOR).timestamp()]))


def address_in(token: str) -> str:
    """The address the link was sent to; Invalid beside `token` when it is over or none of ours."""
    try:
        email, until = json.loads(sealing.unseal(PURPOSE, token))
    except sealing.SealBrokenError:
        email, until = "", 0.0
    if until < clock.now().timestamp():
        raise Invalid(
            _("This link is over, or it came incomplete; ask for a new one."), field="token", code="link_over"
        )
    return str(email)

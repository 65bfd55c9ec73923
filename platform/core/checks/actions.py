"""What people do with alerts and with the figures that fire them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.checks import registry, services
from core.checks.models import Alert, ThresholdChange
from core.checks.queries import threshold_value
from core.command import command
from core.errors import Invalid, NotFound

AT_ONCE = 200


@command
def mute_alert(*, actor: Actor, alert_id: UUID, reason: str, until: dt.datetime | None = None) -> Alert:
    """Call an alert a false alarm for one's own organisation, with the reason: while its cause lasts, or until a moment.

    The others who were told go on seeing it, and read who muted it and why.
    """
    alert = policy.fetch_for_update(actor, "checks.mute_alert", Alert, alert_id)
    return _mute(actor, alert, reason, until)


@command
def mute_alerts(
    *, actor: Actor, alert_ids: Sequence[UUID], reason: str, until: dt.datetime | None = None
) -> list[Alert]:
    """Call several alerts false alarms for one's own organisation and one reason, all or none."""
    if not alert_ids:
        raise Invalid(_("Choose at least one alert."), field="alert_ids")
    if len(alert_ids) > AT_ONCE:
        raise Invalid(_("At most %d alerts at once.") % AT_ONCE, field="alert_ids")
    # In the order of their ids, so that two people who mute the same ones do not wait for each other for ever.
    rows = [policy.fetch_for_update(actor, "checks.mute_alert", Alert, pk) for pk in sorted(set(alert_ids), key=str)]
    return [_mute(actor, row, reason, until) for row in rows]


@command
def unmute_alert(*, actor: Actor, alert_id: UUID, reason: str = "") -> Alert:
    """Let an alert that one's own organisation muted speak again; its members are told anew."""
    alert = policy.fetch_for_update(actor, "checks.unmute_alert", Alert, alert_id)
    assert actor.organisation is not None  # the rule asks for it
    services.unmute(alert, actor.organisation)
    services.watch_soon([alert.code])
    book.record(actor, "unmute_alert", alert, reason=reason)
    return alert


@command
def change_threshold(
    *, actor: Actor, chain_id: UUID, code: str, name: str, value: Decimal | None, reason: str
) -> ThresholdChange:
    """Set a rule's figure for a chain, with the reason; no value returns to the default. The rule looks again at once."""
    declared = declared_threshold(actor, chain_id, code, name)
    policy.require(actor, "checks.change_threshold", chain_id)
    wrong: dict[str, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = [_("Say why the figure changes.")]
    if value is not None and not (value.is_finite() and declared.low <= value <= declared.high):
        wrong["value"] = [_("Between %(low)s and %(high)s.") % {"low": declared.low, "high": declared.high}]
    elif value is not None and declared.is_whole and value != value.to_integral_value():
        wrong["value"] = [_("A whole number.")]
    elif value is not None and value != value.quantize(Decimal("0.0001")):
        wrong["value"] = [_("At most four digits after the point.")]
    before = threshold_value(code, name, chain_id)
    if not wrong and before == (Decimal(declared.default) if value is None else value):
        wrong["value"] = [_("This is the present value.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    assert actor.person is not None and actor.organisation is not None
    row = ThresholdChange.objects.create(
        code=code, name=name, chain_id=chain_id, value=value, before=before, reason=reason.strip(), person=actor.person,
        organisation=actor.organisation,
    )  # fmt: skip
    after = "default" if value is None else str(value)
    book.record(
        actor, "change_threshold", row, before={name: str(before)}, after={name: after, "rule": code, "chain": str(chain_id)},
        reason=reason.strip(),
    )  # fmt: skip
    services.watch_soon([code])
    return row


def declared_threshold(actor: Actor, chain_id: UUID, code: str, name: str) -> registry.Threshold:
    """The threshold a rule declares, of a chain the actor sees; else there is no such thing."""
    found = next((one for check, one in registry.thresholds() if (check.code, one.name) == (code, name)), None)
    if found is None or not any(pk == chain_id for pk, _name in registry.chains_seen_by(actor)):
        raise NotFound(_("There is nothing here, or you have no access to it."))
    return found


def _mute(actor: Actor, alert: Alert, reason: str, until: dt.datetime | None) -> Alert:
    if not reason.strip():
        raise Invalid(_("Say why this is a false alarm."), field="reason")
    if until is not None and until <= clock.now():
        raise Invalid(_("This moment has passed."), field="until")
    assert actor.person is not None and actor.organisation is not None  # the rule asks for both
    services.mute(alert, organisation=actor.organisation, person=actor.person, reason=reason.strip(), until=until)
    book.record(actor, "mute_alert", alert, after={"until": until.isoformat() if until else ""}, reason=reason.strip())
    return alert

"""Asking checks before an action, and watching on a schedule."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from core import clock
from core.accounts.models import Organisation, Person
from core.accounts.queries import platform_admins
from core.checks.models import Alert
from core.checks.registry import Check, Hit, registered
from core.checks.states import ALERT, ALIVE, AlertState
from core.errors import Blocked, Missing
from core.inbox import services as inbox


def hits_at(point: str, obj: Model, **about: Any) -> list[tuple[Check, Hit]]:
    """What stands in the way of the action named by the guard point, without refusing: for pages that show it first."""
    return [(one, hit) for one in registered() if point in one.guards for hit in one.find(obj, **about)]


def guard(point: str, obj: Model, **about: Any) -> None:
    """Nothing, or Blocked that lists exactly what is missing and who can mend it."""
    found = hits_at(point, obj, **about)
    if not found:
        return
    missing = [
        Missing(
            what=hit.missing.what if hit.missing else hit.rule,
            who=hit.missing.who if hit.missing else "",
            link=(hit.missing.link if hit.missing else "") or hit.link,
            rule=one.code,
        )
        for one, hit in found
    ]
    first = str(missing[0].what)
    sentence = (
        first
        if len(missing) == 1
        else _("%(count)d things are still missing: %(list)s")
        % {"count": len(missing), "list": "; ".join(str(one.what) for one in missing)}
    )
    raise Blocked(
        sentence,
        code=found[0][0].code.lower() if len({one.code for one, _hit in found}) == 1 else "blocked",
        missing=missing,
    )


def watch(codes: set[str] | None = None) -> int:
    """Run every watching check: raise alerts for new hits, clear those that are gone. Returns how many are alive."""
    alive = 0
    for one in registered():
        if one.watches is None or (codes and one.code not in codes):
            continue
        seen: set[UUID] = set()
        for obj in one.watches():
            for hit in one.find(obj):
                alert = _raise(one, hit)
                seen.add(alert.pk)
        with transaction.atomic():
            for alert in (
                Alert.objects.select_for_update().filter(check_name=one.name, state__in=ALIVE).exclude(pk__in=seen)
            ):
                alert.state = ALERT.after(alert.state, "clear")
                alert.cleared_at = clock.now()
                alert.save(update_fields=["state", "cleared_at"])
        alive += len(seen)
    return alive


@transaction.atomic
def _raise(one: Check, hit: Hit) -> Alert:
    """The alert of this hit; people are told when it is new."""
    with override("zh-hans"):
        rule, clears, label = str(hit.rule), str(hit.clears), str(hit.obj)[:200]
    alert, fresh = Alert.objects.get_or_create(
        check_name=one.name,
        object_id=hit.obj.pk,
        hit_key=hit.key,
        state__in=ALIVE,
        defaults={
            "code": one.code,
            "object_type": hit.obj._meta.label_lower,
            "object_label": label,
            "rule": rule,
            "clears": clears,
            "numbers": json.loads(json.dumps(hit.numbers, cls=DjangoJSONEncoder)),
            "link": hit.link,
            "to_operator": hit.tell_operator,
            "state": AlertState.RAISED,
        },
    )
    if fresh:
        alert.organisations.set(hit.tell)
        people: list[Person | Organisation] = [*hit.tell, *(platform_admins() if hit.tell_operator else [])]
        inbox.notify(
            kind="alert",
            title=gettext_noop("Alert %(code)s: %(rule)s (%(object)s)"),
            to=people,
            link=hit.link,
            obj=hit.obj,
            params={"code": one.code, "rule": rule, "object": label},
            key=f"alert:{alert.pk}",
        )
        alert.state = ALERT.after(alert.state, "tell")
        alert.save(update_fields=["state"])
    return alert


def mute(alert: Alert, *, person: Any, reason: str) -> Alert:
    """Mute an alert as a false alarm; it stays muted while the hit lasts."""
    alert.state = ALERT.after(alert.state, "mute_alert")
    alert.muted_by, alert.mute_reason = person, reason
    alert.save(update_fields=["state", "muted_by", "mute_reason"])
    return alert


__all__ = ["Missing", "guard", "hits_at", "mute", "watch"]

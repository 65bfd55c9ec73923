"""Asking checks before an action, and watching on a schedule."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from core import book, clock
from core.accounts.models import Membership, Organisation, Person
from core.accounts.queries import members_with_role, operators, platform_admins
from core.accounts.states import Role
from core.checks.models import Alert, AlertTold, Mute, Wave
from core.checks.queries import standing_for, threshold_value
from core.checks.registry import Check, Hit, registered
from core.checks.states import ALERT, ALIVE, OPEN, AlertState
from core.command import system_command
from core.errors import Blocked, Missing
from core.inbox import services as inbox

# So many alerts of one rule are told one by one; from then on they are one notice, until nothing new came for the calm.
ONE_BY_ONE = 5
CALM = dt.timedelta(hours=1)


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


def threshold(code: str, name: str, chain_id: UUID | None = None) -> Decimal:
    """The figure a check compares with: the chain's own, else the rule's default."""
    return threshold_value(code, name, chain_id)


def watch(codes: set[str] | None = None) -> int:
    """Run every watching check: raise alerts for new hits, clear those that are gone. Returns how many are alive."""
    alive = 0
    for one in registered():
        if one.watches is None or (codes and one.code not in codes):
            continue
        with _alone(one):
            alive += _watch_one(one)
    tell_waiting()
    return alive


@contextmanager
def _alone(one: Check) -> Iterator[None]:
    """One look of a check at a time: another would clear what this one raises meanwhile. Whoever comes second waits."""
    name = f"checks.{one.name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def _watch_one(one: Check) -> int:
    assert one.watches is not None
    told: dict[UUID, set[UUID]] = {}
    before = Alert.organisations.through.objects.filter(alert__check_name=one.name, alert__state__in=ALIVE)
    for alert_id, organisation_id in before.values_list("alert_id", "organisation_id"):
        told.setdefault(alert_id, set()).add(organisation_id)
    seen: set[UUID] = set()
    for obj in one.watches():
        for hit in one.find(obj):
            seen.add(_raise(one, hit, told).pk)
    _clear(one, seen)
    _end_silences(one)
    return len(seen)


def _clear(one: Check, seen: set[UUID]) -> None:
    with system_command("checks.watch") as system:
        gone = Alert.objects.select_for_update().filter(check_name=one.name, state__in=ALIVE).exclude(pk__in=seen)
        for alert in gone:
            alert.state = ALERT.after(alert.state, "clear")
            alert.cleared_at = clock.now()
            alert.save(update_fields=["state", "cleared_at"])
            book.record(system, "clear_alert", alert)


def _end_silences(one: Check) -> None:
    """Whose time of silence is over hears of the alert again, where its cause lasts."""
    over = Mute.objects.filter(alert__check_name=one.name, alert__state__in=OPEN, until__lte=clock.now())
    for pk, alert_id in list(over.values_list("pk", "alert_id")):
        with system_command("checks.watch") as system:
            alert = Alert.objects.select_for_update().get(pk=alert_id)
            row = over.filter(pk=pk).select_related("organisation").first()
            if row is not None:
                unmute(alert, row.organisation)
                book.record(system, "unmute_alert", alert, reason=gettext_noop("The time of silence is over."))


def _raise(one: Check, hit: Hit, told: Mapping[UUID, set[UUID]]) -> Alert:
    """The alert of this hit. When it is new, those it concerns wait to be told; later, whom it concerns besides."""
    with override("zh-hans"):
        rule, clears, label = str(hit.rule), str(hit.clears), str(hit.obj)[:200]
    numbers = json.loads(json.dumps(hit.numbers, cls=DjangoJSONEncoder))
    with system_command("checks.watch") as system:
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
                "numbers": numbers,
                "link": hit.link,
                "to_operator": hit.tell_operator,
                "state": AlertState.RAISED,
                "severity": one.severity,
                "chain_id": one.chain_of(hit.obj) if one.chain_of else None,
            },
        )
        if fresh:
            alert.organisations.set(hit.tell)
            _queue(alert, concerned(alert))
            book.record(system, "raise_alert", alert, after={"rule": rule, "numbers": numbers})
            return alert
        before = told.get(alert.pk, set())
        if before != {row.pk for row in hit.tell} or alert.to_operator != hit.tell_operator:
            _tell_others(alert, hit)
            names = sorted(str(row) for row in hit.tell)
            book.record(system, "tell_others", alert, after={"organisations": names, "operator": hit.tell_operator})
        if alert.numbers != numbers or alert.rule != rule:
            alert.numbers, alert.rule = numbers, rule
            alert.save(update_fields=["numbers", "rule"])
    return alert


def _tell_others(alert: Alert, hit: Hit) -> None:
    """From now on it concerns these: who did not know waits to be told, and whom it no longer concerns sees it no more."""
    knew = set(readers(concerned(alert), alert))
    was = {row.pk for row in concerned(alert)}
    alert.organisations.set(hit.tell)
    alert.to_operator = hit.tell_operator
    alert.save(update_fields=["to_operator"])
    now = concerned(alert)
    alert.mutes.exclude(organisation__in=now).delete()
    _queue(alert, [row for row in now if row.pk not in was], but=knew)


def concerned(alert: Alert) -> list[Organisation]:
    """The organisations told, and those that run the platform where the alert is the operator's as well."""
    rows = {row.pk: row for row in alert.organisations.all()}
    if alert.to_operator:
        rows |= {row.pk: row for row in operators() if row.pk not in rows}
    return list(rows.values())


def readers(organisations: Iterable[Organisation], alert: Alert) -> dict[UUID, Person]:
    """Who hears of the alert there: the members of those told that have not muted it; of the operator, its admins."""
    muted = set(alert.mutes.values_list("organisation_id", flat=True))
    told = set(alert.organisations.values_list("pk", flat=True))
    people: dict[UUID, Person] = {}
    for row in organisations:
        if row.pk not in muted:
            roles = () if row.pk in told else (Role.ADMIN,)
            people |= {person.pk: person for person in members_with_role(row, *roles)}
    return people


def _queue(alert: Alert, organisations: Iterable[Organisation], *, but: Collection[UUID] = ()) -> None:
    """The people of these, once each, wait for the end of the round; whom the alert no longer concerns does not."""
    people = {pk: person for pk, person in readers(organisations, alert).items() if pk not in but}
    AlertTold.objects.bulk_create(
        [AlertTold(alert=alert, person=person) for person in people.values()], ignore_conflicts=True
    )
    AlertTold.objects.filter(alert=alert, person__in=people).update(told_at=None, is_folded=False)
    everybody = readers(concerned(alert), alert)
    AlertTold.objects.filter(alert=alert, told_at__isnull=True).exclude(person__in=everybody).delete()


def tell_waiting() -> int:
    """Tell those who wait: a few alerts of one rule one by one, many as one notice. Nothing is lost if it is cut short."""
    told = 0
    _forget_who_left()
    waiting = (
        AlertTold.objects.filter(told_at__isnull=True).values_list("person_id", "alert__code").order_by().distinct()
    )
    for person_id, code in list(waiting):
        with transaction.atomic():
            rows = list(
                AlertTold.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(told_at__isnull=True, person_id=person_id, alert__code=code)
                .select_related("alert", "person")
                .order_by("alert__created_at", "pk")
            )
            if rows:
                _tell(code, rows[0].person, rows)
                told += len(rows)
    # Whoever is concerned has been told, or there is nobody to tell.
    still = AlertTold.objects.filter(told_at__isnull=True).values("alert_id")
    Alert.objects.filter(state=AlertState.RAISED).exclude(pk__in=still).update(
        state=ALERT.after(AlertState.RAISED, "tell")
    )
    return told


def _forget_who_left() -> None:
    """Whoever waits and has left since is not told; a round that broke off may lie some time back."""
    seat = Membership.objects.filter(
        person=OuterRef("person"), organisation__alerts=OuterRef("alert"), is_active=True, person__is_active=True
    )
    AlertTold.objects.filter(~Exists(seat), told_at__isnull=True).exclude(
        alert__to_operator=True, person__in=platform_admins()
    ).delete()


def _tell(code: str, person: Person, rows: list[AlertTold]) -> None:
    now = clock.now()
    wave = (
        Wave.objects.select_for_update()
        .filter(person=person, code=code, last_at__gt=now - CALM)
        .order_by("-last_at")
        .first()
    )
    wave = wave or Wave.objects.create(person=person, code=code, last_at=now)
    wave.last_at, wave.count = now, wave.count + len(rows)
    is_storm = wave.count > ONE_BY_ONE
    if is_storm:
        _tell_storm(wave, rows[0].alert, is_first=not wave.is_folded)
        wave.is_folded = True
    else:
        for row in rows:
            _tell_one(row)
    wave.save(update_fields=["last_at", "count", "is_folded"])
    AlertTold.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now, is_folded=is_storm)


def _tell_one(row: AlertTold) -> None:
    alert = row.alert
    inbox.notify(
        kind="alert",
        title=gettext_noop("Alert %(code)s: %(rule)s (%(object)s)"),
        to=row.person,
        obj=(alert.object_type, alert.object_id),
        link=alert.link or reverse("alerts:alert", args=[alert.pk]),
        params={"code": alert.code, "rule": alert.rule[:150], "object": alert.object_label},
        # Told again after a silence, an alert is a new notice; the row says that this telling is done.
        key=f"alert:{alert.pk}:{clock.now():%Y%m%d%H%M%S%f}",
    )


def _tell_storm(wave: Wave, alert: Alert, *, is_first: bool) -> None:
    """One notice for the whole wave; what comes later in the same wave raises its count and makes it unread again."""
    title = next((one.title for one in registered() if one.name == alert.check_name), alert.code)
    params = {"code": wave.code, "title": title, "count": wave.count}
    key = f"alerts:{wave.pk}"
    if is_first:
        inbox.notify(
            kind="alert", title=gettext_noop("%(count)s alerts %(code)s at once: %(title)s"), to=wave.person,
            link=f"{reverse('alerts:list')}?code={wave.code}", params=params, key=key,
        )  # fmt: skip
    else:
        inbox.renew(key=key, to=wave.person, params=params)


def mute(
    alert: Alert, *, organisation: Organisation, person: Person, reason: str, until: dt.datetime | None = None
) -> Alert:
    """Mute an alert as a false alarm for one organisation, while the hit lasts or until the moment given."""
    ALERT.after(standing_for(alert, organisation), "mute_alert")
    Mute.objects.create(alert=alert, organisation=organisation, person=person, reason=reason, until=until)
    still = readers(concerned(alert), alert)
    AlertTold.objects.filter(alert=alert, told_at__isnull=True).exclude(person__in=still).update(told_at=clock.now())
    return alert


def unmute(alert: Alert, organisation: Organisation) -> Alert:
    """Let an alert that the organisation muted speak again; its people are told at the end of the next round."""
    ALERT.after(standing_for(alert, organisation), "unmute_alert")
    alert.mutes.filter(organisation=organisation).delete()
    _queue(alert, [organisation])
    return alert


def watch_soon(codes: Iterable[str]) -> None:
    """After the present transaction, look again at these rules; if the message is lost, the next round does."""
    from core.checks.tasks import watch_rules

    wanted = sorted(set(codes))

    def hint() -> None:
        try:
            watch_rules.apply_async(kwargs={"codes": wanted}, retry=False)
        except Exception:
            return  # the round of every five minutes looks at all rules

    transaction.on_commit(hint, robust=True)


__all__ = ["Missing", "guard", "hits_at", "mute", "tell_waiting", "threshold", "unmute", "watch", "watch_soon"]

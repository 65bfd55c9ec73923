"""How much an organisation's files may come to, or those of a person who acts for none."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid, Missing
from core.files.models import StoredFile

MB = 10**6  # as sizes are told everywhere
NEARLY = 80  # per cent from which the operator sees who needs more room


def used(actor: Actor) -> int:
    """The bytes that whoever the actor acts for has stored; the same content handed in twice counts twice."""
    if actor.organisation is not None:
        return _sum(StoredFile.objects.filter(organisation=actor.organisation))
    return _sum(StoredFile.objects.filter(organisation=None, uploaded_by=actor.person)) if actor.person else 0


def refuse_beyond(actor: Actor, size: int, *, field: str) -> None:
    """Nothing, or Invalid beside the field with how much is used and who can mend it; FILE_QUOTA_MB 0 asks nothing."""
    quota = settings.FILE_QUOTA
    if not quota or (actor.organisation is None and actor.person is None):
        return
    _one_by_one(actor)
    before = used(actor)
    if before + size <= quota:
        return
    told = {"used": before // MB, "quota": quota // MB, "size": -(-size // MB)}
    if actor.organisation is not None:
        words = _("Your organisation's files come to %(used)d of %(quota)d MB; %(size)d MB more is too much.") % told
    else:
        words = _("Your files come to %(used)d of %(quota)d MB; %(size)d MB more is too much.") % told
    ask = _("The platform's operator gives more room.")
    room = Missing(_("More room for files"), _("the platform's operator (setting FILE_QUOTA_MB)"))
    raise Invalid(f"{words} {ask}", field=field, code="file_quota", missing=[room])


def _one_by_one(actor: Actor) -> None:
    """Uploads of one owner wait for each other until they are kept, so that two at one instant do not both take the last room."""
    who = actor.organisation_id or (actor.person.pk if actor.person else None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"files:{who}"])


def nearly_full() -> list[tuple[Organisation, int]]:
    """The organisations whose files have come near the quota, with the per cent used, the fullest first."""
    quota = settings.FILE_QUOTA
    if not quota:
        return []
    rows = StoredFile.objects.exclude(organisation=None).values("organisation").annotate(bytes=Sum("size"))
    full = {row["organisation"]: row["bytes"] for row in rows.filter(bytes__gte=quota * NEARLY // 100)}
    found = Organisation.objects.filter(pk__in=full)
    return sorted(((one, full[one.pk] * 100 // quota) for one in found), key=lambda pair: (-pair[1], pair[0].name))


def _sum(rows: QuerySet[StoredFile]) -> int:
    return rows.aggregate(bytes=Sum("size"))["bytes"] or 0

"""Handing out, taking back and asking for grants; nothing else imports django-guardian.

A grant to a person counts whichever organisation they act for only if the rule says so; a grant to an organisation
counts for the acting organisation alone. A conflict of interest outvotes both: rules ask it first.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from core.access.models import OrganisationGroup
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Person

M = TypeVar("M", bound=Model)


def grant(receiver: Person | Organisation, code: str, obj: Model) -> None:
    """Allow `code` (one of the model's declared permissions) on this object; granting twice changes nothing."""
    permission = _permission(code, type(obj))
    if isinstance(receiver, Person):
        _of_people(obj).objects.get_or_create(user=receiver, permission=permission, content_object=obj)
    else:
        group = _group(receiver)
        _of_organisations(obj).objects.get_or_create(group=group, permission=permission, content_object=obj)


def revoke(receiver: Person | Organisation, code: str, obj: Model) -> None:
    """Take the grant back; nothing happens when there is none."""
    permission = _permission(code, type(obj))
    if isinstance(receiver, Person):
        _of_people(obj).objects.filter(user=receiver, permission=permission, content_object=obj).delete()
    else:
        rows = _of_organisations(obj).objects
        rows.filter(group=_group(receiver), permission=permission, content_object=obj).delete()


def has_grant(actor: Actor, code: str, obj: Model) -> bool:
    """Whether the person, or the acting organisation, was granted `code` on the object."""
    return objects_granted(actor, code, type(obj)).filter(pk=obj.pk).exists()


def objects_granted(actor: Actor, code: str, model: type[M]) -> QuerySet[M]:
    """The rows of `model` on which the person or the acting organisation holds the grant."""
    permission = _permission(code, model)
    mine = Q()
    if actor.person is not None:
        rows = _of_people(model).objects.filter(user=actor.person, permission=permission)
        mine |= Q(pk__in=rows.values("content_object_id"))
    if actor.organisation is not None:
        rows = _of_organisations(model).objects.filter(
            group__organisation_group__organisation=actor.organisation, permission=permission
        )
        mine |= Q(pk__in=rows.values("content_object_id"))
    return model._default_manager.filter(mine) if mine else model._default_manager.none()


def _of_people(obj: Any) -> Any:
    """The table of a model's grants to people."""
    return get_user_obj_perms_model(obj)


def _of_organisations(obj: Any) -> Any:
    """The table of a model's grants to organisations."""
    return get_group_obj_perms_model(obj)


def _group(organisation: Organisation) -> Group:
    known = OrganisationGroup.objects.filter(organisation=organisation).select_related("group").first()
    if known is not None:
        return known.group
    group, _fresh = Group.objects.get_or_create(name=f"organisation {organisation.pk}")
    OrganisationGroup.objects.get_or_create(organisation=organisation, defaults={"group": group})
    return group


def _permission(code: str, model: type[Model]) -> Permission:
    allowed = {name for name, _label in model._meta.permissions}
    if code not in allowed:
        raise ValueError(f"{code} is not in the list of grants of {model._meta.label}")
    kind = ContentType.objects.get_for_model(model)
    permission, _fresh = Permission.objects.get_or_create(content_type=kind, codename=code, defaults={"name": code})
    return permission

"""Grants on single objects, kept by django-guardian in one table per model with a real foreign key.

A room declares, for a model `Gate`:

    class GateGrant(PersonGrant):
        content_object = models.ForeignKey(Gate, on_delete=models.CASCADE)

    class GateOrganisationGrant(OrganisationGrant):
        content_object = models.ForeignKey(Gate, on_delete=models.CASCADE)

and the allow-list of codes in `Gate.Meta.permissions`.
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from core.accounts.models import Organisation


class OrganisationGroup(models.Model):
    """The group that stands for an organisation in grants."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.CASCADE, related_name="grant_group"
    )
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="organisation_group")

    def __str__(self) -> str:
        return str(self.organisation)


class PersonGrant(UserObjectPermissionBase):
    """Base of a model's grants to a person."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class OrganisationGrant(GroupObjectPermissionBase):
    """Base of a model's grants to an organisation."""

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True

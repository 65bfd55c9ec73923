"""Proposing a share table that begins from a benefit template of two chains (R130)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from benefits import queries
from benefits.actions import agreement as actions
from benefits.models import ShareAgreement
from benefits.web.agreements import crumbs
from benefits.web.doors import actor_of
from chains.models import TemplateRole
from core.access import policy
from core.errors import NotFound
from core.web import forms
from core.web.forms import form_page
from core.web.page import crumb


class RoleForm(forms.Form):
    """Per role of the template, which parties play it; the percentages are the template's."""

    note = forms.LongTextField(label=_("What changes and why"), required=False, rows=2, max_length=2000)

    def __init__(self, *args: Any, agreement: ShareAgreement, roles: Sequence[TemplateRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles
        parties = [
            (str(one.organisation_id), one.organisation.name)
            for one in agreement.parties.select_related("organisation")
        ]
        for n, role in enumerate(roles):
            label = f"{role.label} · {role.percent.normalize():f} %"
            hint = role.reason or ""
            self.fields[f"role_{n}"] = forms.MultipleChoiceField(
                label=label, choices=parties, help_text=hint, required=False
            )
        self.order_fields([*(f"role_{n}" for n in range(len(roles))), "note"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [{"role": role.label, "parties": cleaned.get(f"role_{n}", [])} for n, role in enumerate(self.roles)]
        return {"assignments": chosen, "note": cleaned.get("note", "")}

    def tell(self, fields: dict[str, list[str]]) -> None:
        place = re.compile(r"assignments\.(\d+)\..+")
        super().tell({place.sub(r"role_\1", name): texts for name, texts in fields.items()})


def propose_from_template(request: HttpRequest, pk: UUID, template_version: UUID) -> HttpResponse:
    """Say which party plays which role; the shares come from the template."""
    agreement = policy.fetch(actor_of(request), "benefits.propose_version", ShareAgreement, pk)
    version = queries.templates_for(agreement).filter(pk=template_version).first()
    if version is None:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    home = reverse("benefits:agreement", args=[pk])
    words = _("From the template “%(template)s” (v%(number)d), between %(chain)s and %(other)s. Several parties of one role share it equally.") % {
        "template": version.template.title, "number": version.number, "chain": version.template.chain, "other": version.template.other_chain,
    }  # fmt: skip
    return form_page(
        request, "components/form_page.html", RoleForm,
        action=partial(actions.propose_from_template, agreement_id=pk, template_version=template_version),
        title=_("Who plays which role"), submit=_("Propose"), success=f"{home}?tab=shares", message=_("Proposed; every party now signs."),
        crumbs=[*crumbs(agreement, pk), crumb(_("Share table"), reverse("benefits:propose_version", args=[pk])), crumb(_("From a template"))],
        form_kwargs={"agreement": agreement, "roles": list(version.roles.all())}, draft=f"roles-{pk}-{template_version}",
        context={"cancel_url": reverse("benefits:propose_version", args=[pk]), "intro": words},
    )  # fmt: skip

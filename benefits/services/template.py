"""A share table that begins from a benefit template of two chains (R130)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from benefits.models import ShareAgreement
from chains.models import BenefitTemplateVersion, TemplateRole
from core.errors import Invalid


def lines_from_template(
    *, agreement: ShareAgreement, template: BenefitTemplateVersion, assignments: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The lines of a share table: the template's percentages for the parties that play its roles.

    An assignment is {role, parties}. Several parties of one role share it equally; a party that plays several roles
    alone gets one line. Raises Invalid naming the role.
    """
    wrong: dict[str, list[Any]] = {}
    roles = {one.label: one for one in template.roles.all()}
    parties = {str(pk) for pk in agreement.parties.values_list("organisation_id", flat=True)}
    players: dict[str, list[str]] = {}
    for at, given in enumerate(assignments):
        label, chosen = str(given.get("role") or ""), [str(one) for one in given.get("parties") or []]
        if label not in roles or label in players:
            wrong[f"assignments.{at}.role"] = [_("Name each role of the template once.")]
        elif not chosen:
            wrong[f"assignments.{at}.parties"] = [_("Say who plays this role.")]
        elif not parties.issuperset(chosen):
            wrong[f"assignments.{at}.parties"] = [_("Choose a party of this agreement.")]
        else:
            players[label] = list(dict.fromkeys(chosen))
            if _shares_and_more(players, label):
                wrong[f"assignments.{at}.parties"] = [_("A party that shares a role with others plays no second one.")]
    if not wrong and (left := [label for label in roles if label not in players]):
        wrong["assignments"] = [_("Say who plays the role: %(roles)s.") % {"roles": ", ".join(left)}]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    return _lines(roles, players)


def _shares_and_more(players: Mapping[str, Sequence[str]], label: str) -> bool:
    """Whether one who plays this role plays another as well, and shares either with others."""
    for other, chosen in players.items():
        both = set(chosen) & set(players[label])
        if other != label and both and len(chosen) + len(players[label]) > 2:
            return True
    return False


def _lines(roles: Mapping[str, TemplateRole], players: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for label, role in roles.items():
        chosen = players[label]
        if len(chosen) > 1:
            members = [{"organisation": one, "weight": Decimal(1)} for one in chosen]
            lines[label] = {"label": label, "percent": role.percent, "reason": _reason(role), "members": members}
        elif (before := lines.get(chosen[0])) is not None:
            before["percent"] += role.percent
            before["reason"] = f"{before['reason']}; {_reason(role)}"[:300]
        else:
            lines[chosen[0]] = {"organisation": chosen[0], "percent": role.percent, "reason": _reason(role)}
    return list(lines.values())


def _reason(role: TemplateRole) -> str:
    return f"{role.label}: {role.reason}"[:300] if role.reason else role.label

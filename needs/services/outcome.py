"""Writes on applications, outcomes, follow-up needs and demands before a pilot; they ask no permission."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chains.models import ChainNode
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid, WrongState
from core.inbox import services as inbox
from core.indicators import services as indicators
from core.indicators import units
from core.indicators.engine import absolute_target, plain
from core.indicators.kinds import ChangeIn, Claim, Direction, Kind, Operator
from core.indicators.models import Measurement
from core.indicators.multiples import is_multiple, readings
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.models.result import Result
from needs.services.need import create_need, refuse
from needs.services.result import index_result
from needs.states.outcome import APPLIED, ApplicationState, RequirementKind
from needs.states.result import ResultState


def application_link(row: Application | UUID) -> str:
    return reverse("needs:application", args=[row.pk if isinstance(row, Application) else row])


def record_application(
    *, result: Result, actor: Actor, user: Organisation | None, node_id: Any, applied_on: Any, effect: str
) -> Application:
    """That a node adopted the result. What the user says itself is confirmed; what the owner says waits for the user."""
    assert actor.organisation is not None
    if result.state != ResultState.PUBLISHED:
        raise WrongState(_("Only a published result can be applied; publish it first."))
    node = ChainNode.objects.filter(pk=node_id).first() if node_id else None
    wrong: dict[str, list[Any]] = {}
    if node is None:
        wrong["node"] = [_("Choose the chain node that adopted the result.")]
    if applied_on is None:
        wrong["applied_on"] = [_("Say since when it is in use.")]
    elif applied_on > clock.today():
        wrong["applied_on"] = [_("This day is still to come.")]
    if not effect.strip():
        wrong["effect"] = [_("Say which effect it had there.")]
    if user is not None and user.pk == result.owner_id:
        wrong["user"] = [_("The user is another organisation than the result's owner.")]
    same = Application.objects.filter(result=result, node=node, user=user).exclude(state=ApplicationState.WITHDRAWN)
    if not wrong and same.exists():
        wrong["node"] = [_("This application is recorded already; add an outcome to it.")]
    refuse(wrong)
    assert node is not None
    is_own_word = user is not None and user.pk == actor.organisation_id
    row = Application.objects.create(
        result=result, node=node, user=user, applied_on=applied_on, effect=effect.strip(), organisation=actor.organisation,
        recorded_by=actor.person, state=ApplicationState.CONFIRMED if is_own_word else ApplicationState.CLAIMED,
        answered_by=actor.person if is_own_word else None, answered_at=clock.now() if is_own_word else None,
    )  # fmt: skip
    index_result(result)
    if user is not None and not is_own_word:
        inbox.open_task(
            kind="answer_application", title=gettext_noop("Confirm or deny that you apply “%(result)s”"), params={"result": result.title},
            why=gettext_noop("Its owner names you as the user"), organisation=user, role="member", obj=row,
            link=application_link(row), key=f"answer_application:{row.pk}",
        )  # fmt: skip
    return row


def still_applied(row: Application) -> None:
    """Nothing, or the refusal to add to an application that was denied or withdrawn."""
    if row.state not in APPLIED:
        raise WrongState(_("This application was denied or withdrawn; nothing is added to it."))


def record_outcome(*, application: Application, actor: Actor, fields: Mapping[str, Any]) -> Outcome:
    """An indicator before and after: baseline, period, sample, source, and a chosen reading of multiples (N1 to N4)."""
    assert actor.organisation is not None
    still_applied(application)
    words = str(fields.get("original_words") or "").strip()
    factor = _factor(words or str(fields.get("name") or ""), fields.get("factor"))
    wrong = _lacking(fields, has_factor=factor is not None)
    refuse(wrong)
    specification = indicators.define(
        fields=_target(fields, words or str(fields["name"]), factor), created_by=actor.organisation
    )
    value = fields.get("value")
    is_from_factor = value is None
    if is_from_factor:
        value = absolute_target(specification.to_spec())
    measured = {name: fields.get(name) for name in ("measured_on", "source", "sample_size", "environment")}
    measurement = indicators.measure(
        specification=specification, actor=actor, subject=application,
        fields=measured | {"value": value, "unit": specification.unit, "claim": Claim.SELF_DECLARED},
    )  # fmt: skip
    row = Outcome.objects.create(
        application=application, specification=specification, measurement=measurement, period=str(fields["period"]).strip(),
        is_from_factor=is_from_factor, organisation=actor.organisation, recorded_by=actor.person,
    )  # fmt: skip
    if application.user_id is not None:
        inbox.open_task(
            kind="verify_outcome", title=gettext_noop("Verify the outcome “%(outcome)s”"), params={"outcome": specification.name},
            why=gettext_noop("You apply the result, so you can say whether the figure is true"), organisation=application.user,
            role="signatory", obj=row, link=application_link(application), key=f"verify_outcome:{row.pk}",
        )  # fmt: skip
    return row


def _factor(words: str, chosen: Decimal | None) -> Decimal | None:
    """The chosen reading of a multiple; words that have two readings force a choice (N3)."""
    meant = readings(words)
    if not is_multiple(words):
        return chosen
    if not meant:
        raise Invalid(
            _("A fall by a multiple says nothing certain; give the values before and after."), field="original_words"
        )
    if len(meant) == 1:
        if chosen is not None and chosen != meant[0]:
            raise Invalid(
                _("“%(words)s” can only mean ×%(factor)s.") % {"words": words, "factor": plain(meant[0])},
                field="factor",
            )
        return meant[0]
    if chosen is None or chosen not in meant:
        raise Invalid(
            _("“%(words)s” can mean %(readings)s: choose which.")
            % {"words": words, "readings": _(" or ").join(f"×{plain(one)}" for one in meant)},
            field="factor", code="choose_factor",
        )  # fmt: skip
    return chosen


def _lacking(fields: Mapping[str, Any], *, has_factor: bool) -> dict[str, list[Any]]:
    """What a figure of change needs before it may be shown (N1)."""
    needed = {
        "name": _("Give the indicator a name."),
        "unit": _("Give the unit of the values."),
        "baseline_value": _("A change needs its baseline value."),
        "baseline_period": _("Say when the baseline was measured."),
        "baseline_source": _("Say where the baseline comes from."),
        "baseline_claim": _("Say whether the baseline is self-declared or verified."),
        "period": _("Say which period the value covers."),
        "measured_on": _("Say when it was measured."),
        "sample_size": _("Say how large the sample is."),
        "source": _("Say where the value comes from."),
    }
    wrong = {name: [words] for name, words in needed.items() if fields.get(name) in (None, "")}
    if fields.get("direction") not in Direction.values or fields.get("direction") == Direction.LEVEL:
        wrong["direction"] = [_("Say whether higher, lower or a range is better.")]
    if fields.get("value") is None and not has_factor:
        wrong["value"] = [_("Give the value after the application.")]
    if fields.get("direction") == Direction.WITHIN and fields.get("low") is None and fields.get("high") is None:
        wrong["low"] = [_("Give at least one end of the range.")]
    return wrong


def _target(fields: Mapping[str, Any], words: str, factor: Decimal | None) -> dict[str, Any]:
    """What is compared: the chosen factor, the expected change, the range, or better than before."""
    names = (
        "name",
        "name_en",
        "unit",
        "baseline_value",
        "baseline_period",
        "baseline_source",
        "baseline_claim",
        "method",
    )
    told: dict[str, Any] = {name: fields.get(name) or "" for name in names if name != "baseline_value"}
    told |= {"baseline_value": fields["baseline_value"], "is_must": False, "needs_sample": True}
    direction, expected = fields["direction"], fields.get("expected")
    if factor is not None:
        return told | {"kind": Kind.RELATIVE, "factor": factor, "original_words": words}
    if expected is not None:
        is_up = direction == Direction.HIGHER
        if direction == Direction.WITHIN or (expected > 0) != is_up:
            raise Invalid(_("The expected change goes the other way than what is better."), field="expected")
        return told | {
            "kind": Kind.RELATIVE, "target": expected, "change_in": fields.get("expected_in") or ChangeIn.PERCENT,
            "original_words": str(fields.get("original_words") or "").strip(),
        }  # fmt: skip
    told["original_words"] = str(fields.get("original_words") or "").strip()
    if direction == Direction.WITHIN:
        return told | {"kind": Kind.RANGE, "low": fields.get("low"), "high": fields.get("high")}
    operator = Operator.GT if direction == Direction.HIGHER else Operator.LT
    return told | {"kind": Kind.THRESHOLD, "operator": operator, "target": fields["baseline_value"]}


def vouch(row: Outcome, actor: Actor) -> None:
    """The user of the result stands for the value: a measurement of its own, verified (N1, R025)."""
    old = row.measurement
    kept = {
        name: getattr(old, name)
        for name in ("value", "level", "unit", "environment", "measured_on", "source", "sample_size")
    }
    row.measurement = indicators.measure(
        specification=row.specification, actor=actor, subject=row.application,
        fields=kept | {"claim": Claim.VERIFIED, "verified_by": actor.organisation},
    )  # fmt: skip


def unvouch(row: Outcome) -> None:
    """Take the verified mark off; the declared value stands again beside the dispute."""
    declared = Measurement.objects.filter(specification=row.specification, claim=Claim.SELF_DECLARED)
    row.measurement = declared.order_by("created_at").first() or row.measurement


def raise_need(*, application: Application, owner: Organisation, actor: Actor, fields: Mapping[str, Any]) -> FollowUp:
    """A draft need that grew out of an application; at the application's node unless another is named (R004)."""
    still_applied(application)
    values = dict(fields)
    node = values.pop("node", None) or application.node_id
    need = create_need(owner=owner, actor=actor, node_id=node, fields=values)
    follow_up = FollowUp.objects.create(application=application, need=need, raised_by=actor.person)
    result = application.result
    if result.owner_id != owner.pk:
        inbox.notify(
            kind="follow_up_raised", title=gettext_noop("A new need grew out of the application of “%(result)s”"),
            params={"result": result.title}, to=result.owner, obj=application, link=application_link(application),
            key=f"follow_up:{follow_up.pk}",
        )  # fmt: skip
    return follow_up


def record_reinvestment(*, application: Application, actor: Actor, fields: Mapping[str, Any]) -> Reinvestment:
    """Money that goes back into innovation because of an application (R004)."""
    assert actor.organisation is not None
    still_applied(application)
    amount, day, purpose = fields.get("amount"), fields.get("invested_on"), str(fields.get("purpose") or "").strip()
    wrong: dict[str, list[Any]] = {}
    if amount is None or amount <= 0:
        wrong["amount"] = [_("Give an amount above zero.")]
    if day is None or day > clock.today():
        wrong["invested_on"] = [_("Say on which day, not later than today.")]
    if not purpose:
        wrong["purpose"] = [_("Say what the money is for.")]
    follow_up = None
    if fields.get("follow_up"):
        follow_up = application.follow_ups.filter(pk=fields["follow_up"]).first()
        if follow_up is None:
            wrong["follow_up"] = [_("This need does not follow from the application.")]
    refuse(wrong)
    assert day is not None
    return Reinvestment.objects.create(
        application=application, organisation=actor.organisation, follow_up=follow_up, amount=amount, invested_on=day,
        purpose=purpose, recorded_by=actor.person,
    )  # fmt: skip


def add_requirement(*, result: Result, actor: Actor, kind: str, fields: Mapping[str, Any]) -> ResultRequirement:
    """A clause of a production standard with value, unit and tolerance, or a cost cap at an annual volume (R010)."""
    assert actor.organisation is not None
    wrong: dict[str, list[Any]] = {}
    clause, volume_unit = (str(fields.get(name) or "").strip() for name in ("clause", "volume_unit"))
    volume = fields.get("volume")
    if kind not in RequirementKind.values:
        wrong["kind"] = [_("Choose a production standard or a cost cap.")]
    if kind == RequirementKind.STANDARD and not clause:
        wrong["clause"] = [_("Name the standard and the clause.")]
    if kind == RequirementKind.COST:
        if volume is None or volume <= 0:
            wrong["volume"] = [_("Say at which annual volume the cost counts.")]
        if not volume_unit:
            wrong["volume_unit"] = [_("Give the unit of the annual volume, such as t/a.")]
        if not str(fields.get("unit") or "").strip():
            wrong["unit"] = [_("Give the unit of the cost, such as 元/kg.")]
    refuse(wrong)
    target = {name: fields.get(name) for name in indicators.FIELDS if fields.get(name) is not None}
    target["kind"] = fields.get("spec_kind") or Kind.THRESHOLD
    if kind == RequirementKind.COST:
        target |= {"kind": Kind.THRESHOLD, "operator": Operator.LE}
    specification = indicators.define(fields=target | {"is_must": True}, created_by=actor.organisation)
    return ResultRequirement.objects.create(
        result=result, kind=kind, specification=specification, clause=clause,
        volume=volume if kind == RequirementKind.COST else None,
        volume_unit=units.clean(volume_unit) if kind == RequirementKind.COST else "",
        organisation=actor.organisation, recorded_by=actor.person,
    )  # fmt: skip

"""Shapes of what people type about themselves and their organisations."""

from __future__ import annotations

from typing import Any, cast

from django import forms as django_forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from core.accounts import lifecycle, tasks
from core.accounts.actor import Actor
from core.accounts.models import REGION_CODE, Person
from core.accounts.states import OrganisationKind, Role
from core.web import forms

WHAT_IT_MUST_BE = _("Twelve characters or more, such as a sentence; not only digits, no common password.")
MEASURED_AT = "accounts:measure_password"
SIGN_UP_KINDS = [pair for pair in OrganisationKind.choices if pair[0] != OrganisationKind.OPERATOR]


def _scopes() -> dict[str, str]:
    scopes: dict[str, str] = settings.OAUTH2_PROVIDER["SCOPES"]  # type: ignore[assignment]  # a setting of mixed values
    return scopes


class SignUp(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a link to it, to be sure that it is yours. Name and password come after."),
    )


class NewAccount(forms.Form):
    name = forms.TextField(label=_("Your name"), max_length=80)
    password = forms.SecretField(
        label=_("Password"),
        help_text=WHAT_IT_MUST_BE,
        measured_at=MEASURED_AT,
    )
    is_expert = forms.CheckField(label=_("I am an expert and may be asked to judge"))
    expertise = forms.LongTextField(label=_("Fields of expertise"), required=False, rows=2)
    agrees = forms.CheckField(label=_("I have read what is kept about me, and agree"), required=True)


class Profile(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=80)
    title = forms.TextField(label=_("Professional title"), max_length=80, required=False)
    language = forms.RadioField(label=_("Language"), choices=settings.LANGUAGES)
    is_expert = forms.CheckField(label=_("I am an expert and may be asked to judge"))
    expertise = forms.LongTextField(label=_("Fields of expertise"), required=False, rows=2)


class OrganisationForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=120)
    name_en = forms.TextField(label=_("English name"), max_length=160, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=SIGN_UP_KINDS,
        help_text=_(
            "An organisation may be of several kinds at once. A hospital that uses what others make is an end user."
        ),
    )
    region_code = django_forms.RegexField(
        REGION_CODE,
        label=_("Administrative division code"),
        required=False,
        help_text=_("Six digits, such as 110000."),
        error_messages={"invalid": _("An administrative division code has six digits.")},
    )
    address = forms.TextField(label=_("Address"), required=False)
    website = django_forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    intro = forms.LongTextField(label=_("Introduction"), required=False, rows=3, max_length=5000)

    def __init__(self, *args: Any, is_operator: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].required = not is_operator  # the operator's own kind is none of the choices


class NewOrganisation(OrganisationForm):
    uscc = forms.TextField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters; both check characters are compared."),
    )

    field_order = ["name", "uscc", "kinds", "name_en", "region_code", "address", "website", "intro"]


class EditedOrganisation(NewOrganisation):
    """The same of one that is registered: once it is verified, who it is waits for confirmation."""

    name = forms.TextField(
        label=_("Name"),
        max_length=120,
        help_text=_("Of a verified organisation, new names, code and kinds wait until the operator confirms them."),
    )


class AskForReset(PasswordResetForm):
    """Django's form; the worker writes the message, so that the answer takes as long for an unknown address."""

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        people = [str(person.pk) for person in self.get_users(self.cleaned_data["email"])]
        tasks.send_reset(people[0] if people else "")


class NewPassword(SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """Django's form; what it keeps is booked, and told to its person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = self.fields["new_password1"]
        new.widget, new.help_text = forms.SecretInput(measured_at=MEASURED_AT), WHAT_IT_MUST_BE

    def save(self, commit: bool = True) -> Person:
        self.user = lifecycle.set_password(
            actor=Actor(person=self.user), password=self.cleaned_data["new_password1"]
        )  # fmt: skip
        return cast(Person, self.user)


class ChangePassword(NewPassword, PasswordChangeForm):
    """The same for the one who knows the old one."""

    field_order = PasswordChangeForm.field_order


class Reason(forms.Form):
    reason = forms.LongTextField(label=_("Reason"), rows=3, help_text=_("The organisation reads this and can mend it."))


class Invite(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices)


class Roles(forms.Form):
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices)


class Code(forms.Form):
    code = forms.TextField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator, or one of your recovery codes."),
        widget=django_forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class Confirm(forms.Form):
    password = forms.SecretField(label=_("Password"), required=False)


class ConfirmWithCode(Confirm):
    code = forms.TextField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator, or one of your recovery codes."),
        widget=django_forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class LostFactor(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The address of the person's account."))
    reason = forms.LongTextField(
        label=_("How the person proved who they are"),
        rows=3,
        max_length=2000,
        help_text=_(
            "In person, by a call back to a known number …; the person and the admins of their organisations read it."
        ),
    )


class CloseAccount(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("Type your address again: an account is closed for good."))


class Merge(forms.Form):
    into = forms.SelectField(label=_("Goes on in"), choices=[])
    reason = forms.LongTextField(label=_("Reason"), rows=3, help_text=_("The members of both organisations read this."))

    def __init__(self, *args: Any, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = choices  # type: ignore[attr-defined]


class NewClient(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=lambda: [(scope, scope) for scope in _scopes()])
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        help_text=_("What the machine may do for the organisation."),
    )

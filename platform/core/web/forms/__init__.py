"""Forms: plain Django forms that check shape, fields in our own clothes, and the cycle that loses nothing typed."""

from core.web.forms.base import Form
from core.web.forms.cycle import do, form_page
from core.web.forms.fields import (
    CheckField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    LongTextField,
    MomentField,
    MoneyField,
    MultipleChoiceField,
    MultipleFileField,
    PercentField,
    RadioField,
    SecretField,
    SecretInput,
    SelectField,
    TextField,
)

__all__ = [
    "CheckField",
    "DateField",
    "DecimalField",
    "EmailField",
    "FileField",
    "Form",
    "IntegerField",
    "LongTextField",
    "MomentField",
    "MoneyField",
    "MultipleChoiceField",
    "MultipleFileField",
    "PercentField",
    "RadioField",
    "SecretField",
    "SecretInput",
    "SelectField",
    "TextField",
    "do",
    "form_page",
]

"""What a password must be beyond Django's own validators."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAXIMUM = 128


class MaximumLengthValidator:
    """Refuses what is longer than 128 characters: hashing an endless password would cost the server, not the attacker."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > MAXIMUM:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("At most %(count)d characters.") % {"count": MAXIMUM}

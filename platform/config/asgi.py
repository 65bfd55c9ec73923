"""The web application for an ASGI server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from config import startup  # noqa: E402 - the settings come first

startup.refuse_missing_keys()
startup.refuse_weak_password_key()
startup.refuse_half_set_sign_on()
startup.refuse_powerful_role()

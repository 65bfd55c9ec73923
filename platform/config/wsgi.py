"""The web application for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.startup import refuse_half_set_sign_on, refuse_missing_keys, refuse_powerful_role  # noqa: E402 - the settings come first

refuse_missing_keys()
refuse_half_set_sign_on()
refuse_powerful_role()

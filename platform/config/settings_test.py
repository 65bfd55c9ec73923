"""Settings for tests: the same product with plain static files, fast passwords and a broker in memory."""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "a key for tests, of no value to anybody, long enough for every algorithm")
os.environ.setdefault("BOOK_KEY", "a key of the book for tests")
os.environ.setdefault("BOOK_SIGNING_KEY", "YSBrZXkgdGhhdCBzaWducyBpbiB0ZXN0cywgdGhhdHM=")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("LOG_FORMAT", "text")

from config.settings import *  # noqa: F403 - settings_test is settings with a few lines changed
from config.settings import INSTALLED_APPS, OAUTH2_PROVIDER, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
RELEASED = False  # from the first release on an index that locks a table is an error, too (decisions/migrations.md)
LOCKING_INDEX = ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"]
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["auth", "axes", "contenttypes", "guardian", "oauth2_provider", "sessions"],
    # The tables themselves: no old code runs before there are any.
    "ignore_name": ["0001_tables"],
} | ({"warnings_as_errors": LOCKING_INDEX} if RELEASED else {})

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OAUTH2_PROVIDER = OAUTH2_PROVIDER | {"CLIENT_SECRET_HASHER": "default"}
FRESH_SIGN_IN_MINUTES = 0  # tests that are about it say otherwise: most move the clock by days
SESSION_IDLE_MINUTES = SESSION_HOURS = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WEBHOOK_PRIVATE_TARGETS = True  # receivers of tests listen on this machine; tests of the wall say otherwise
CELERY_BROKER_URL = os.environ.get("TEST_BROKER_URL", "memory://")
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

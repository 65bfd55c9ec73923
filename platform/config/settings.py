"""Settings, read from the environment. `./dev` fills in what a production site sets itself."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env, schedule
from core.ops import logs

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("XIELIAN_HOME", BASE_DIR / ".xielian"))

DEBUG = env.flag("DEBUG")
DEMO = env.flag(
    "DEMO"
)  # shows the demonstration's accounts on the sign-in page; only `./dev up` on its own database says so
HTTPS = env.flag("HTTPS")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # earlier keys, while they are being replaced
BOOK_KEY = env.text("BOOK_KEY")
BOOK_ORIGIN = os.environ.get("BOOK_ORIGIN") or "xielian/book"  # the log's name in its checkpoints
BOOK_SIGNING_KEY = env.text("BOOK_SIGNING_KEY")  # signs checkpoints; only the worker needs it
BOOK_PUBLIC_KEYS = env.listed("BOOK_PUBLIC_KEYS")  # the present one and all earlier ones
BOOK_WITNESS = os.environ.get("BOOK_WITNESS", "")  # a folder outside the database that keeps every checkpoint
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")


INSTALLED_APPS = [
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
    "guardian",
    "axes",
    "core.accounts",
    "core.outbox",
    "core.book",
    "core.command",
    "core.access",
    "core.indicators",
    "core.checks",
    "core.ledger",
    "core.inbox",
    "core.ties",
    "core.search",
    "core.files",
    "core.webhooks",
    "core.ops",
    "core.web",
    "core.api",
    "chains",
    "benefits",
    "talent",
    "needs",
    "projects",
    "datahub",
    "portal",
]

MIDDLEWARE = [
    "core.web.middleware.SecurityHeadersMiddleware",
    "core.ops.middleware.ProbeMiddleware",
    "core.ops.middleware.ClientAddressMiddleware",
    "core.ops.middleware.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.limits.RateLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.accounts.browsers.KnownBrowserMiddleware",
    "core.accounts.middleware.ActorMiddleware",
    "core.web.middleware.LanguageMiddleware",
    "core.web.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.web.context.shell",
            ],
            "builtins": ["core.web.templatetags.xl"],
        },
    }
]

# Database: the runtime role serves; the owner migrates (manage.py sets DATABASE_ROLE).
RUNTIME_ROLE = os.environ.get("DATABASE_RUNTIME_ROLE", "xielian_runtime")
DATABASE_URL = env.url("DATABASE_URL", "postgres://xielian_runtime@localhost/xielian")
DATABASE_OWNER_URL = env.url("DATABASE_OWNER_URL", "postgres://xielian_owner@localhost/xielian")
# A migration gives up rather than let everybody wait behind it for a lock (decisions/migrations.md).
MIGRATION_OPTIONS = f"-c lock_timeout={os.environ.get('MIGRATION_LOCK_TIMEOUT', '5s')}"
MIGRATION_OPTIONS += f" -c statement_timeout={os.environ.get('MIGRATION_STATEMENT_TIMEOUT', '15min')}"
if os.environ.get("DATABASE_ROLE") == "owner":
    DATABASES = {"default": env.database(DATABASE_OWNER_URL, MIGRATION_OPTIONS)}
else:
    DATABASES = {"default": env.database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: broker, cache and rate limits. Celery messages are hints; the rows are the truth.
REDIS_URL = env.url("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 3},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 5}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = schedule.SCHEDULE
CELERY_BEAT_SCHEDULER = "core.ops.beat:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = os.environ.get("BEAT_SCHEDULE", str(STATE_DIR / "beat-schedule"))
HEARTBEAT_DIR = os.environ.get("HEARTBEAT_DIR", str(STATE_DIR / "alive"))

# People and machines
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_KEY = env.text("PASSWORD_KEY")  # one more round for passwords, under a key outside the database
PASSWORD_KEY_FALLBACKS = env.words("PASSWORD_KEY_FALLBACKS")
_HASHERS = ["core.accounts.hashers.KeyedHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
PASSWORD_HASHERS = _HASHERS if PASSWORD_KEY else _HASHERS[::-1]  # the first makes new hashes, both are read
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "core.accounts.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/sign-in/"
PASSWORD_RESET_TIMEOUT = 3 * 3600
SESSION_HOURS = env.number("SESSION_HOURS", 12)  # a session ends so long after signing in
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 30)  # and so long after its last use; 0: never
ANONYMOUS_USER_NAME = None  # guardian: grants are for people and organisations, never for a stranger
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # only core.access asks guardian; a backend would let a grant outvote a rule
PERSONAL_LOG_DAYS = env.number("PERSONAL_LOG_DAYS", 90)  # tries to sign in, and invitations that nobody took
FRESH_SIGN_IN_MINUTES = env.number("FRESH_SIGN_IN_MINUTES", 15)  # before money and grants; 0 never asks
ADMINS_NEED_SECOND_FACTOR = env.flag("ADMINS_NEED_SECOND_FACTOR", default=HTTPS and not DEMO)
# Single sign-on by OpenID Connect; without an issuer there is none
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")  # empty for a client without one: PKCE is used in any case
OIDC_NAME = os.environ.get("OIDC_NAME", "")  # what people call the provider
OIDC_SCOPES = os.environ.get("OIDC_SCOPES") or "openid email profile"
OIDC_ALGORITHMS = env.words("OIDC_ALGORITHMS") or ["RS256"]
OIDC_EMAIL_CLAIM = os.environ.get("OIDC_EMAIL_CLAIM") or "email"
OIDC_CREATES_ACCOUNTS = env.flag("OIDC_CREATES_ACCOUNTS")  # without it only an open invitation lets a newcomer in
OIDC_FACTOR_AMR = env.words("OIDC_FACTOR_AMR")  # methods of the provider (`amr`) that count as our second factor
OIDC_SIGN_OUT = env.flag("OIDC_SIGN_OUT")  # signing out here goes on to the provider
# Read from the provider's own description where they are not set
OIDC_AUTHORIZATION_ENDPOINT = os.environ.get("OIDC_AUTHORIZATION_ENDPOINT", "")
OIDC_TOKEN_ENDPOINT = os.environ.get("OIDC_TOKEN_ENDPOINT", "")
OIDC_JWKS_ENDPOINT = os.environ.get("OIDC_JWKS_ENDPOINT", "")
OIDC_USERINFO_ENDPOINT = os.environ.get("OIDC_USERINFO_ENDPOINT", "")
OIDC_END_SESSION_ENDPOINT = os.environ.get("OIDC_END_SESSION_ENDPOINT", "")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "core.web.views.too_many"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
# A machine's scopes name the room of a rule: `needs.view_need` asks for needs:read, `needs.post_need` for needs:write.
ROOMS_WITH_SCOPES = ["accounts", "benefits", "book", "chains", "checks", "datahub", "files", "inbox", "indicators"]
ROOMS_WITH_SCOPES += ["needs", "portal", "projects", "search", "talent", "ties", "webhooks"]
OAUTH2_PROVIDER = {
    "SCOPES": {
        f"{room}:{right}": f"{right.capitalize()} {room}" for room in ROOMS_WITH_SCOPES for right in ("read", "write")
    },
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
    "CLIENT_SECRET_HASHER": "pbkdf2_sha256",  # random, and never made anew: under no key that may be replaced
}

# REST
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Description",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "COERCE_DECIMAL_TO_STRING": True,
    "DATETIME_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": 0,  # core.ops has put the asker's address in place
    "EXCEPTION_HANDLER": "core.api.problems.handler",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.ActorThrottle"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.authentication.ActorAuthentication"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Xielian API",
    "DESCRIPTION": "Needs, challenges, projects and shared benefit along an industry chain.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "core.api.schema.Generator",
    "POSTPROCESSING_HOOKS": [
        "core.api.schema.add_problems",
        "core.api.throttles.describe_limits",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

# Figures for Prometheus: who may ask for them, and where a worker serves its own (0: nowhere)
METRICS_ALLOW = env.words("METRICS_ALLOW", "127.0.0.1,::1")
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_PORT = env.number("METRICS_PORT", 0)

# How often one may ask: name=requests/seconds, for a machine client, a person, a stranger's address; search and export
# apart, and so are a calendar's address and the guesses at one
API_RATES = env.rates(
    "API_RATES",
    "client=1000/60,person=1000/60,stranger=60/60,search=120/60,export=30/60,door=60/300,guesses=50/3600,letter=5/3600,own-data=5/3600,meter=240/300,feed=60/60,feed-guess=20/60,"
    "survey-link=40/600,survey-guess=20/600",
)

# Webhooks: days that the log is kept, days of failure after which an endpoint is switched off; the last one is for
# development alone: http, any port and inner addresses
WEBHOOK_LOG_DAYS = env.number("WEBHOOK_LOG_DAYS", 30)
WEBHOOK_FAILURE_DAYS = env.number("WEBHOOK_FAILURE_DAYS", 5)
WEBHOOK_PRIVATE_TARGETS = env.flag("WEBHOOK_PRIVATE_TARGETS") and not HTTPS

# Copies: the key that encrypts them (none: they lie open), and where pg_dump is when it is not on the PATH
BACKUP_KEY = env.text("BACKUP_KEY")
POSTGRES_BIN = os.environ.get("POSTGRES_BIN", "")
DISK_FREE_MB = env.number("DISK_FREE_MB", 500)  # below it readiness warns

# Languages and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "platform" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [BASE_DIR / "platform" / "static"] if path.is_dir()]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", STATE_DIR / "static"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", STATE_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Root collects them, the web reads them.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "core.files.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_REQUEST_LIMIT = env.number("UPLOAD_REQUEST_LIMIT_MB", 100) * 1024 * 1024  # all files of one request
FILE_QUOTA = env.number("FILE_QUOTA_MB", 20_000) * 10**6  # what one organisation's files may come to; 0: whatever
FILE_SCANNER = env.text("FILE_SCANNER")  # clamd://host:3310, clamd:///socket, command:…, python:module.function
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Mail
for _name, _value in env.email(env.url("EMAIL_URL", f"file://{STATE_DIR / 'mail'}")).items():
    globals()[_name] = _value
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://localhost:8000")  # how links in e-mail begin
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Xielian <no-reply@localhost>")

# Safety in the browser
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
if HTTPS:  # a name that browsers give to no other host, path or plain connection
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known" if HTTPS else "known"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
PROXIES = env.number("PROXIES", 0)  # how many proxies of ours stand before the web
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "")  # for security.txt: mailto:… or https://…
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.web.views.expired_form"

# Logs: JSON lines, or text for people; LOG_LEVEL says from which level on.
LOGGING = logs.configuration(os.environ.get("LOG_FORMAT") or "json", os.environ.get("LOG_LEVEL") or "INFO")

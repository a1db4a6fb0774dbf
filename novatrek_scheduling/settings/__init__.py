"""The settings, read from the environment only. The README lists every variable with its default."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from novatrek_scheduling.environment import env, process_kind
from novatrek_scheduling.settings.api import *  # noqa: F403 (Django reads all settings from this module)
from novatrek_scheduling.settings.api import DEBUG, SANDBOX
from novatrek_scheduling.settings.celery import *  # noqa: F403
from novatrek_scheduling.settings.console import *  # noqa: F403
from novatrek_scheduling.settings.integrations import *  # noqa: F403
from novatrek_scheduling.settings.planning import *  # noqa: F403

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORT = env.int("PORT", default=8000)

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "novatrek_scheduling.console.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_structlog",
    "pgtrigger",
    "events",
    "scheduling",
    "conflicts",
    "optimization",
    "novatrek_scheduling",
]

MIDDLEWARE = [
    "novatrek_scheduling.operations.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "novatrek_scheduling.operations.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "novatrek_scheduling.operations.middleware.ContentSecurityPolicyMiddleware",
    "novatrek_scheduling.operations.middleware.BoundedBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "novatrek_scheduling.console.languages.ConsoleLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "novatrek_scheduling.console.middleware.CompanyTimeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "novatrek_scheduling.urls"
WSGI_APPLICATION = "novatrek_scheduling.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "novatrek_scheduling.console.theme_templates.OwnTemplates",
                        "novatrek_scheduling.console.theme_templates.ThemeTemplates",
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Widgets are rendered by the templates above too, so that icons in them are silent and templates/ may replace theirs.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL", engine="novatrek_scheduling.pgpool")}
DATABASES["default"]["OPTIONS"] = {
    "options": "-c search_path=scheduling,public",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
    # For `prepared_cursor`; the ORM's statements have their values in their text, and none of them is prepared.
    "prepare_threshold": 5,
}
if process_kind() == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 5, "max_size": 20, "max_idle": 600, "timeout": 5}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
PGTRIGGER_SCHEMA = "scheduling"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

VALKEY_URL = env.valkey_url("VALKEY_URL")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"{VALKEY_URL}/0",
        "KEY_PREFIX": "scheduling",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
            "IGNORE_EXCEPTIONS": True,
        },
    },
    # Exceptions are not ignored: a snapshot with hundreds of reads must detect that Valkey is unavailable and stop.
    "siblings": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"{VALKEY_URL}/0",
        "KEY_PREFIX": "siblings",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5},
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# In development files are served from their packages, elsewhere as `collectstatic` has hashed and compressed them.
LOCAL = DEBUG or SANDBOX
STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if LOCAL
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = LOCAL

# A request of 30 dates with all constraints is below 8 KiB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL

"""Settings, from the environment alone. The README lists every variable with its default."""

from datetime import timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import django_stubs_ext
from celery.schedules import crontab
from kombu import Queue

from novatrek_scheduling.environment import env, process_kind, time_of_day
from novatrek_scheduling.settings.api import *  # noqa: F403 (Django reads them here)
from novatrek_scheduling.settings.api import DEBUG, SANDBOX
from novatrek_scheduling.settings.console import *  # noqa: F403 (as above)

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
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
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
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "novatrek_scheduling.operations.middleware.ContentSecurityPolicyMiddleware",
    "novatrek_scheduling.operations.middleware.BoundedBodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "novatrek_scheduling.urls"
WSGI_APPLICATION = "novatrek_scheduling.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", engine="novatrek_scheduling.pgpool")}
DATABASES["default"]["OPTIONS"] = {
    "options": "-c search_path=scheduling,public",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
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
    # A snapshot looks for hundreds of answers: it has to notice that Valkey is gone, and stop asking.
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

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# In development files are served from the packages that bring them; elsewhere `collectstatic` has hashed and
# compressed them.
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

# The body of a request of 30 dates, with every constraint, is below 8 KiB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL

SOLVER_TIME_LIMIT_SECONDS = env.int("SOLVER_TIME_LIMIT_SECONDS", default=20)
REQUEST_SOLVER_TIME_LIMIT_SECONDS = env.int("REQUEST_SOLVER_TIME_LIMIT_SECONDS", default=5)
# A client that waits has its answer within this time, the best found by then.
QUESTION_BUDGET_SECONDS = env.float("QUESTION_BUDGET_SECONDS", default=2.0)
REQUEST_SCORE_WEIGHTS = {"team": 50, "trail": 20, "weather": 20, "headroom": 10}
TASK_SOFT_TIME_LIMIT_SECONDS = env.int("TASK_SOFT_TIME_LIMIT_SECONDS", default=120)
TASK_TIME_LIMIT_SECONDS = env.int("TASK_TIME_LIMIT_SECONDS", default=180)
VISIBILITY_TIMEOUT_SECONDS = env.int("VISIBILITY_TIMEOUT_SECONDS", default=3600)
# Who wants what a run is doing already waits for it so long; then there is time left to do it after all.
JOIN_PATIENCE_SECONDS = env.int("JOIN_PATIENCE_SECONDS", default=45)
# Longer than any task lives: what a killed optimizer showed about itself lapses, what a living one shows does not.
LOCK_CACHE_SECONDS = TASK_TIME_LIMIT_SECONDS + 60

# A worker that died holds its request no longer than the lease; one that only was slow writes nothing after it.
REQUEST_LEASE_SECONDS = env.int("REQUEST_LEASE_SECONDS", default=30)
# After this long in the queue a request is queued again, in front: its message may be lost.
REQUEST_PATIENCE_SECONDS = env.int("REQUEST_PATIENCE_SECONDS", default=60)

CELERY_BROKER_URL = f"{VALKEY_URL}/1"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
    "priority_steps": [0, 3, 6, 9],
    "sep": ":",
    "queue_order_strategy": "priority",
    "health_check_interval": 10,
    "socket_keepalive": True,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Who queues something does not wait for a queue that is away: the tables are swept.
    "max_retries": 1,
    "interval_start": 0.1,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = TASK_SOFT_TIME_LIMIT_SECONDS
CELERY_TASK_TIME_LIMIT = TASK_TIME_LIMIT_SECONDS
CELERY_TASK_DEFAULT_PRIORITY = 6
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue("default"), Queue("requests"), Queue("optimization")]
CELERY_TASK_ROUTES = {"optimization.optimize_*": {"queue": "optimization"}}
CELERY_DB_REUSE_MAX = 500
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "novatrek_scheduling.beat:LockedScheduler"

NIGHTLY_OPTIMIZATION_AT = time_of_day("NIGHTLY_OPTIMIZATION_AT", default="02:00")
PLANNING_HORIZON_DAYS = env.int("PLANNING_HORIZON_DAYS", default=14)
AUTO_PUBLISH_REQUESTS = env.bool("AUTO_PUBLISH_REQUESTS", default=True)


def _promptly(task: str, every: timedelta) -> dict[str, object]:
    """A short task that keeps the service going: ahead of every request, and dropped where the next one is due."""
    return {
        "task": task,
        "schedule": every,
        "options": {"priority": 0, "expire_seconds": max(1, int(every.total_seconds()))},
    }


CELERY_BEAT_SCHEDULE = {
    "sweep-schedule-requests": _promptly(
        "scheduling.sweep_schedule_requests", timedelta(seconds=env.int("SWEEP_EVERY_SECONDS", default=30))
    ),
    "advance-departures": _promptly("scheduling.advance_departures", timedelta(minutes=1)),
    "sweep-reservations": _promptly("scheduling.sweep_reservations", timedelta(minutes=1)),
    "settle-resolutions": _promptly("conflicts.settle_resolutions", timedelta(seconds=30)),
    "sweep-nights": _promptly("optimization.sweep_nights", timedelta(minutes=1)),
    "fail-abandoned-runs": _promptly("optimization.fail_abandoned_runs", timedelta(minutes=5)),
    "purge-outbox": {"task": "events.purge_outbox", "schedule": crontab(hour=3, minute=30)},
    "optimize-the-horizon": {
        "task": "optimization.optimize_horizon",
        "schedule": crontab(hour=NIGHTLY_OPTIMIZATION_AT.hour, minute=NIGHTLY_OPTIMIZATION_AT.minute),
    },
}

KAFKA_BOOTSTRAP_SERVERS = env.str("KAFKA_BOOTSTRAP_SERVERS")

SIBLING_URLS = {
    "svc-trip-catalog": env.http_url("TRIP_CATALOG_URL"),
    "svc-guide-management": env.http_url("GUIDE_MANAGEMENT_URL"),
    "svc-trail-management": env.http_url("TRAIL_MANAGEMENT_URL"),
    "svc-weather": env.http_url("WEATHER_URL"),
    "svc-location-services": env.http_url("LOCATION_SERVICES_URL"),
    "svc-notifications": env.http_url("NOTIFICATIONS_URL"),
    "svc-analytics": env.http_url("ANALYTICS_URL"),
}
SIBLING_TOKEN = env.str("SIBLING_TOKEN")
# A calendar comes without the names of its places rather than late.
SNAPSHOT_DEADLINE_SECONDS = {"worker": 3.5, "interactive": 1.5, "names": 0.6}

# Callbacks are signed with a secret that their receivers know too: whsec_ and base64 (Standard Webhooks).
_SANDBOX_SIGNING_SECRET = {"default": "whsec_bm92YXRyZWstc2FuZGJveC1jYWxsYmFja3M="} if SANDBOX else {}
CALLBACK_SIGNING_SECRET = env.signing_secret("CALLBACK_SIGNING_SECRET", **_SANDBOX_SIGNING_SECRET)
CALLBACK_ALLOW_HTTP = SANDBOX
# Loopback and private addresses for callbacks; of use in the sandbox, and without effect elsewhere.
CALLBACK_ALLOW_PRIVATE = SANDBOX and env.bool("CALLBACK_ALLOW_PRIVATE", default=False)

# What svc-notifications calls the templates of ours, how guides are reached, and who stands for operations.
_NOTIFICATIONS = ("guide_assigned", "guide_released", "guide_rescheduled", "guide_cancelled", "operations_alert")
NOTIFICATION_TEMPLATES = {
    name: env.str(
        f"NOTIFICATION_TEMPLATE_{name.upper()}",
        default=str(uuid5(NAMESPACE_URL, f"https://novatrek.example.com/templates/{name}")),
    )
    for name in _NOTIFICATIONS
}
NOTIFICATION_CHANNEL = env.str("NOTIFICATION_CHANNEL", default="PUSH")
OPERATIONS_RECIPIENT_ID = env.str(
    "OPERATIONS_RECIPIENT_ID", default=str(uuid5(NAMESPACE_URL, "https://novatrek.example.com/operations"))
)

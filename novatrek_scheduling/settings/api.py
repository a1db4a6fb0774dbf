"""Settings of the API, its documentation and the log, beside those in `settings`."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from novatrek_scheduling.environment import Rate, TokenSettings, env, process_kind, rate, token_settings
from novatrek_scheduling.operations.logging import configure_structlog, logging_settings
from novatrek_scheduling.operations.metrics_directory import prepare

__all__ = [
    "CONTENT_SECURITY_POLICY",
    "CONTENT_SECURITY_POLICY_BY_PATH",
    "DEBUG",
    "DJANGO_STRUCTLOG_CELERY_ENABLED",
    "JWT",
    "LOGGING",
    "METRICS_DIRECTORY",
    "METRICS_PORT",
    "REST_FRAMEWORK",
    "SANDBOX",
    "SPECTACULAR_SETTINGS",
    "THROTTLE_RATE",
]

DEBUG = env.bool("DEBUG", default=False)
SANDBOX = env.bool("SANDBOX", default=False)

JWT: TokenSettings = token_settings(shared_secret_allowed=DEBUG or SANDBOX)
THROTTLE_RATE: Rate | None = rate("THROTTLE_RATE", default="6000/min")

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["novatrek_scheduling.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["novatrek_scheduling.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["novatrek_scheduling.api.renderers.FastJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "novatrek_scheduling.api.parsers.AnyAcceptNegotiation",
    "DEFAULT_THROTTLE_CLASSES": ["novatrek_scheduling.api.throttling.SubjectThrottle"],
    "DEFAULT_SCHEMA_CLASS": "novatrek_scheduling.api.schema.ScopedSchema",
    "DEFAULT_METADATA_CLASS": "novatrek_scheduling.api.metadata.AllowHeaderOnly",
    "EXCEPTION_HANDLER": "novatrek_scheduling.api.exception_handler.handle_exception",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

API_DESCRIPTION = """\
Plans which guides lead which departures of NovaTrek Adventures, and explains its plans.

Every error has the same shape, `{code, message, details}`, and every response an `X-Request-ID` to quote.
Lists are paginated: pass the `next_page_token` of a response as `page_token`, with the same filters.
"""
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "NovaTrek Scheduling Orchestrator API",
    "DESCRIPTION": API_DESCRIPTION,
    "VERSION": "3.0.1",
    "OAS_VERSION": "3.0.3",
    "CONTACT": {
        "name": "NovaTrek Platform Engineering",
        "url": "https://novatrek.example.com/teams/platform-engineering",
        "email": "platform-engineering@novatrek.example.com",
    },
    "LICENSE": {"name": "Proprietary", "url": "https://novatrek.example.com/licenses/internal"},
    "SERVERS": [
        {"url": "/scheduling/v1", "description": "this server"},
        {"url": "https://api.novatrek.example.com/scheduling/v1", "description": "production"},
        {"url": "https://api-staging.novatrek.example.com/scheduling/v1", "description": "staging"},
    ],
    "TAGS": [
        {"name": "schedule-requests", "description": "Trips that clients ask for, answered in the background."},
        {"name": "schedule-optimization", "description": "Questions to the optimizer, answered within the call."},
        {"name": "conflicts", "description": "What is wrong with daily schedules, and what is done about it."},
        {"name": "daily-schedules", "description": "The plan of each date: reading, patching, publishing, history."},
        {"name": "departures", "description": "Who is out now."},
        {"name": "guides", "description": "What guides subscribe to."},
    ],
    "SCHEMA_PATH_PREFIX": "/scheduling/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "validatorUrl": None, "displayRequestDuration": True},
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ConflictType": ["GUIDE_DOUBLE_BOOKED", "TRAIL_CLOSED", "WEATHER_ALERT", "CAPACITY_EXCEEDED"],
        "ConflictSeverity": ["LOW", "MEDIUM", "HIGH", "CRITICAL"],
        "DepartureStatus": "scheduling.domain.document.DepartureStatus",
        "KindEnum": ["assigned", "released", "rescheduled", "role_changed", "cancelled"],
        "FragileResourceKind": "optimization.fragility.losses.ResourceKind",
        "HardRule": "scheduling.rules.Rule",
        "HedgeKind": "optimization.fragility.hedges.HedgeKind",
        "ScheduleRequestStatus": ["PENDING", "PROCESSING", "COMPLETED", "FAILED"],
    },
    "POSTPROCESSING_HOOKS": [
        "novatrek_scheduling.api.schema.share_enums_by_value",
        "drf_spectacular.hooks.postprocess_schema_enums",
        "novatrek_scheduling.api.schema.document_common_answers",
        "novatrek_scheduling.api.contract_parts.keep_contract_parts",
    ],
}

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# By path prefix. The console's toolkit evaluates expressions in its pages; both documentation pages set styles
# from scripts.
CONTENT_SECURITY_POLICY_BY_PATH: dict[str, dict[str, Any]] = {
    "/admin/": {
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
    },
    "/scheduling/v1/docs": {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]},
    "/scheduling/v1/redoc": {
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF, "blob:"],
    },
}

METRICS_DIRECTORY: Path = prepare(with_siblings=process_kind() == "web")
METRICS_PORT: int = env.int("METRICS_PORT", default=0)

LOG_FORMAT = env.str("LOG_FORMAT", default="console" if SANDBOX else "json")
configure_structlog()
LOGGING = logging_settings(json_lines=LOG_FORMAT == "json", level=env.str("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True

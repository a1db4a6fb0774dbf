"""The log: one JSON object per line in every process, or readable lines in a sandbox."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_NAMES = re.compile(r"authorization|password|passwd|secret|token|api_?key|cookie", re.IGNORECASE)
SECRET_TEXTS = re.compile(r"(?P<before>\bbearer\s+|\btoken=|://[^/\s:@]*:)(?P<secret>[^\s&\"'@]+)", re.IGNORECASE)
HIDDEN = "[hidden]"


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide values with a secret's name, and bearer tokens and passwords within any text."""
    return {name: _hidden(name, value) for name, value in event.items()}


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure_structlog() -> None:
    """Route structlog through the standard library's logging, where all lines are formatted."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(*, json_lines: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING setting: everything to stderr in one format, from `level` upwards."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": structlog.stdlib.ProcessorFormatter, **_format(json_lines)}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # It duplicates the access log and the error handler.
            "django.request": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django_structlog": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }


def trace_headers() -> dict[str, str]:
    """Return the headers that continue the trace in an outgoing call: request id and W3C traceparent."""
    context = structlog.contextvars.get_contextvars()
    headers = {}
    if request_id := context.get("request_id"):
        headers["X-Request-ID"] = str(request_id)
    if trace_id := context.get("trace_id"):
        headers["traceparent"] = f"00-{trace_id}-{str(trace_id)[:16]}-01"
    return headers


def _format(json_lines: bool) -> dict[str, Any]:
    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json_lines:
        processors += [
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(default=str),
        ]
    else:
        # Tracebacks without local variables, which may be secrets.
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        processors += [hide_secrets, renderer]
    return {"processors": processors, "foreign_pre_chain": [*SHARED, structlog.stdlib.ExtraAdder()]}


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if not isinstance(value, str):
        return value
    return HIDDEN if SECRET_NAMES.search(name) else SECRET_TEXTS.sub(rf"\g<before>{HIDDEN}", value)

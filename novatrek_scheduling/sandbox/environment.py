"""The environment of the sandbox's processes: the given variables, with defaults for the missing ones."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import jwt

SIBLING_PATHS = {
    "TRIP_CATALOG_URL": "svc-trip-catalog",
    "GUIDE_MANAGEMENT_URL": "svc-guide-management",
    "TRAIL_MANAGEMENT_URL": "svc-trail-management",
    "WEATHER_URL": "svc-weather",
    "LOCATION_SERVICES_URL": "svc-location-services",
    "NOTIFICATIONS_URL": "svc-notifications",
    "ANALYTICS_URL": "svc-analytics",
}
SCOPES = (
    "scheduling:read",
    "scheduling:write",
    "scheduling:resolve",
    "scheduling:override",
    "scheduling:publish",
    "guide-adjustments:write",
)
TOKEN_LIFETIME_SECONDS = 12 * 3600
SNAPSHOT_WORKER_SECONDS = 3.5
SIBLING_READ_SECONDS = 2.0


def sandbox_environment(
    home: Path, secrets: Mapping[str, str], *, port: int, servers: Mapping[str, str], siblings_url: str, scale: int = 1
) -> dict[str, str]:
    """Return all variables of the service; those of this process' environment take precedence, but for PORT.

    A company that is larger, by its `scale`, has as many times longer to be read.
    """
    defaults = {
        "DJANGO_SETTINGS_MODULE": "novatrek_scheduling.settings",
        "SANDBOX": "true",
        "DEBUG": "true",
        "SECRET_KEY": secrets["SECRET_KEY"],
        "JWT_SECRET": secrets["JWT_SECRET"],
        "JWT_ALGORITHMS": "HS256",
        "JWT_ISSUER": "https://auth.novatrek.example.com",
        "JWT_AUDIENCE": "svc-scheduling-orchestrator",
        "SIBLING_TOKEN": secrets["SIBLING_TOKEN"],
        "DISPATCHER_PASSWORD": secrets["DISPATCHER_PASSWORD"],
        "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics"),
        "PYTHONUNBUFFERED": "1",
        "SIBLING_READ_SECONDS": f"{SIBLING_READ_SECONDS * scale:g}",
        "SNAPSHOT_WORKER_SECONDS": f"{SNAPSHOT_WORKER_SECONDS * scale:g}",
    }
    urls = {variable: f"{siblings_url}/{path}" for variable, path in SIBLING_PATHS.items()}
    return {**defaults, **servers, **urls, **os.environ, "PORT": str(port)}


def needs_simulated_siblings() -> bool:
    """Return True if the environment lacks the address of any sibling."""
    return not all(os.environ.get(variable) for variable in SIBLING_PATHS)


def bearer_token(env: Mapping[str, str]) -> str:
    """Return a bearer token with all scopes, valid for twelve hours."""
    now = int(time.time())
    claims = {
        "sub": "sandbox-dispatcher",
        "iss": env["JWT_ISSUER"],
        "aud": env["JWT_AUDIENCE"],
        "scope": " ".join(SCOPES),
        "iat": now,
        "exp": now + TOKEN_LIFETIME_SECONDS,
    }
    return jwt.encode(claims, env["JWT_SECRET"], algorithm="HS256")

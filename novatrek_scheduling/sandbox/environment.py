"""The environment of the sandbox's processes: what is given is used, what is missing is made."""

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
    "scheduling:publish",
    "guide-adjustments:write",
)
TOKEN_LIFETIME_SECONDS = 12 * 3600


def sandbox_environment(
    home: Path, kept: Mapping[str, str], *, port: int, servers: Mapping[str, str], siblings_url: str
) -> dict[str, str]:
    """Every variable of the service. Where this process has one already, its value stays."""
    made = {
        "DJANGO_SETTINGS_MODULE": "novatrek_scheduling.settings",
        "SANDBOX": "true",
        "DEBUG": "true",
        "SECRET_KEY": kept["SECRET_KEY"],
        "JWT_SECRET": kept["JWT_SECRET"],
        "JWT_ALGORITHMS": "HS256",
        "JWT_ISSUER": "https://auth.novatrek.example.com",
        "JWT_AUDIENCE": "svc-scheduling-orchestrator",
        "SIBLING_TOKEN": kept["SIBLING_TOKEN"],
        "DISPATCHER_PASSWORD": kept["DISPATCHER_PASSWORD"],
        "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics"),
        "PYTHONUNBUFFERED": "1",
    }
    urls = {variable: f"{siblings_url}/{path}" for variable, path in SIBLING_PATHS.items()}
    return {**made, **servers, **urls, **os.environ, "PORT": str(port)}


def lacks_a_sibling() -> bool:
    """Whether the environment leaves the address of any sibling open."""
    return not all(os.environ.get(variable) for variable in SIBLING_PATHS)


def bearer_token(env: Mapping[str, str]) -> str:
    """A token with every scope, good for twelve hours."""
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

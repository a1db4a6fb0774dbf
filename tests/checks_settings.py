"""Settings for checks that start no server: types, migrations, the OpenAPI document."""

import os

_NOWHERE = "127.0.0.1:9"
_ENVIRONMENT = {
    "SECRET_KEY": "a key for checks that nothing is signed with, long enough for every check",
    "SANDBOX": "true",
    "DEBUG": "true",
    "DATABASE_URL": f"postgres://nobody@{_NOWHERE}/nothing",
    "VALKEY_URL": f"redis://{_NOWHERE}",
    "KAFKA_BOOTSTRAP_SERVERS": _NOWHERE,
    "SIBLING_TOKEN": "none",
    "JWT_SECRET": "a secret of the checks that is long enough",
    "JWT_ALGORITHMS": "HS256",
    "JWT_ISSUER": "https://auth.novatrek.example.com",
    "JWT_AUDIENCE": "svc-scheduling-orchestrator",
    "TRIP_CATALOG_URL": f"http://{_NOWHERE}",
    "GUIDE_MANAGEMENT_URL": f"http://{_NOWHERE}",
    "TRAIL_MANAGEMENT_URL": f"http://{_NOWHERE}",
    "WEATHER_URL": f"http://{_NOWHERE}",
    "LOCATION_SERVICES_URL": f"http://{_NOWHERE}",
    "NOTIFICATIONS_URL": f"http://{_NOWHERE}",
    "ANALYTICS_URL": f"http://{_NOWHERE}",
}
for _name, _value in _ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

from novatrek_scheduling.settings import *  # noqa: E402, F403 (the environment comes first)

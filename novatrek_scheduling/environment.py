"""The environment variables, read with messages that name the variable and the remedy.

All functions raise ImproperlyConfigured if a variable is missing or malformed.
"""

import base64
import os
from dataclasses import dataclass
from datetime import time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

SIGNING_SECRET_BYTES = range(24, 65)


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ with the further types of value that this service needs."""

    def http_url(self, name: str) -> str:
        """Return an http or https base URL without its trailing slash."""
        value = str(self.str(name)).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to a base URL such as https://host/path.")
        return value

    def valkey_url(self, name: str) -> str:
        """Return redis://host:port without a database number: the service uses databases 0 and 1."""
        value = str(self.str(name)).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.path:
            raise ImproperlyConfigured(
                f"{name} is not usable: set it to redis://host:port (Celery has no valkey://), without a database."
            )
        return value

    def time_zone(self, name: str, **default: str) -> str:
        """Return the name of a time zone, such as America/Los_Angeles."""
        value = str(self.str(name, **default))
        if value not in available_timezones():
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to a time zone such as America/Los_Angeles.")
        return value

    def signing_secret(self, name: str, **default: str) -> str:
        """Return a Standard Webhooks secret: whsec_ and the base64 of 24 to 64 bytes."""
        value = str(self.str(name, **default))
        try:
            length = len(base64.b64decode(value.removeprefix("whsec_"), validate=True))
        except ValueError:
            length = 0
        if not (value.startswith("whsec_") and length in SIGNING_SECRET_BYTES):
            raise ImproperlyConfigured(
                f"{name} is not usable: set it to whsec_ and the base64 of 24 to 64 random bytes."
            )
        return value

    def get_value(self, var: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the parsed value of `var`. Raise ImproperlyConfigured also if it cannot be parsed."""
        try:
            return super().get_value(var, *args, **kwargs)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(f"{var} is malformed: {error}.") from error


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """The verification of incoming bearer tokens: by public keys from `jwks_url` or by `secret`, never both."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    jwks_url: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit of `requests` per `seconds`."""

    requests: int
    seconds: int


env = Environment()
PUBLIC_KEY_ALGORITHMS = frozenset({"RS256", "ES256"})
SHARED_SECRET_ALGORITHM = "HS256"  # noqa: S105 (the name of an algorithm)
MIN_SECRET_LENGTH = 32
RATE_SECONDS = {"s": 1, "min": 60, "h": 3600}


def process_kind() -> str:
    """Return the kind of this process: `web` has a connection pool, all others keep one connection."""
    return os.environ.get("NOVATREK_PROCESS", "command")


def time_of_day(name: str, *, default: str) -> time:
    """Return a time of day in UTC, given as HH:MM."""
    value = str(env.str(name, default=default))
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a UTC time such as 02:00.") from error


def token_settings(*, shared_secret_allowed: bool) -> TokenSettings:
    """Return the settings of the JWT_* variables. Raise ImproperlyConfigured if their combination is insecure.

    A secret shared with the issuer (HS256) is for development only, and never listed together with public-key
    algorithms: a public key could then be used as the secret (RFC 8725, section 3.1).
    """
    algorithms = tuple(env.list("JWT_ALGORITHMS", default=sorted(PUBLIC_KEY_ALGORITHMS)))
    issuer, audience = env.str("JWT_ISSUER"), env.str("JWT_AUDIENCE")
    if set(algorithms) == {SHARED_SECRET_ALGORITHM}:
        if not shared_secret_allowed:
            raise ImproperlyConfigured(
                "JWT_ALGORITHMS is HS256, which only DEBUG or SANDBOX allow: "
                "set it to RS256 or ES256, with JWT_JWKS_URL."
            )
        return TokenSettings(issuer, audience, algorithms, secret=_shared_secret())
    if not algorithms or not PUBLIC_KEY_ALGORITHMS.issuperset(algorithms):
        raise ImproperlyConfigured(
            f"JWT_ALGORITHMS is {','.join(algorithms)!r}: "
            "set it to RS256, ES256 or both, or in a sandbox to HS256 alone."
        )
    return TokenSettings(issuer, audience, algorithms, jwks_url=env.http_url("JWT_JWKS_URL"))


def _shared_secret() -> str:
    secret = str(env.str("JWT_SECRET"))
    if len(secret) < MIN_SECRET_LENGTH:
        raise ImproperlyConfigured(f"JWT_SECRET is too short: set it to at least {MIN_SECRET_LENGTH} characters.")
    return secret


def rate(name: str, *, default: str) -> Rate | None:
    """Return a rate such as 6000/min (or /s, /h), or None for `off`."""
    value = str(env.str(name, default=default))
    if value == "off":
        return None
    count, _, period = value.partition("/")
    if not count.isdecimal() or int(count) < 1 or period not in RATE_SECONDS:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a rate such as 6000/min (or /s, /h), or to off.")
    return Rate(int(count), RATE_SECONDS[period])

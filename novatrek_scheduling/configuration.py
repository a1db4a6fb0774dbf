"""Reading the environment, with messages that name the variable and the fix."""

import os
from datetime import time
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    """django-environ, with the kinds of value this service needs beside the usual ones."""

    def http_url(self, name: str) -> str:
        """An http or https base URL, without its trailing slash."""
        value = str(self.str(name)).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ImproperlyConfigured(f"{name} is {value!r}: set it to a base URL such as https://host/path.")
        return value

    def valkey_url(self, name: str) -> str:
        """redis://host:port without a database number: the service itself uses databases 0 and 1."""
        value = str(self.str(name)).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.path:
            raise ImproperlyConfigured(
                f"{name} is not usable: set it to redis://host:port (Celery knows no valkey://), without a database."
            )
        return value

    def get_value(self, var: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(f"{var} is malformed: {error}.") from error


env = Environment()


def process_kind() -> str:
    """What this process is: `web` has a connection pool, all others keep one connection."""
    return os.environ.get("NOVATREK_PROCESS", "command")


def time_of_day(name: str, *, default: str) -> time:
    """A UTC time of day, HH:MM."""
    value = str(env.str(name, default=default))
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a UTC time such as 02:00.") from error

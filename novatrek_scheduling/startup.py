"""What a process refuses to start without, each in one clear line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Turn a configuration that cannot work into one line on stderr and exit status 1."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.stderr.write(f"cannot start: {error}\n")
        sys.exit(1)

"""The served documents and their committed copies in this folder.

`python -m tests.contracts.served` renews the copies after an intended change of the API or the events.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import setup
from django.test import Client

HERE = Path(__file__).parent
ADDRESSES = {"openapi.yaml": "/scheduling/v1/openapi.yaml", "asyncapi.yaml": "/scheduling/v1/asyncapi.yaml"}
TEXTS = {"title", "summary", "description"}
# The members of these objects are names or values of fields, not texts of the document.
DATA = {"properties", "example", "examples"}


def served(name: str) -> str:
    """Return the served document."""
    return Client(headers={"Host": "localhost"}).get(ADDRESSES[name]).content.decode()


def differences(committed: Any, current: Any, path: str = "") -> Iterator[str]:
    """Yield the differences of two parsed documents, except for those of their texts."""
    if isinstance(committed, dict) and isinstance(current, dict):
        for key in sorted(committed.keys() | current.keys(), key=str):
            if key not in TEXTS or path.rpartition(" > ")[2] in DATA:
                yield from differences(committed.get(key), current.get(key), f"{path} > {key}")
    elif isinstance(committed, list) and isinstance(current, list) and len(committed) == len(current):
        for index, pair in enumerate(zip(committed, current, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif committed != current:
        yield f"{path.removeprefix(' > ')}: committed {committed!r}, served {current!r}"


def renew() -> None:
    """Replace the committed copies by the served documents."""
    for name in ADDRESSES:
        (HERE / name).write_text(served(name))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.checks_settings")
    setup()
    renew()

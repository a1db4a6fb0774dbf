"""The documents that the service serves, and their committed copies beside this file.

`python -m tests.contracts.served` renews the copies, for a change of the API or of the events that is meant.
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
# Below these names stand names of fields, or their values, and no texts of the document.
DATA = {"properties", "example", "examples"}


def served(name: str) -> str:
    """The document as the service serves it."""
    return Client(headers={"Host": "localhost"}).get(ADDRESSES[name]).content.decode()


def differences(committed: Any, current: Any, path: str = "") -> Iterator[str]:
    """Lines that say where two parsed documents differ in anything but texts for people."""
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
    """Write what is served over the committed copies."""
    for name in ADDRESSES:
        (HERE / name).write_text(served(name))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.checks_settings")
    setup()
    renew()

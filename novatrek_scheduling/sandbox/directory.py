"""The directory `.sandbox/`, with the data kept between runs, used by one sandbox at a time."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from novatrek_scheduling.sandbox.embedded import data_directory


class SandboxRefused(Exception):
    """The sandbox cannot start; the message states the reason and the remedy in one line."""


@contextmanager
def sandbox_directory(home: Path, *, is_fresh: bool) -> Iterator[Path]:
    """Create `home`, lock it for this process and yield it, emptied if `is_fresh`.

    Raise SandboxRefused if it is not writable or used by another sandbox.
    """
    try:
        home.mkdir(exist_ok=True)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise SandboxRefused(f"{home} cannot be used ({error.strerror}): make it a writable directory.") from error
    with lock:
        _lock(lock.fileno(), home)
        if is_fresh:
            _clear(home)
        _record_owner(home)
        yield home


def stored_secrets(home: Path) -> dict[str, str]:
    """Return the keys and passwords of this sandbox, generated at its first run."""
    path = home / "secrets.json"
    if not path.exists():
        names = ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
        path.touch(mode=0o600)
        path.write_text(json.dumps({name: secrets.token_urlsafe(36) for name in names}, indent=2))
    stored: dict[str, str] = json.loads(path.read_text())
    return stored


def next_job_number(home: Path) -> int:
    """Return the number of main jobs started here before, and count another one."""
    path = home / "turns"
    number = int(path.read_text()) if path.exists() else 0
    path.write_text(str(number + 1))
    return number


def postgres_data(home: Path) -> Path:
    """Return the directory intended for the data of PostgreSQL."""
    return home / "postgres"


def _lock(descriptor: int, home: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = (home / "owner").read_text() if (home / "owner").exists() else "unknown"
        raise SandboxRefused(f"another sandbox (process {owner}) is using {home}: stop it first.") from error


def _record_owner(home: Path) -> None:
    (home / "owner").write_text(str(os.getpid()))


def _clear(home: Path) -> None:
    shutil.rmtree(data_directory(postgres_data(home)), ignore_errors=True)
    for entry in home.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()

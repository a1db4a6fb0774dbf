"""`.sandbox/`: what the sandbox keeps between two runs, for one sandbox at a time."""

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
    """The sandbox cannot start; the message says why and what to do, in one line."""


@contextmanager
def sandbox_directory(home: Path, *, is_fresh: bool) -> Iterator[Path]:
    """`home`, created, held by this process alone, and empty where `is_fresh`."""
    try:
        home.mkdir(exist_ok=True)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise SandboxRefused(f"{home} cannot be used ({error.strerror}): make it a writable directory.") from error
    with lock:
        _hold(lock.fileno(), home)
        if is_fresh:
            _empty(home)
        _note_owner(home)
        yield home


def kept_secrets(home: Path) -> dict[str, str]:
    """Keys and passwords of this sandbox, made at its first run."""
    file = home / "secrets.json"
    if not file.exists():
        names = ("SECRET_KEY", "JWT_SECRET", "SIBLING_TOKEN", "DISPATCHER_PASSWORD")
        file.touch(mode=0o600)
        file.write_text(json.dumps({name: secrets.token_urlsafe(36) for name in names}, indent=2))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def next_turn(home: Path) -> int:
    """How many main jobs were started here before this one."""
    file = home / "turns"
    turn = int(file.read_text()) if file.exists() else 0
    file.write_text(str(turn + 1))
    return turn


def postgres_data(home: Path) -> Path:
    """Where PostgreSQL is asked to keep its data."""
    return home / "postgres"


def _hold(descriptor: int, home: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = (home / "owner").read_text() if (home / "owner").exists() else "unknown"
        raise SandboxRefused(f"another sandbox (process {owner}) is using {home}: stop it first.") from error


def _note_owner(home: Path) -> None:
    (home / "owner").write_text(str(os.getpid()))


def _empty(home: Path) -> None:
    shutil.rmtree(data_directory(postgres_data(home)), ignore_errors=True)
    for entry in home.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()

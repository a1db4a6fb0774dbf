"""The servers of the sandbox: those named by the environment, embedded ones for the others."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from novatrek_scheduling.sandbox.directory import SandboxRefused, postgres_data
from novatrek_scheduling.sandbox.embedded import kafka, postgres, valkey

DATABASE = "novatrek"
VARIABLES = ("DATABASE_URL", "VALKEY_URL", "KAFKA_BOOTSTRAP_SERVERS")


@dataclass(frozen=True, slots=True)
class Servers:
    """The addresses of PostgreSQL, Valkey and Kafka. `is_own_database`: the database is an embedded one."""

    variables: Mapping[str, str]
    is_own_database: bool

    def prepare_database(self, env: Mapping[str, str], root: Path) -> None:
        """Create tables and login, unless the embedded database has them from a run of the same code.

        Raise SandboxRefused if that fails.
        """
        fingerprint = _fingerprint(root)
        if self.is_own_database and _stored_fingerprint(env["DATABASE_URL"]) == fingerprint:
            return
        command = [sys.executable, "-m", "novatrek_scheduling.sandbox.preparation"]
        if subprocess.run(command, env=dict(env), cwd=root, check=False).returncode != 0:
            raise SandboxRefused("the database could not be prepared; the reason is above.")
        if self.is_own_database:
            _store_fingerprint(env["DATABASE_URL"], fingerprint)


def start_servers(home: Path, stack: ExitStack) -> Servers:
    """Start the servers that the environment does not name; `stack` stops them. Raise ServerDidNotStart."""
    logs = home / "logs"
    logs.mkdir(exist_ok=True)
    variables = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    is_own_database = "DATABASE_URL" not in variables
    if is_own_database:
        database = postgres(postgres_data(home), database=DATABASE, log=logs / "postgres.log")
        variables["DATABASE_URL"] = stack.enter_context(database)
    if "VALKEY_URL" not in variables:
        variables["VALKEY_URL"] = stack.enter_context(valkey(home / "valkey", log=logs / "valkey.log"))
    if "KAFKA_BOOTSTRAP_SERVERS" not in variables:
        variables["KAFKA_BOOTSTRAP_SERVERS"] = stack.enter_context(kafka())
    return Servers(variables, is_own_database)


def _fingerprint(root: Path) -> str:
    """Return a hash of this project's migrations and of the locked versions of packages with migrations."""
    paths = sorted([*root.glob("*/migrations/*.py"), *root.glob("locks/*.txt")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _stored_fingerprint(database_url: str) -> str | None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return row[0] if row else None


def _store_fingerprint(database_url: str, fingerprint: str) -> None:
    statement = psycopg.sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        psycopg.sql.Identifier(DATABASE), psycopg.sql.Literal(fingerprint)
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(statement)

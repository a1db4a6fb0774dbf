"""Whether the database has the tables of this code."""

from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def missing_migrations() -> int:
    """Return how many migrations of the installed apps the database lacks."""
    if migrations_of_apps() <= MigrationRecorder(connection).applied_migrations().keys():
        return 0
    # Names do not tell which of them replace others. Django's plan does, for which it imports every one.
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrations_of_apps() -> set[tuple[str, str]]:
    """Return app and name of each migration of the installed apps, by the names of their files."""
    return {
        (config.label, file.stem)
        for config in apps.get_app_configs()
        for file in Path(config.path, "migrations").glob("[!_~]*.py")
    }

"""Migrations run beside the code before them and its traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex, CreateModel
from django.db.migrations.loader import MigrationLoader

APPS = {"scheduling", "conflicts", "optimization", "events"}
# Released before this was looked at; an index that stands is not built again.
BEFORE = {
    "conflicts.0006_end_of_acceptances",
    "scheduling.0007_newest_requests_first",
    "scheduling.0014_follow_departures_of_requests",
    "scheduling.0022_commitments_by_trip",
}


def test_an_index_of_a_table_that_is_in_use_is_built_without_a_lock() -> None:
    blocking = set()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        created = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
        for operation in migration.operations:
            is_blocking = isinstance(operation, AddIndex) and not isinstance(operation, AddIndexConcurrently)
            if app in APPS and is_blocking and operation.model_name_lower not in created:
                blocking.add(f"{app}.{name}")

    assert blocking == BEFORE

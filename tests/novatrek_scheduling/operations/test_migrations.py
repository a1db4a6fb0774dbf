import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from novatrek_scheduling.operations.migrations import migrations_of_apps, missing_migrations
from novatrek_scheduling.operations.startup import CannotStart, check_database

pytestmark = pytest.mark.django_db


def test_the_files_are_those_that_django_finds() -> None:
    assert migrations_of_apps() == MigrationLoader(connection).disk_migrations.keys()


def test_what_is_not_applied_is_counted() -> None:
    latest = MigrationRecorder(connection).migration_qs.filter(app__in=["events", "scheduling"]).order_by("-pk")[:1]
    MigrationRecorder(connection).migration_qs.filter(pk__in=latest.values("pk")).delete()

    with pytest.raises(CannotStart, match="lacks 1 migrations"):
        check_database()


def test_a_migration_of_a_later_version_stops_nobody() -> None:
    MigrationRecorder(connection).record_applied("events", "9999_of_the_next_version")

    assert missing_migrations() == 0

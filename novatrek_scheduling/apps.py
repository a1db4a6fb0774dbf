from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

from novatrek_scheduling.console.model_words import speak_in_words


def create_schema(using: str, **_: Any) -> None:
    """Create the schema before Django looks for its migrations table in it."""
    with connections[using].cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS scheduling")


class NovatrekSchedulingConfig(AppConfig):
    name = "novatrek_scheduling"

    def ready(self) -> None:
        pre_migrate.connect(create_schema, dispatch_uid="create-schema")
        speak_in_words()

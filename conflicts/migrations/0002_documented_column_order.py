"""Bring the columns of `schedule_conflicts` into the order in which other teams find them documented.

Databases of earlier releases have `schedule_id` last. Its neighbours are written again behind it, in place: the
table keeps its key, its foreign keys and whom it is granted to.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BEHIND = {
    "conflict_type": "varchar(30) NOT NULL",
    "details": "jsonb NOT NULL",
    "resolved": "boolean NOT NULL DEFAULT false",
    "detected_at": "timestamptz NOT NULL",
}


def move_columns_behind_schedule_id(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rewrite the columns that are documented behind `schedule_id` where they stand before it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("LOCK TABLE schedule_conflicts IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name = 'schedule_conflicts' ORDER BY ordinal_position"
        )
        if [name for (name,) in cursor.fetchall()] == ["conflict_id", "schedule_id", *BEHIND]:
            return
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND tablename = 'schedule_conflicts' AND indexname <> ALL(%s) ORDER BY indexname",
            [["schedule_conflicts_pkey", "idx_conflict_schedule"]],
        )
        indexes = [definition for (definition,) in cursor.fetchall()]
    added = ", ".join(
        f"ADD COLUMN moved_{name} {definition.replace(' NOT NULL', '')}" for name, definition in BEHIND.items()
    )
    copied = ", ".join(f"moved_{name} = {name}" for name in BEHIND)
    dropped = ", ".join(f"DROP COLUMN {name}" for name in BEHIND)
    schema_editor.execute(f"ALTER TABLE schedule_conflicts {added}")
    schema_editor.execute(f"UPDATE schedule_conflicts SET {copied}")
    schema_editor.execute(f"ALTER TABLE schedule_conflicts {dropped}")
    for name in BEHIND:
        schema_editor.execute(f"ALTER TABLE schedule_conflicts RENAME COLUMN moved_{name} TO {name}")
        schema_editor.execute(f"ALTER TABLE schedule_conflicts ALTER COLUMN {name} SET NOT NULL")
    for definition in indexes:
        # Not to be read as a text with placeholders.
        schema_editor.execute(definition, params=None)


class Migration(migrations.Migration):
    dependencies = [("conflicts", "0001_conflicts_and_resolutions")]

    operations = [migrations.RunPython(move_columns_behind_schedule_id, migrations.RunPython.noop)]

"""Take out of stored conflicts why guides are away and what they may not do: everybody could read it there.

Descriptions, evidence, options and what would help of open and of closed conflicts, their histories, and the reasons
of failed resolutions. The entries themselves stay with the daily schedules, and new texts do not repeat them. Digests stay as
they are: they tell whether a risk is still the one that was accepted. Undoing it gives nothing back; the code before
reads the rows as they are now.
"""

import re
from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model, TextField
from django.db.models.functions import Cast

BATCH = 500
SUSPECTS = "is away during|restrict|away: |absence ended|AVAILABILITY_EXCEPTION"
TEXTS = ("description", "resolution_options", "what_would_help")
"""The details that say something in words."""
SUBSTITUTES = (
    (r"( is away during .*? at \d\d:\d\d): .*", r"\1."),
    (r" on ([^:]*? at \d\d:\d\d): (?:restricted |has a restriction).*", r" cannot go on \1 (restricted)."),
    (r"('s absence ended|'s restriction were lifted) \(.*", r"\1."),
    (r"\baway: .*", "away"),
    (r"\brestricted (?:to|from) .*", "restricted"),
)


def without_health(text: str) -> str:
    """Return a text of a conflict without why; of what stands behind it, nothing is kept."""
    for pattern, substitute in SUBSTITUTES:
        text = re.sub(pattern, substitute, text, flags=re.DOTALL)
    return text


def cleaned(value: Any) -> Any:
    """Return a JSON value with all its texts cleaned, save the notes of people."""
    if isinstance(value, str):
        return without_health(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "notes" else cleaned(item) for key, item in value.items()}
    return value


def cleaned_details(details: dict[str, Any]) -> dict[str, Any]:
    """Return the details of a conflict without health data."""
    texts = {name: cleaned(details[name]) for name in TEXTS if name in details}
    evidence = details.get("evidence")
    if not isinstance(evidence, dict) or not isinstance(evidence.get("told"), dict):
        return details | texts
    kept = dict(evidence["told"])
    if "windows" in kept:
        kept["windows"] = [{key: window.get(key) for key in ("from", "to")} for window in kept["windows"]]
    if details.get("cause") == "RESTRICTION":
        kept["restrictions"] = ["restricted" for _ in kept.get("restrictions", ())]
    return details | texts | {"evidence": evidence | {"told": kept}}


def clean(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    conflict, event, resolution = (
        apps.get_model("conflicts", name) for name in ("ScheduleConflict", "ConflictEvent", "ConflictResolution")
    )
    _clean_rows(alias, conflict, "details", cleaned_details)
    _clean_rows(alias, event, "facts", cleaned)
    _clean_rows(alias, resolution, "notes", without_health, status="FAILED")


def _clean_rows(
    alias: str, model: type[Model], column: str, clean_value: Callable[[Any], Any], **only: str
) -> None:
    """Clean a column of the rows that may need it, some at a time: monitors and people go on in between."""
    rows = model._base_manager.using(alias).filter(**only)
    suspects = rows.annotate(text=Cast(column, TextField())).filter(text__regex=SUSPECTS).order_by("pk")
    keys = list(suspects.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic(using=alias):
            _as_maintenance(alias)
            locked = rows.filter(pk__in=keys[start : start + BATCH]).order_by("pk").select_for_update()
            changed = []
            for row in locked:
                value = clean_value(getattr(row, column))
                if value != getattr(row, column):
                    setattr(row, column, value)
                    changed.append(row)
            rows.bulk_update(changed, [column])


def _as_maintenance(alias: str) -> None:
    """Be who may change the history of conflicts, for this transaction."""
    with transaction.get_connection(alias).cursor() as cursor:
        cursor.execute("SELECT set_config('scheduling.principal', 'maintenance', true)")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("conflicts", "0007_lists_in_their_order")]

    operations = [migrations.RunPython(clean, migrations.RunPython.noop)]

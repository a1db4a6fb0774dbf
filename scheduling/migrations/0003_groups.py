from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

READABLE = {
    "scheduling": (
        "dailyschedule",
        "schedulerevision",
        "schedulerequest",
        "requestjob",
        "requestoutcome",
        "reservation",
        "guidecommitment",
        "departurealias",
        "hazard",
    ),
    "conflicts": ("scheduleconflict", "conflictresolution", "riskacceptance"),
    "optimization": ("optimizationrun", "rundetail"),
    "events": ("outboxmessage", "inboxmessage", "deadletter"),
    "django_celery_beat": ("periodictask", "crontabschedule", "intervalschedule"),
}
# By app, model and permission, with its name.
RESOLVING = (
    ("conflicts", "scheduleconflict", "resolve_scheduleconflict", "Can resolve conflicts"),
    ("scheduling", "hazard", "release_hazard", "Can release hazards"),
)
MANAGING = (
    ("scheduling", "dailyschedule", "publish_dailyschedule", "Can publish daily schedules"),
    ("conflicts", "scheduleconflict", "override_scheduleconflict", "Can resolve conflicts against warnings"),
    ("events", "deadletter", "settle_deadletter", "Can replay and discard dead letters"),
    *(
        ("django_celery_beat", model, f"{verb}_{model}", f"Can {verb} {model}")
        for model in READABLE["django_celery_beat"]
        for verb in ("add", "change", "delete")
    ),
)
READING = tuple(
    (app, model, f"view_{model}", f"Can view {model}") for app, models in READABLE.items() for model in models
)
GROUPS = {
    "Auditor": READING,
    "Dispatcher": READING + RESOLVING,
    "Operations manager": READING + RESOLVING + MANAGING,
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name, granted in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*_permissions(apps, schema_editor.connection.alias, granted))


def remove_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=GROUPS).delete()


def _permissions(apps: Apps, alias: str, granted: Iterable[tuple[str, str, str, str]]) -> Iterable[object]:
    # Django itself makes these rows only when all migrations are through; it keeps those it finds.
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for app, model, codename, title in granted:
        kind, _ = kinds.get_or_create(app_label=app, model=model)
        permission, _ = permissions.get_or_create(content_type=kind, codename=codename, defaults={"name": title})
        yield permission


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0002_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CODENAME, TITLE = "change_dailyschedule", "Can change daily schedule"
GROUPS = ("Dispatcher", "Operations manager")


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    kind, _ = kinds.get_or_create(app_label="scheduling", model="dailyschedule")
    permission, _ = permissions.get_or_create(content_type=kind, codename=CODENAME, defaults={"name": TITLE})
    for name in GROUPS:
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        group.permissions.add(permission)


def withdraw(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(alias).filter(
        content_type__app_label="scheduling", content_type__model="dailyschedule", codename=CODENAME
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_calendar_permissions")]

    operations = [migrations.RunPython(grant, withdraw)]

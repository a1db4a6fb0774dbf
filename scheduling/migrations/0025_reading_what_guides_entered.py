"""Who assigns guides may read what they entered about themselves: absences with their reasons, restrictions, notes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CODENAME = "view_guideentry"
GROUPS = ("Dispatcher", "Operations manager")


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    kind, _ = kinds.get_or_create(app_label="scheduling", model="guideentry")
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    permission, _ = permissions.get_or_create(
        content_type=kind, codename=CODENAME, defaults={"name": "Can view guide entry"}
    )
    for name in GROUPS:
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        group.permissions.add(permission)


def withdraw(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    entered = permissions.filter(content_type__app_label="scheduling", codename=CODENAME)
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GROUPS):
        group.permissions.remove(*entered)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0024_lists_in_their_order")]

    operations = [migrations.RunPython(grant, withdraw)]

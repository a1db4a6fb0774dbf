from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEW = ("view_lastgoodanswer", "Can view last good answer")
ACCEPT = ("accept_lastgoodanswer", "Can accept what a sibling answers")
GRANTED = {"Auditor": (VIEW,), "Dispatcher": (VIEW,), "Operations manager": (VIEW, ACCEPT)}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    kind, _ = kinds.get_or_create(app_label="scheduling", model="lastgoodanswer")
    for name, granted in GRANTED.items():
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=name)
        for codename, title in granted:
            permission, _ = permissions.get_or_create(content_type=kind, codename=codename, defaults={"name": title})
            group.permissions.add(permission)


def withdraw(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(alias).filter(
        content_type__app_label="scheduling", content_type__model="lastgoodanswer"
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=GRANTED):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0015_last_good_answers")]

    operations = [migrations.RunPython(grant, withdraw)]

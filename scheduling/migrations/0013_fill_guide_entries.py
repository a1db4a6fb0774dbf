from django.db import migrations

from scheduling.models import entries_sql


class Migration(migrations.Migration):
    """What guides entered so far, by period: from here on the trigger of 0012 keeps it."""

    dependencies = [
        ("scheduling", "0012_guide_entries"),
    ]

    operations = [
        migrations.RunSQL(entries_sql.FILL, migrations.RunSQL.noop),
    ]

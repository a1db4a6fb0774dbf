from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_daily_schedules_and_requests")]

    operations = [
        migrations.AlterModelOptions(
            name="dailyschedule",
            options={"permissions": [("publish_dailyschedule", "Can publish daily schedules")]},
        ),
        migrations.AlterModelOptions(
            name="hazard",
            options={"permissions": [("release_hazard", "Can release hazards")]},
        ),
    ]

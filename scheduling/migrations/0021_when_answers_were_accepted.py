from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0020_stop_calendar_tokens")]

    operations = [
        migrations.AddField(
            model_name="lastgoodanswer",
            name="accepted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

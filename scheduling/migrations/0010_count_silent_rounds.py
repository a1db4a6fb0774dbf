from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0009_keep_deletions_and_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='requestjob',
            name='silent_rounds',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]

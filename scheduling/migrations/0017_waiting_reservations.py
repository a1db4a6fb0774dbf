from django.db import migrations, models

# Whatever has a trip was told by a "created".
FILL = "UPDATE scheduling.reservations SET booked_at = event_time WHERE trip_id IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0016_accepting_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='reservation',
            name='booked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='reservation',
            name='region_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='reservation',
            name='tries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='reservation',
            name='try_again_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='reservation',
            name='unplaced_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import scheduling.models.search_words


class Migration(migrations.Migration):
    # Concurrently: nobody who writes the table waits for it.
    atomic = False

    dependencies = [
        ('scheduling', '0025_reading_what_guides_entered'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='schedulerequest',
            index=django.contrib.postgres.indexes.GinIndex(
                scheduling.models.search_words.SearchWords('requested_by'), name='schedule_requests_words'
            ),
        ),
    ]

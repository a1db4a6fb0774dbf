import django.contrib.postgres.indexes
import django.db.models.fields.json
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import scheduling.models.search_words


class Migration(migrations.Migration):
    # Concurrently: nobody who writes the table waits for it.
    atomic = False

    dependencies = [
        ('conflicts', '0009_open_conflicts_of_a_date'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='scheduleconflict',
            index=django.contrib.postgres.indexes.GinIndex(
                scheduling.models.search_words.SearchWords(
                    django.db.models.fields.json.KeyTextTransform('description', 'details')
                ),
                condition=models.Q(('resolved', False)),
                name='idx_conflict_open_words',
            ),
        ),
    ]

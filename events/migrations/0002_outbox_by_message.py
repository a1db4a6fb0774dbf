from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Concurrently: nobody who records a message waits for it.
    atomic = False

    dependencies = [("events", "0001_outbox_and_inbox")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage", index=models.Index(fields=["message_id"], name="idx_outbox_message")
        ),
    ]

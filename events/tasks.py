"""The periodic purge of the outbox."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from events.models import OutboxMessage

SENT_RETENTION = timedelta(days=7)
# A failed message is needed as long as its dead letter may be replayed.
FAILED_RETENTION = timedelta(days=90)


@shared_task(name="events.purge_outbox", soft_time_limit=300, time_limit=360)
def purge_outbox_task() -> None:
    """Delete messages sent more than 7 days ago and those failed more than 90 days ago."""
    now = timezone.now()
    OutboxMessage.objects.filter(sent_at__lt=now - SENT_RETENTION).delete()
    OutboxMessage.objects.filter(failed_at__lt=now - FAILED_RETENTION).delete()
